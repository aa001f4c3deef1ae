import Artifacts

/// Places in blobs, put together so that one request brings many.
enum BlobRuns {
  /// Bytes that are read at a time.
  static let most = 30 << 20
  /// Bytes between two places that are read along rather than asked for apart.
  private static let gap = 1 << 20

  /// The ranges that hold the places of one blob, ascending, each with what it holds.
  static func runs<T>(_ places: [(range: Range<Int>, item: T)]) -> [(range: Range<Int>, items: [(Range<Int>, T)])] {
    var runs: [(range: Range<Int>, items: [(Range<Int>, T)])] = []
    for (range, item) in places.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      if let last = runs.last, range.lowerBound - last.range.upperBound <= gap,
        max(range.upperBound, last.range.upperBound) - last.range.lowerBound <= most
      {
        runs[runs.count - 1].range = last.range.lowerBound..<max(last.range.upperBound, range.upperBound)
        runs[runs.count - 1].items.append((range, item))
      } else {
        runs.append((range, [(range, item)]))
      }
    }
    return runs
  }
}
