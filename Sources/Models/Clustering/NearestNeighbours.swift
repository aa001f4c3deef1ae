import Arithmetic
package import System

/// The nearest rows by cosine, every pair compared. q queries, n rows, f columns.
///
/// Products in single precision, block by block, tell which rows may be among the nearest: those within the rounding of
/// such a product of the k-th. Their cosines are then computed in double, so that which are taken depends on no kernel
/// and on no number of threads.
package enum NearestNeighbours {
  /// Queries and rows of a block, and most numbers of a block of rows.
  private static let queries = 64
  private static let rows = 2048
  private static let mostNumbers = 1 << 25
  /// Steps of a cosine: two that differ by less, as sums in another order do, are equal.
  private static let steps = 0x1p44

  /// For each query its k nearest rows, the nearest first, of equally near ones that with the least `rank`, then the
  /// first; nil where `isCancelled`.
  ///
  /// - Parameter rank: (n): rows that are as good as each other, as those of one class, have one number. Where all
  ///   rows that may be among the nearest have the same, their similarities are those of single precision.
  package static func find(
    _ count: Int, of queries: some RowBlocks, among rows: some RowBlocks, rank: [Int], _ workers: WorkerPool,
    isCancelled: () -> Bool, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) -> [[Neighbour]]? {
    precondition(queries.columns == rows.columns, "\(queries.columns) and \(rows.columns) columns")
    precondition(rank.count == rows.count && count > 0, "\(rank.count) ranks of \(rows.count) rows")
    let f = rows.columns
    // Rounding grows as the root of the number of products; four times that, on either side.
    let margin = Float(2 * (Double(f).squareRoot() + 8) * 0x1p-22)
    let size = max(64, min(Self.rows, mostNumbers / f))
    var nearest = [Candidates](repeating: Candidates(count, margin), count: queries.count)
    let parts = (queries.count + Self.queries - 1) / Self.queries
    let room = FloatBuffer(count: min(size, max(1, rows.count)) * f)
    let packed = FloatBuffer(count: GEMM.packedCount(f, min(size, max(1, rows.count))))
    let part = { (number: Int) in (number * Self.queries)..<min((number + 1) * Self.queries, queries.count) }
    for first in stride(from: 0, to: rows.count, by: size) {
      if isCancelled() { return nil }
      let block = first..<min(first + size, rows.count)
      progress(first, rows.count)
      writeUnits(rows, block, to: room.base)
      let table = GEMM.pack(f, block.count, room.base, f, transpose: true, into: packed.base)
      nearest.withUnsafeMutableBufferPointer { nearest in
        let nearest = nearest
        workers.run(parts) { number in
          let own = part(number)
          let units = FloatBuffer(count: own.count * f)
          let products = FloatBuffer(count: own.count * block.count)
          writeUnits(queries, own, to: units.base)
          GEMM.multiply(own.count, block.count, f, units.base, f, table, products.base, block.count)
          for query in own {
            nearest[query].add(products.base + (query - own.lowerBound) * block.count, block)
          }
        }
      }
    }
    if isCancelled() { return nil }
    return nearest.withUnsafeBufferPointer { nearest in
      let nearest = nearest
      return workers.map(parts) { number in
        let query = FloatBuffer(count: f)
        let other = FloatBuffer(count: f)
        return part(number).map { row in
          queries.write(row..<row + 1, to: query.base)
          return sorted(nearest[row].taken, count, query.base, rows, rank, other.base)
        }
      }.flatMap(\.self)
    }
  }

  /// Rows of length 1, or 0 where there is none.
  private static func writeUnits(_ rows: some RowBlocks, _ range: Range<Int>, to place: UnsafeMutablePointer<Float>) {
    let f = rows.columns
    rows.write(range, to: place)
    for row in 0..<range.count {
      let own = place + row * f
      let length = Vectors.product(own, own, f).squareRoot()
      let factor = length > 0 ? 1 / length : 0
      for column in 0..<f { own[column] = Float(Double(own[column]) * factor) }
    }
  }

  /// The nearest of a few rows by their cosines in double.
  private static func sorted(
    _ candidates: [Neighbour], _ count: Int, _ query: UnsafeMutablePointer<Float>, _ rows: some RowBlocks,
    _ rank: [Int], _ other: UnsafeMutablePointer<Float>
  ) -> [Neighbour] {
    let f = rows.columns
    let nearer = { (a: Neighbour, b: Neighbour) in
      a.similarity != b.similarity ? a.similarity > b.similarity : (rank[a.row], a.row) < (rank[b.row], b.row)
    }
    if candidates.allSatisfy({ rank[$0.row] == rank[candidates[0].row] }) {
      return Array(candidates.sorted(by: nearer).prefix(count))
    }
    let square = Vectors.product(query, query, f)
    let exact = candidates.map { candidate in
      rows.write(candidate.row..<candidate.row + 1, to: other)
      let squares = square * Vectors.product(other, other, f)
      let cosine = squares > 0 ? Vectors.product(query, other, f) / squares.squareRoot() : 0
      return Neighbour(row: candidate.row, similarity: (cosine * steps).rounded() / steps)
    }
    return Array(exact.sorted(by: nearer).prefix(count))
  }
}

/// The rows that may be among the nearest of a query, by products in single precision.
private struct Candidates {
  private let count: Int
  private let margin: Float
  /// The largest similarities so far, descending, at most `count`.
  private var largest: [Float] = []
  private var rows: [(row: Int32, similarity: Float)] = []
  /// Rows at which those that are too far are dropped.
  private var full: Int

  init(_ count: Int, _ margin: Float) {
    (self.count, self.margin) = (count, margin)
    full = 4 * count + 64
  }

  private var least: Float { largest.count < count ? -.infinity : largest[count - 1] - margin }

  /// Takes the similarities of a block of rows.
  mutating func add(_ similarities: UnsafePointer<Float>, _ block: Range<Int>) {
    var least = least
    for place in 0..<block.count {
      let similarity = similarities[place]
      guard similarity >= least else { continue }
      rows.append((Int32(block.lowerBound + place), similarity))
      if largest.count < count || similarity > largest[count - 1] {
        var index = largest.count
        while index > 0, largest[index - 1] < similarity { index -= 1 }
        largest.insert(similarity, at: index)
        if largest.count > count { largest.removeLast() }
        least = self.least
      }
      if rows.count >= full {
        rows.removeAll { $0.similarity < least }
        full = max(full, 2 * rows.count)
      }
    }
  }

  /// Those that are near enough in the end.
  var taken: [Neighbour] {
    let least = least
    return rows.filter { $0.similarity >= least }.map {
      Neighbour(row: Int($0.row), similarity: Double($0.similarity))
    }
  }
}
