import Arithmetic
package import System

/// Agglomerative clustering by Ward's criterion (Ward 1963): two clusters are merged whose union adds least to the sum
/// of squares about the means, |A| |B| / (|A| + |B|) * |mean A - mean B|^2. n rows, f columns.
///
/// By chains of nearest neighbours (Murtagh 1983): a chain grows to the nearest cluster of its last until two are each
/// other's nearest, which are merged. Time is n^2 f, and memory that of the means: there is no matrix of distances. Of
/// equally near clusters the one before in the chain is taken, then the first.
package struct Ward {
  /// Distances that are worth several threads, in numbers.
  private static let worthThreads = 200_000
  /// Clusters of a part that one thread compares.
  private static let part = 512

  private let columns: Int
  private let workers: WorkerPool
  /// (n, f): the mean of the cluster of that number; one that was merged is at the lesser number of the two.
  private var means: [Double]
  /// (n): rows of the cluster, 0 where it was merged into another.
  private var sizes: [Int]
  /// The numbers of clusters, ascending.
  private var active: [Int]

  /// The cluster of each of the rows `values` (n, f), from 0, by the first row of each; nil where `isCancelled`.
  package static func clusters(
    _ count: Int, of values: [Double], columns: Int, _ workers: WorkerPool, isCancelled: () -> Bool,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) -> [Int]? {
    var ward = Ward(values, columns, workers)
    return ward.merges(isCancelled: isCancelled, progress: progress).map { merges in
      labels(values.count / columns, merges.prefix(max(0, values.count / columns - count)))
    }
  }

  private init(_ values: [Double], _ columns: Int, _ workers: WorkerPool) {
    precondition(columns > 0 && values.count % columns == 0, "\(values.count) values in \(columns) columns")
    (self.columns, self.workers, means) = (columns, workers, values)
    sizes = [Int](repeating: 1, count: values.count / columns)
    active = Array(0..<values.count / columns)
  }

  /// Two clusters by a row of each, and what their union adds to the sum of squares.
  private struct Merge {
    let a: Int
    let b: Int
    let cost: Double
  }

  /// All merges by ascending cost.
  private mutating func merges(
    isCancelled: () -> Bool, progress: (_ done: Int, _ total: Int) -> Void
  ) -> [Merge]? {
    let total = max(0, active.count - 1)
    var (merges, chain): ([Merge], [Int]) = ([], [])
    merges.reserveCapacity(total)
    while merges.count < total {
      if chain.isEmpty { chain.append(active[0]) }
      let last = chain[chain.count - 1]
      let before = chain.count > 1 ? chain[chain.count - 2] : nil
      let nearest = nearest(to: last, before)
      guard nearest.number == before else {
        chain.append(nearest.number)
        continue
      }
      chain.removeLast(2)
      merge(min(last, nearest.number), max(last, nearest.number))
      merges.append(Merge(a: min(last, nearest.number), b: max(last, nearest.number), cost: nearest.cost))
      if merges.count % 256 == 0 {
        if isCancelled() { return nil }
        progress(merges.count, total)
      }
    }
    // The order of equal costs stays: a merge comes after those that it needs.
    return merges.enumerated().sorted { ($0.element.cost, $0.offset) < ($1.element.cost, $1.offset) }.map(\.element)
  }

  /// The cluster whose union with `number` costs least.
  private func nearest(to number: Int, _ before: Int?) -> (number: Int, cost: Double) {
    let parts = (active.count + Self.part - 1) / Self.part
    let search = { (part: Int) in
      nearest(to: number, among: (part * Self.part)..<min((part + 1) * Self.part, active.count))
    }
    let found = active.count * columns < Self.worthThreads ? (0..<parts).map(search) : workers.map(parts, search)
    var best = found.reduce((number: -1, cost: Double.infinity)) { $1.cost < $0.cost ? $1 : $0 }
    if let before, cost(number, before) <= best.cost { best.number = before }
    // Distances that are no numbers are nobody's.
    if best.number < 0 { best.number = active.first { $0 != number }! }
    return best
  }

  private func nearest(to number: Int, among places: Range<Int>) -> (number: Int, cost: Double) {
    let size = Double(sizes[number])
    return means.withUnsafeBufferPointer { means in
      let own = means.baseAddress! + number * columns
      var best = (number: -1, cost: Double.infinity)
      for place in places {
        let other = active[place]
        if other == number { continue }
        let share = size * Double(sizes[other]) / (size + Double(sizes[other]))
        let cost = share * Vectors.squaredDistance(own, means.baseAddress! + other * columns, columns)
        if cost < best.cost { best = (other, cost) }
      }
      return best
    }
  }

  private func cost(_ a: Int, _ b: Int) -> Double {
    let (x, y) = (Double(sizes[a]), Double(sizes[b]))
    return means.withUnsafeBufferPointer {
      x * y / (x + y) * Vectors.squaredDistance($0.baseAddress! + a * columns, $0.baseAddress! + b * columns, columns)
    }
  }

  /// Puts the clusters a and b, a < b, at the place of a.
  private mutating func merge(_ a: Int, _ b: Int) {
    let (x, y) = (Double(sizes[a]), Double(sizes[b]))
    for column in 0..<columns {
      means[a * columns + column] =
        (x * means[a * columns + column] + y * means[b * columns + column]) / (x + y)
    }
    sizes[a] += sizes[b]
    sizes[b] = 0
    var (low, high) = (0, active.count)
    while low < high {
      let middle = (low + high) / 2
      if active[middle] < b { low = middle + 1 } else { high = middle }
    }
    active.remove(at: low)
  }

  /// The clusters of rows after some merges, numbered by their first rows.
  private static func labels(_ rows: Int, _ merges: some Sequence<Merge>) -> [Int] {
    var roots = Array(0..<rows)
    func root(_ row: Int) -> Int {
      var row = row
      while roots[row] != row {
        roots[row] = roots[roots[row]]
        row = roots[row]
      }
      return row
    }
    for merge in merges {
      let (a, b) = (root(merge.a), root(merge.b))
      roots[max(a, b)] = min(a, b)
    }
    var numbers: [Int: Int] = [:]
    return (0..<rows).map { row in
      let root = root(row)
      if let known = numbers[root] { return known }
      numbers[root] = numbers.count
      return numbers.count - 1
    }
  }
}
