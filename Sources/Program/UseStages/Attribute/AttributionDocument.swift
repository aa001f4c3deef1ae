import Rankings

/// The artifact `attribution`: what letters contribute to a model's output, over all rows that were asked.
struct AttributionDocument: Codable {
  /// Contributions at the places of aligned rows.
  struct Tracks: Codable {
    struct Lane: Codable {
      let name: String
      /// By place: the mean over rows, and its 95 % interval by the normal distribution.
      let mean: [Double]
      let low: [Double]
      let high: [Double]
      /// The interval of the mean over shuffled rows, as many; empty without.
      let nullLow: [Double]
      let nullHigh: [Double]

      enum CodingKeys: String, CodingKey {
        case name, mean, low, high
        case nullLow = "null-low"
        case nullHigh = "null-high"
      }
    }

    /// By place, as the site is counted: +1 at the site and -1 before it; without a site from 1.
    let places: [Int]
    let lanes: [Lane]
    /// As `lanes`, of contributions without their sign: where the model looks, whatever it concludes.
    let sizes: [Lane]
    /// The letters of `letters`, and by place what each contributes in the first lane: the sum over rows that have it,
    /// over the number of rows.
    let alphabet: String
    let letters: [[Double]]
  }

  /// How far the contributions of a row are from adding up to f(x) - f(x').
  struct Completeness: Codable {
    /// The mean over rows of |f(x) - f(x')|, and by lane the mean of how far the sum is off.
    let meanDifference: Double
    let meanErrors: [Double]

    enum CodingKeys: String, CodingKey {
      case meanDifference = "mean-difference"
      case meanErrors = "mean-errors"
    }
  }

  var format = 1
  let architecture: String
  let method: String
  /// Known of gradients alone.
  let baseline: String?
  let steps: Int?
  /// The number that is explained, in words.
  let output: String
  let split: String
  let rows: Int
  /// Rows of the split and class that were not asked.
  let rowsNotAsked: Int
  let meanOutput: Double
  /// Letters before the site; nil without one.
  let upstream: Int?
  let lanes: [String]
  /// nil where rows are not aligned.
  let tracks: Tracks?
  /// Known of gradients alone.
  let completeness: Completeness?
  /// nil where no sites are known.
  let sites: SiteScores?
  let pairs: [PairEffect]

  enum CodingKeys: String, CodingKey {
    case format, architecture, method, baseline, steps, output, split, rows, upstream, lanes, tracks, completeness
    case sites, pairs
    case rowsNotAsked = "rows-not-asked"
    case meanOutput = "mean-output"
  }
}

extension AttributionDocument.Completeness {
  /// nil where rows have no baseline.
  init?(_ rows: [ExplainedRow]) {
    let differences = rows.compactMap { row in row.baseline.map { row.output - $0 } }
    guard !rows.isEmpty, differences.count == rows.count else { return nil }
    let mean = { (values: [Double]) in values.reduce(0) { $0 + abs($1) } / Double(values.count) }
    meanDifference = mean(differences)
    meanErrors = rows[0].lanes.indices.map { lane in
      mean(zip(rows, differences).map { $0.lanes[lane].reduce(0, +) - $1 })
    }
  }
}

extension AttributionDocument.Tracks {
  /// Tracks of rows from their first letter on.
  /// - Parameter null: shuffled rows; empty for none.
  init(_ rows: [ExplainedRow], null: [ExplainedRow], lanes names: [String], upstream: Int?, letters bases: [UInt8]) {
    let length = rows.map(\.row.sequence.count).max() ?? 0
    places = (0..<length).map { place in
      guard let upstream else { return place + 1 }
      return place - upstream + (place >= upstream ? 1 : 0)
    }
    let made = { (isSigned: Bool) in
      names.enumerated().map { lane, name in
        Lane(name, lane, rows, null: null, length: length) { isSigned ? $0 : abs($0) }
      }
    }
    (lanes, sizes) = (made(true), made(false))
    alphabet = String(decoding: bases, as: UTF8.self)
    var sums = [[Double]](repeating: [Double](repeating: 0, count: bases.count), count: length)
    var counts = [Int](repeating: 0, count: length)
    for row in rows {
      for (place, letter) in row.row.sequence.enumerated() {
        counts[place] += 1
        if let number = bases.firstIndex(of: letter) { sums[place][number] += row.lanes[0][place] }
      }
    }
    letters = zip(sums, counts).map { sums, count in sums.map { $0 / Double(max(1, count)) } }
  }
}

extension AttributionDocument.Tracks.Lane {
  /// The means over rows of transformed contributions in one lane.
  fileprivate init(
    _ name: String, _ lane: Int, _ rows: [ExplainedRow], null: [ExplainedRow], length: Int,
    _ transform: (Double) -> Double
  ) {
    func intervals(_ rows: [ExplainedRow]) -> [Interval] {
      (0..<length).map { place in Interval(rows.compactMap { $0.at(lane, place).map(transform) }) }
    }
    let (own, others) = (intervals(rows), null.isEmpty ? [] : intervals(null))
    self.init(
      name: name, mean: own.map(\.mean), low: own.map { $0.mean - $0.half }, high: own.map { $0.mean + $0.half },
      nullLow: others.map { $0.mean - $0.half }, nullHigh: others.map { $0.mean + $0.half })
  }
}

/// A mean, and half of its 95 % interval: 1.96 standard errors.
private struct Interval {
  let mean: Double
  let half: Double

  init(_ values: [Double]) {
    let n = Double(values.count)
    let mean = values.reduce(0, +) / max(1, n)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    half = n > 1 ? 1.959963984540054 * (squares / (n - 1) / n).squareRoot() : 0
  }
}

extension ExplainedRow {
  /// The contribution of a letter; nil where the row ends before it.
  fileprivate func at(_ lane: Int, _ place: Int) -> Double? {
    place < lanes[lane].count ? lanes[lane][place] : nil
  }
}
