import Randomness
import System

/// K-means (Lloyd 1982) with k-means++ seeding (Arthur and Vassilvitskii 2007) over the one-hot vectors of a path
/// table.
///
/// n paths, d depth, C codes, k clusters, K = k rounded up to whole vectors. A one-hot vector has d ones among d * C
/// places, so that |x - c|^2 = d + |c|^2 - 2 * sum over positions p of c[p, x_p]. Paths are sorted: the partial sums
/// over a prefix that a path shares with the one before are kept. Sums run in the order of positions and counts are
/// integers, so the result depends neither on the number of threads nor on which thread takes which chunk.
struct Clustering {
  let table: PathTable
  /// Clusters.
  let k: Int
  let pool: WorkerPool
  let random: Philox
  /// K.
  private let padded: Int
  /// (d, C, K): minus twice the centres.
  private(set) var weights: [Double]
  /// (K): |c|^2; infinite for padding.
  private var norms: [Double]
  /// (n): k is the cluster before the first assignment.
  private var places: [Place]

  /// The cluster of a path, and |x - c|^2 - d for its centre c.
  struct Place {
    var cluster: Int32
    var distance = 0.0
  }

  /// At most this many rounds of Lloyd's algorithm.
  static let maximumRounds = 100
  /// Distances that differ by less are ties: equal rationals may have different roundings.
  static let tolerance = 1e-9
  private static let chunk = 8192
  private static let lanes = 4

  init(table: PathTable, k: Int, seed: Int, threads: Int) {
    precondition(k > 0 && k <= table.count, "\(k) clusters of \(table.count) paths")
    self.table = table
    self.k = k
    random = Philox(seed: seed, stream: .clustering)
    padded = (k + Self.lanes - 1) / Self.lanes * Self.lanes
    weights = [Double](repeating: 0, count: table.depth * table.layers.count * padded)
    norms = [Double](repeating: .infinity, count: padded)
    places = [Place](repeating: Place(cluster: Int32(k)), count: table.count)
    let chunks = (table.count + Self.chunk - 1) / Self.chunk
    pool = WorkerPool(threads: k == table.count ? 1 : max(1, min(threads, chunks)))
  }

  /// The rows that represent the clusters, ascending: each centre becomes the nearest row that is not taken.
  ///
  /// Centres are flat at most positions, so that many rows are equally near. Of these, the row is taken whose layers
  /// have been taken least (`Usage`); a draw at counter (d, k + cluster) decides between equals. Centres with the
  /// fewest nearest rows come first: those with a choice even out what the others leave.
  mutating func representatives() -> [Int] {
    if k == table.count { return Array(0..<k) }
    setCentres(rows: seeds())
    for _ in 0..<Self.maximumRounds {
      var changed = assign()
      changed = fillEmpty() || changed
      guard changed else { break }
      update()
    }
    return chosen().sorted()
  }
}

extension Clustering {
  /// k rows: the first uniform, each next with probability proportional to its squared distance, twice the number of
  /// positions that differ, to the nearest row chosen. Draw j of depth d is at counter (d, j).
  private func seeds() -> [Int] {
    let n = table.count, d = table.depth
    var rows = [random.integer(below: n, d, 0)]
    var nearest = [UInt8](repeating: UInt8(d), count: n)
    var sums = [Int](repeating: 0, count: (n + Self.chunk - 1) / Self.chunk)
    while rows.count < k {
      let centre = rows.last! * d
      table.codes.withUnsafeBufferPointer { codes in
        Self.share(pool, &nearest, &sums) { range, part, nearest, sums in
          var sum = 0
          for row in range {
            var differing: UInt8 = 0
            for p in 0..<d where codes[row * d + p] != codes[centre + p] { differing += 1 }
            if differing < nearest[row] { nearest[row] = differing }
            sum += Int(nearest[row])
          }
          sums[part] = sum
        }
      }
      rows.append(draw(random.integer(below: sums.reduce(0, +), d, rows.count), nearest, sums))
    }
    return rows
  }

  /// The row at which the running sum of `values` passes `target`.
  private func draw(_ target: Int, _ values: [UInt8], _ sums: [Int]) -> Int {
    var rest = target, part = 0
    while rest >= sums[part] {
      rest -= sums[part]
      part += 1
    }
    var row = part * Self.chunk
    while rest >= Int(values[row]) {
      rest -= Int(values[row])
      row += 1
    }
    return row
  }

  private mutating func setCentres(rows: [Int]) {
    for (cluster, row) in rows.enumerated() {
      for p in 0..<table.depth { weights[place(p, Int(table.codes[row * table.depth + p])) + cluster] = -2 }
      norms[cluster] = Double(table.depth)
    }
  }

  /// The first weight of a code at a position.
  func place(_ position: Int, _ code: Int) -> Int { (position * table.layers.count + code) * padded }
}

extension Clustering {
  /// Gives each path its nearest centre, ties to the lowest; returns whether any path changed its cluster.
  private mutating func assign() -> Bool {
    let n = table.count
    var changes = [Bool](repeating: false, count: (n + Self.chunk - 1) / Self.chunk)
    let scan = Scan(table: table, padded: padded)
    weights.withUnsafeBufferPointer { weights in
      norms.withUnsafeBufferPointer { norms in
        Self.share(pool, &places, &changes) { range, part, places, changes in
          changes[part] = scan.assign(range, weights: weights, norms: norms, places: places)
        }
      }
    }
    return changes.contains(true)
  }

  /// Gives each empty cluster, in order, the path farthest from its centre (ties to the lowest row) among clusters of
  /// two or more.
  private mutating func fillEmpty() -> Bool {
    var sizes = [Int](repeating: 0, count: k)
    for place in places { sizes[Int(place.cluster)] += 1 }
    var isChanged = false
    for cluster in 0..<k where sizes[cluster] == 0 {
      var farthest = -1
      for row in 0..<table.count where sizes[Int(places[row].cluster)] > 1 {
        if farthest < 0 || places[row].distance > places[farthest].distance + Self.tolerance { farthest = row }
      }
      sizes[Int(places[farthest].cluster)] -= 1
      sizes[cluster] = 1
      places[farthest] = Place(cluster: Int32(cluster), distance: -.infinity)
      isChanged = true
    }
    return isChanged
  }

  /// Moves each centre to the mean of its paths.
  private mutating func update() {
    let d = table.depth, codes = table.codes
    var sizes = [Int](repeating: 0, count: k)
    var counts = [Int32](repeating: 0, count: weights.count)
    for row in 0..<table.count {
      let cluster = Int(places[row].cluster)
      sizes[cluster] += 1
      for p in 0..<d { counts[place(p, Int(codes[row * d + p])) + cluster] += 1 }
    }
    for cluster in 0..<k { norms[cluster] = 0 }
    for first in stride(from: 0, to: weights.count, by: padded) {
      for cluster in 0..<k {
        let mean = Double(counts[first + cluster]) / Double(sizes[cluster])
        weights[first + cluster] = -2 * mean
        norms[cluster] += mean * mean
      }
    }
  }
}

extension Clustering {
  /// Calls `body` with each chunk of rows and its number, on all threads; a chunk writes its own rows of `perRow` and
  /// its own element of `perChunk`, and so no two calls write to one place.
  private static func share<Row, Chunk>(
    _ pool: WorkerPool, _ perRow: inout [Row], _ perChunk: inout [Chunk],
    _ body: (Range<Int>, Int, UnsafeMutableBufferPointer<Row>, UnsafeMutableBufferPointer<Chunk>) -> Void
  ) {
    let n = perRow.count
    perRow.withUnsafeMutableBufferPointer { rows in
      perChunk.withUnsafeMutableBufferPointer { parts in
        let (rows, parts) = (rows, parts)
        pool.run(parts.count) { part in
          body(part * chunk..<min((part + 1) * chunk, n), part, rows, parts)
        }
      }
    }
  }
}
