import Testing

@testable import LinearModels

/// Products of dense rows, to the bit those of loops over single sums.
@Suite struct DenseRowsTests {
  @Test(arguments: [1, 3, 4, 5, 8, 11], [1, 2, 3, 4, 6, 8, 13]) func `tiles have the bits of plain loops`(
    _ count: Int, _ outputs: Int
  ) {
    for features in [1, 3, 4, 7, 12] {
      let noise = { (count: Int, seed: UInt64) in LinearModelTests.noise(count, seed: seed) }
      let x = noise(count * features, 1).map { Float($0) }
      let rows = DenseRows(x, features: features)
      let (table, start) = (noise(features * outputs, 2), noise(count * outputs, 3))
      var (found, expected) = (start, start)
      rows.multiply(0..<count, table, outputs: outputs, addingTo: &found)
      for row in 0..<count {
        for output in 0..<outputs {
          for feature in 0..<features {
            expected[row * outputs + output] += Double(x[row * features + feature]) * table[feature * outputs + output]
          }
        }
      }
      if outputs > 1 { #expect(found == expected) }
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 })

      // A part of the rows, so that shards begin anywhere.
      let (part, residuals) = (count / 3..<count, noise(count * outputs, 4))
      var (sums, plain) = (table, table)
      rows.transposed(part, residuals, outputs: outputs, addingTo: &sums)
      for row in part {
        for feature in 0..<features {
          for output in 0..<outputs {
            plain[feature * outputs + output] += Double(x[row * features + feature]) * residuals[row * outputs + output]
          }
        }
      }
      #expect(sums == plain)
    }
  }
}
