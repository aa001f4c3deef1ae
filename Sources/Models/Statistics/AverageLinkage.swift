/// Clusters merged in turn by the mean distance between their members (UPGMA; Sokal and Michener 1958). n things.
package struct AverageLinkage {
  /// (n - 1): the distance of each merge, ascending.
  package let heights: [Double]
  /// (n): the things in an order in which those of every cluster lie side by side; of two that are merged the one with
  /// the lowest thing comes first.
  package let order: [Int]

  /// - Parameter distances: (n, n), symmetric.
  package init(_ distances: [[Double]]) {
    var clusters = distances.indices.map { [$0] }
    var heights: [Double] = []
    while clusters.count > 1 {
      var best: (a: Int, b: Int, distance: Double)?
      for a in clusters.indices {
        for b in (a + 1)..<max(a + 1, clusters.count) {
          let sum = clusters[a].reduce(0) { sum, x in clusters[b].reduce(sum) { $0 + distances[x][$1] } }
          let distance = sum / Double(clusters[a].count * clusters[b].count)
          if distance < best?.distance ?? .infinity { best = (a, b, distance) }
        }
      }
      guard let best else { break }
      heights.append(best.distance)
      clusters[best.a] += clusters.remove(at: best.b)
    }
    self.heights = heights
    order = clusters.flatMap(\.self)
  }
}
