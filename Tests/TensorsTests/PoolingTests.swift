import Foundation
import Randomness
import Testing

@testable import Ops
@testable import Tensors

/// Ops around a network's blocks: places of tokens, poolings, dropout of a branch.
@Suite struct PoolingTests {
  @Test(arguments: [1, 2, 7, 64], [1, 3, 5]) func `flattened sequences and columns side by side equal their plain form`(
    rows: Int, columns: Int
  ) {
    let lengths = uneven(rows)
    let length = (lengths.max() ?? 0) + 2
    check(
      OpCase(
        name: "flatten", lengths: lengths, columns: columns, parameters: [],
        fast: { tape, x, _ in tape.concatenate([tape.flatten(x, length: length), tape.segmentMeans(x)]) },
        plain: { x, _ in
          let flat = Reference.flatten(x, lengths: lengths, length: length, columns: columns)
          let means = Reference.segmentMeans(x, lengths: lengths, columns: columns)
          return lengths.indices.flatMap { b -> [Float] in
            let wide = length * columns
            return Array(flat[b * wide..<(b + 1) * wide]) + Array(means[b * columns..<(b + 1) * columns])
          }
        }))
  }

  @Test(arguments: [1, 2, 7, 64], [1, 3, 17]) func `pooling by queries equals its plain form`(rows: Int, columns: Int) {
    let lengths = uneven(rows)
    check(
      OpCase(
        name: "attentionPooling", lengths: lengths, columns: columns, parameters: [[4, columns]],
        fast: { tape, x, p in tape.attentionPooling(x, scores: tape.linear(x, weight: p[0])) },
        plain: { x, p in
          var scores: [Float] = []
          for i in 0..<rows * 4 {
            var sum = 0.0
            for c in 0..<columns { sum += Double(x[i / 4 * columns + c]) * Double(p[0][i % 4 * columns + c]) }
            scores.append(Float(sum))
          }
          return Reference.attentionPooling(x, scores: scores, lengths: lengths, columns: columns, queries: 4)
        }))
  }

  @Test(arguments: [1, 4, 7]) func `sinusoids are added by place in a sequence`(columns: Int) {
    let lengths = [3, 0, 40]
    let tape = Tape()
    tape.begin(lengths: lengths, training: true)
    let x = noise(43 * columns, 1)
    let value = tape.input(x, rows: 43, columns: columns)
    let y = tape.sinusoids(value)
    let seeds = noise(43 * columns, 2)
    tape.backward(seeds: [(y, seeds)])
    #expect(tape.gradientArray(value)! == seeds)
    let places = Array(0..<3) + Array(0..<40)
    let half = (columns + 1) / 2
    for (row, place) in places.enumerated() {
      for c in 0..<columns {
        let angle = Double(place) / pow(10_000, Double(c / 2) / Double(half))
        let expected = Double(x[row * columns + c]) + (c % 2 == 0 ? sin(angle) : cos(angle))
        #expect(abs(Double(tape.array(y)[row * columns + c]) - expected) < 1e-5, "row \(row), column \(c)")
      }
    }
  }

  /// On a residual stream the branch is dropped: nothing of the stream is lost, and its gradient passes whole.
  @Test func `dropout of a branch leaves the stream`() {
    let random = Philox(seed: 3, stream: .dropout)
    let (rows, columns, rate) = (30, 70, 0.25)
    let stream = noise(rows * columns, 1), branch = noise(rows * columns, 2), seeds = noise(rows * columns, 3)
    let tape = Tape()
    tape.begin(lengths: [rows], training: true)
    let x = tape.input(stream, rows: rows, columns: columns)
    let sum = tape.input(zip(stream, branch).map { $0 + $1 }, rows: rows, columns: columns)
    let y = tape.dropout(sum, stream: x, rate: rate, random: random, step: 5, site: 1, firstRow: 9)
    let mask = tape.array(
      tape.dropout(
        tape.input([Float](repeating: 1, count: rows * columns), rows: rows, columns: columns), rate: rate,
        random: random, step: 5, site: 1, firstRow: 9))
    tape.backward(seeds: [(y, seeds)])
    let (values, ofSum, ofStream) = (tape.array(y), tape.gradientArray(sum)!, tape.gradientArray(x)!)
    #expect(mask.contains(0) && mask.contains { $0 > 1 })
    for i in mask.indices {
      #expect(abs(values[i] - (stream[i] + mask[i] * branch[i])) < 1e-5, "element \(i)")
      #expect(abs(ofSum[i] - mask[i] * seeds[i]) < 1e-6 && abs(ofStream[i] - (1 - mask[i]) * seeds[i]) < 1e-6)
    }
    let still = Tape()
    still.begin(lengths: [rows], training: false)
    let value = still.input(stream, rows: rows, columns: columns)
    let same = still.dropout(value, stream: value, rate: rate, random: random, step: 5, site: 1, firstRow: 9)
    #expect(still.array(same) == stream)
  }
}
