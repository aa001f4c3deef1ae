import Artifacts
import Inputs
import Randomness
import Rankings
import Sequences

/// How far the effect of two motifs is more than the sum of theirs: e = f(w) - f(a) - f(b) + f(ab), with the output f
/// of a row w and of it with the letters of one motif, the other and both replaced by letters drawn as the row has
/// them. Two parts that add up have e = 0; a pair of which either is worth nothing alone has the effect of one.
struct PairEffect: Codable {
  let first: String
  let second: String
  /// Rows that have both, once each.
  let rows: Int
  /// Losses by either, f(w) - f(a) and f(w) - f(b); means over rows, with 95 % bootstrap intervals.
  let lossOfFirst: Estimate
  let lossOfSecond: Estimate
  let effect: Estimate
  /// The effect of two windows as long and as far apart in which no site is, and the difference of both by row, of rows
  /// that have such windows.
  let nullRows: Int
  let null: Estimate
  let difference: Estimate

  enum CodingKeys: String, CodingKey {
    case first, second, rows, effect, null, difference
    case lossOfFirst = "loss-of-first"
    case lossOfSecond = "loss-of-second"
    case nullRows = "null-rows"
  }

  /// Draws of letters, and of windows, over which a row's numbers are means.
  private static let draws = 8

  /// The effects of all pairs of motifs that rows have; nil where `isCancelled`. Throws `StageFailure`.
  static func all(
    _ rows: [ExplainedRow], _ sites: KnownSites, _ attributor: Attributor, seed: Int, isCancelled: () -> Bool
  ) throws -> [PairEffect]? {
    var result: [PairEffect] = []
    let random = Philox(seed: seed, stream: .attribution)
    for (place, first) in sites.motifs.enumerated() {
      for second in sites.motifs[(place + 1)...] {
        var measured: [Measured] = []
        for (row, own) in zip(rows, sites.rows) {
          if isCancelled() { return nil }
          let pair = [first, second].map { name in own.filter { $0.motif == name }.map(\.range) }
          guard pair.allSatisfy({ $0.count == 1 }), !pair[0][0].overlaps(pair[1][0]) else { continue }
          measured.append(try measure(row, pair[0][0], pair[1][0], own.map(\.range), attributor, random))
        }
        if !measured.isEmpty { result.append(PairEffect(first, second, measured)) }
      }
    }
    return result
  }

  private struct Measured {
    let losses: (first: Double, second: Double)
    let effect: Double
    let null: Double?
  }

  private init(_ first: String, _ second: String, _ measured: [Measured]) {
    (self.first, self.second, rows) = (first, second, measured.count)
    nullRows = measured.count { $0.null != nil }
    let means = Bootstrap.means(of: [
      measured.map { .some($0.losses.first) }, measured.map { .some($0.losses.second) },
      measured.map { .some($0.effect) }, measured.map(\.null), measured.map { row in row.null.map { row.effect - $0 } },
    ])
    (lossOfFirst, lossOfSecond, effect, null, difference) = (means[0], means[1], means[2], means[3], means[4])
  }

  private static func measure(
    _ row: ExplainedRow, _ a: Range<Int>, _ b: Range<Int>, _ sites: [Range<Int>], _ attributor: Attributor,
    _ random: Philox
  ) throws -> Measured {
    let letters = row.row.sequence
    // The third counter keeps these draws apart from those of shuffles.
    var drawn = 0
    let draw = { (bound: Int) in
      drawn += 1
      return random.integer(below: bound, row.row.index, drawn, 1 + a.lowerBound << 16 + b.lowerBound)
    }
    let replaced = { (ranges: [Range<Int>], with: [UInt8]) -> [UInt8] in
      var result = letters
      for range in ranges { for place in range { result[place] = with[place] } }
      return result
    }
    let apart = b.lowerBound - a.lowerBound
    let free = letters.indices.filter { start in
      let pair = [start..<start + a.count, start + apart..<start + apart + b.count]
      return pair.allSatisfy { window in
        window.lowerBound >= 0 && window.upperBound <= letters.count && !sites.contains { $0.overlaps(window) }
      }
    }
    var sequences: [[UInt8]] = []
    for _ in 0..<draws {
      let others = letters.map { _ in letters[draw(letters.count)] }
      var pairs = [(a, b)]
      if !free.isEmpty {
        let start = free[draw(free.count)]
        pairs.append((start..<start + a.count, start + apart..<start + apart + b.count))
      }
      for (a, b) in pairs { sequences += [replaced([a], others), replaced([b], others), replaced([a, b], others)] }
    }
    let values = try attributor.outputs(sequences) { _ in row.row.weights }.values
    let size = sequences.count / draws
    let mean = { (offset: Int) in
      (0..<draws).reduce(0.0) { $0 + values[$1 * size + offset] } / Double(draws)
    }
    let effect = { (offset: Int) in row.output - mean(offset) - mean(offset + 1) + mean(offset + 2) }
    return Measured(
      losses: (row.output - mean(0), row.output - mean(1)), effect: effect(0), null: size > 3 ? effect(3) : nil)
  }
}
