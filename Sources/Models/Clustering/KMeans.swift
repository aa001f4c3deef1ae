import Arithmetic
import Randomness
package import System

/// Clusters about means: the means and the rows nearest to each are found in turns till no row changes its cluster
/// (Lloyd 1982). n rows, f columns, k clusters.
package struct KMeans: Sendable {
  /// Rounds after which the search ends, changed or not.
  private static let rounds = 300
  /// Rows of a part that one thread takes.
  private static let part = 256

  /// (n): the cluster of each row.
  package let clusters: [Int]
  /// The sum of the squared distances to the means.
  package let inertia: Double

  /// Clusters from these means (k, f) on; nil where `isCancelled`. A cluster that is left without a row takes the one
  /// that is farthest from its own mean.
  package init?(
    _ values: [Double], columns: Int, from start: [Double], _ workers: WorkerPool, isCancelled: () -> Bool
  ) {
    let (n, k) = (values.count / columns, start.count / columns)
    precondition(k > 0 && k <= n, "\(k) clusters of \(n) rows")
    var found = Self.nearest(values, columns, start, workers)
    for _ in 0..<Self.rounds {
      if isCancelled() { return nil }
      let before = found.clusters
      found = Self.nearest(
        values, columns, Self.means(values, columns, k, before, found.squares), workers)
      if found.clusters == before { break }
    }
    (clusters, inertia) = (found.clusters, found.squares.reduce(0, +))
  }

  /// Means to start from (k, f), each a row that is drawn with a probability in proportion to its squared distance from
  /// those before (Arthur and Vassilvitskii 2007).
  package static func start(_ values: [Double], columns: Int, clusters k: Int, seed: Int) -> [Double] {
    let n = values.count / columns
    precondition(k > 0 && k <= n, "\(k) clusters of \(n) rows")
    let random = Philox(seed: seed, stream: .centres)
    var squares = [Double](repeating: .infinity, count: n)
    var means: [Double] = []
    var row = random.integer(below: n, 0)
    for number in 0..<k {
      means += values[row * columns..<(row + 1) * columns]
      values.withUnsafeBufferPointer { values in
        let own = values.baseAddress! + row * columns
        for other in 0..<n {
          squares[other] = min(
            squares[other], Vectors.squaredDistance(own, values.baseAddress! + other * columns, columns))
        }
      }
      let wanted = random.uniform(number + 1) * squares.reduce(0, +)
      var sum = 0.0
      // The last row is drawn again where all rows are means already.
      row =
        squares.indices.first { place in
          sum += squares[place]
          return squares[place] > 0 && sum > wanted
        } ?? row
    }
    return means
  }

  /// By row the nearest mean, of equally near ones the first, with its squared distance.
  private static func nearest(
    _ values: [Double], _ columns: Int, _ means: [Double], _ workers: WorkerPool
  ) -> (clusters: [Int], squares: [Double]) {
    let (n, k) = (values.count / columns, means.count / columns)
    let found = values.withUnsafeBufferPointer { values in
      means.withUnsafeBufferPointer { means in
        let (values, means) = (values.baseAddress!, means.baseAddress!)
        return workers.map((n + part - 1) / part) { number in
          ((number * part)..<min((number + 1) * part, n)).map { row in
            var best = (cluster: 0, square: Double.infinity)
            for cluster in 0..<k {
              let square = Vectors.squaredDistance(values + row * columns, means + cluster * columns, columns)
              if square < best.square { best = (cluster, square) }
            }
            return best
          }
        }
      }
    }
    return (found.flatMap { $0.map(\.cluster) }, found.flatMap { $0.map(\.square) })
  }

  private static func means(
    _ values: [Double], _ columns: Int, _ k: Int, _ clusters: [Int], _ squares: [Double]
  ) -> [Double] {
    var sums = [Double](repeating: 0, count: k * columns)
    var sizes = [Int](repeating: 0, count: k)
    let add = { (row: Int, cluster: Int, sign: Double, sums: inout [Double]) in
      for column in 0..<columns { sums[cluster * columns + column] += sign * values[row * columns + column] }
    }
    for (row, cluster) in clusters.enumerated() {
      add(row, cluster, 1, &sums)
      sizes[cluster] += 1
    }
    let empty = sizes.indices.filter { sizes[$0] == 0 }
    if !empty.isEmpty {
      let farthest = squares.indices.sorted { (-squares[$0], $0) < (-squares[$1], $1) }
      var rest = farthest[...]
      for cluster in empty {
        // A row that is alone in its cluster would leave that one empty.
        guard let row = rest.first(where: { sizes[clusters[$0]] > 1 }) else { break }
        rest = farthest[(farthest.firstIndex(of: row)! + 1)...]
        add(row, clusters[row], -1, &sums)
        sizes[clusters[row]] -= 1
        add(row, cluster, 1, &sums)
        sizes[cluster] = 1
      }
    }
    for cluster in 0..<k where sizes[cluster] > 0 {
      for column in 0..<columns { sums[cluster * columns + column] /= Double(sizes[cluster]) }
    }
    return sums
  }
}
