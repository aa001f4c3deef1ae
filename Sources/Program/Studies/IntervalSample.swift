import Intervals

/// The beginning of a file of intervals.
struct IntervalSample {
  let layout: IntervalOptions.Layout
  /// Types of features, the most frequent first, with their numbers of intervals; of BED none.
  let types: [(name: String, count: Int)]
  /// Intervals that were looked at.
  let count: Int

  /// nil where a line is neither of BED nor of GFF.
  init?(_ bytes: ArraySlice<UInt8>) {
    let rows = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: SampleFile.mostRows).prefix(SampleFile.mostRows)
      .map { String(decoding: $0.last == 13 ? $0.dropLast() : $0, as: UTF8.self) }
      .filter { line in !line.isEmpty && !["#", "track", "browser"].contains { line.hasPrefix($0) } }
      .map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
    let ordered = { (row: [Substring], start: Int) in
      guard row.count > start + 1, let first = Int(row[start]), let last = Int(row[start + 1]) else { return false }
      return 0 <= first && first <= last
    }
    guard !rows.isEmpty else { return nil }
    count = rows.count
    // A table of sequences may have two rising numbers, too, and one of numbers alone a first that is its second.
    let isBED = rows.allSatisfy { $0.count >= 3 && Int($0[0]) != Int($0[1]) && ordered($0, 1) }
    if isBED, ColumnSample(rows.map { String($0[0]) }).alphabet == nil {
      (layout, types) = (.bed, [])
      return
    }
    guard rows.allSatisfy({ $0.count == 9 && ordered($0, 3) && ["+", "-", ".", "?"].contains($0[6]) }) else {
      return nil
    }
    let counts = rows.reduce(into: [String: Int]()) { $0[String($1[2]), default: 0] += 1 }
    layout = .gff
    types = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
  }
}
