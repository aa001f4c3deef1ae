import Glibc

/// The width vectors of one depth: per position an index into the ascending widths of the space.
struct WidthVectors {
  /// Layers.
  let depth: Int
  /// Ascending.
  let widths: [Int]
  /// In lexicographic order of the widths.
  private(set) var vectors: [[Int]]
  /// Vectors after the distance filter.
  private(set) var spread: Int
  /// Vectors after the constraint that widths never decrease and end in the largest.
  private(set) var monotone: Int

  /// The vectors that a space keeps, and their number after each step.
  init(depth: Int, space: SearchSpace) {
    self.depth = depth
    let widths = space.widths.sorted()
    let filter = { (vectors: [[Int]]) in
      let distance = space.minimumDistance
      return distance > 0 ? Self.spread(vectors, widths: widths, minimumDistance: distance) : vectors
    }
    if space.filtersFirst {
      vectors = filter(Self.all(depth, widths.count))
      spread = vectors.count
      if space.monotonic { vectors.removeAll { !Self.isMonotone($0, count: widths.count) } }
      monotone = vectors.count
    } else {
      vectors = space.monotonic ? Self.monotone(depth, widths.count) : Self.all(depth, widths.count)
      monotone = vectors.count
      vectors = filter(vectors)
      spread = vectors.count
    }
    self.widths = widths
  }

  /// Vectors that never decrease and end in the last width.
  static func isMonotone(_ vector: [Int], count: Int) -> Bool {
    vector.last == count - 1 && zip(vector, vector.dropFirst()).allSatisfy { $0 <= $1 }
  }

  /// The number of monotone vectors: multisets of depth - 1 out of `count`, C(depth + count - 2, depth - 1); nil when
  /// it does not fit.
  static func monotoneCount(depth: Int, count: Int) -> Int? {
    var result = 1
    for i in 1..<max(depth, 1) {
      let (product, overflow) = result.multipliedReportingOverflow(by: count - 1 + i)
      guard !overflow else { return nil }
      result = product / i
    }
    return result
  }

  private static func all(_ depth: Int, _ count: Int) -> [[Int]] {
    (0..<depth).reduce([[]]) { shorter, _ in shorter.flatMap { vector in (0..<count).map { vector + [$0] } } }
  }

  private static func monotone(_ depth: Int, _ count: Int) -> [[Int]] {
    let starts = (1..<depth).reduce([[]]) { (shorter: [[Int]], _) in
      shorter.flatMap { vector in ((vector.last ?? 0)..<count).map { vector + [$0] } }
    }
    return starts.map { $0 + [count - 1] }
  }

  /// The distance filter: in order, a vector stays if its Euclidean distance in log2 widths to every one that stays is
  /// at least `minimumDistance`. A tolerance of 1e-9 on the square makes equality independent of the C library's log2.
  private static func spread(_ vectors: [[Int]], widths: [Int], minimumDistance: Double) -> [[Int]] {
    let logarithms = widths.map { log2(Double($0)) }
    let squares = logarithms.map { a in logarithms.map { (a - $0) * (a - $0) } }
    let bound = minimumDistance * minimumDistance - 1e-9
    var kept: [[Int]] = []
    for vector in vectors {
      let isFar = kept.allSatisfy { other in
        var square = 0.0
        for position in vector.indices { square += squares[vector[position]][other[position]] }
        return square >= bound
      }
      if isFar { kept.append(vector) }
    }
    return kept
  }
}
