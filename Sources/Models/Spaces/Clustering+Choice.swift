import Blocks
import Randomness
import System

extension Clustering {
  /// How often each layer is taken at each position.
  private struct Usage {
    private let layers: [Layer]
    /// (d, C): rows taken with this layer at this position, and again those with one of its kind.
    private var counts: [Int]

    init(_ table: PathTable) {
      layers = table.layers
      counts = [Int](repeating: 0, count: table.depth * layers.count)
    }

    func sum(_ codes: ArraySlice<UInt8>) -> Int {
      codes.enumerated().reduce(0) { $0 + counts[$1.offset * layers.count + Int($1.element)] }
    }

    mutating func take(_ codes: ArraySlice<UInt8>) {
      for (position, code) in codes.enumerated() {
        counts[position * layers.count + Int(code)] += 1
        for other in layers.indices where layers[other].kind == layers[Int(code)].kind {
          counts[position * layers.count + other] += 1
        }
      }
    }
  }

  /// One row for each centre, in the order in which they are taken.
  func chosen() -> [Int] {
    let none = [Bool](repeating: false, count: table.count)
    var choices = [Int](repeating: 0, count: k)
    choices.withUnsafeMutableBufferPointer { choices in
      let choices = choices
      pool.run(k) { cluster in choices[cluster] = nearest(to: cluster, taken: none).count }
    }
    var taken = none
    var usage = Usage(table)
    return (0..<k).sorted { (choices[$0], $0) < (choices[$1], $1) }.map { cluster in
      let near = nearest(to: cluster, taken: taken).map { (row: $0, sum: usage.sum(table.codes(of: $0))) }
      let least = near.map(\.sum).min()
      let equal = near.filter { $0.sum == least }
      let row = equal[random.integer(below: equal.count, table.depth, k + cluster)].row
      taken[row] = true
      usage.take(table.codes(of: row))
      return row
    }
  }

  /// The rows nearest to a centre among those not taken, ascending.
  private func nearest(to cluster: Int, taken: [Bool]) -> [Int] {
    let d = table.depth
    var sums = [Double](repeating: 0, count: d + 1)
    var nearest: [Int] = []
    var least = Double.infinity
    for row in 0..<table.count {
      for p in Int(table.shared[row])..<d {
        sums[p + 1] = sums[p] + weights[place(p, Int(table.codes[row * d + p])) + cluster]
      }
      guard sums[d] < least + Self.tolerance, !taken[row] else { continue }
      if sums[d] < least - Self.tolerance {
        least = sums[d]
        nearest.removeAll(keepingCapacity: true)
      }
      nearest.append(row)
    }
    return nearest
  }
}
