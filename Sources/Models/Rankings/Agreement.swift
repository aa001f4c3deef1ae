import Arithmetic

/// How far a clustering agrees with classes, whatever its clusters are called. n rows, R classes, C clusters.
///
/// With the entropies H in nats of the shares of classes and of clusters, and their mutual information MI:
/// homogeneity h = MI / H(classes), completeness c = MI / H(clusters), V = 2 h c / (h + c) (Rosenberg and Hirschberg
/// 2007); AMI = (MI - E) / ((H(classes) + H(clusters)) / 2 - E), with the mean E of MI over all tables with these sums
/// (Vinh, Epps and Bailey 2010), exact; ARI of pairs of rows (Hubert and Arabie 1985). All are 1 for two that are the
/// same, and AMI and ARI are 0 on average for rows that are dealt out at random.
package struct Agreement: Hashable, Sendable {
  /// The measures, in the order of `Metric.allCases`.
  package static let measures = [Metric.ami, .ari, .vMeasure, .homogeneity, .completeness]

  /// n.
  package let rows: Int
  package let classes: Int
  package let clusters: Int
  package let ami: Double
  package let ari: Double
  package let vMeasure: Double
  package let homogeneity: Double
  package let completeness: Double

  /// - Parameters:
  ///   - labels: (n), the class of each row.
  ///   - clusters: (n), the cluster of each row.
  package init(labels: [Int], clusters: [Int]) {
    precondition(labels.count == clusters.count, "\(labels.count) labels, \(clusters.count) clusters")
    rows = labels.count
    let (ofClasses, ofClusters) = (Self.sizes(labels), Self.sizes(clusters))
    (classes, self.clusters) = (ofClasses.count, ofClusters.count)
    let cells = Self.sizes(zip(labels, clusters).map { Cell(label: $0, cluster: $1) })
    let n = Double(rows)
    let (first, second) = (Self.entropy(ofClasses.values, n), Self.entropy(ofClusters.values, n))
    // MI = H(classes) + H(clusters) - H(both), which is 0 beside one that tells nothing; below 0 is rounding.
    let isBlank = classes == 1 || self.clusters == 1
    let information = isBlank ? 0 : max(0, first + second - Self.entropy(cells.values, n))
    // One class is always together, and one cluster always complete.
    let (h, c) = (classes > 1 ? information / first : 1, self.clusters > 1 ? information / second : 1)
    (homogeneity, completeness) = (min(1, h), min(1, c))
    vMeasure = h + c > 0 ? min(1, 2 * h * c / (h + c)) : 0
    let isWhole = rows == 0 || classes == 1 && self.clusters == 1
    let isSame = isWhole || cells.count == classes && cells.count == self.clusters
    if isSame {
      (ami, ari) = (1, 1)
      return
    }
    if isBlank {
      (ami, ari) = (0, 0)
      return
    }
    let expected = Self.expectedInformation(Array(ofClasses.values), Array(ofClusters.values), rows)
    let room = (first + second) / 2 - expected
    // Nothing is left to agree in where any table has the most information that there can be.
    ami = abs(room) > 1e-12 ? (information - expected) / room : 0
    ari = Self.rand(ofClasses.values, ofClusters.values, cells.values, n)
  }

  private struct Cell: Hashable {
    let label: Int
    let cluster: Int
  }

  /// The measure of that name; nil for another.
  package subscript(metric: Metric) -> Double? {
    switch metric {
    case .ami: ami
    case .ari: ari
    case .vMeasure: vMeasure
    case .homogeneity: homogeneity
    case .completeness: completeness
    default: nil
    }
  }

  /// The measures of a split, without intervals: a row that is drawn twice agrees with itself.
  package var metrics: SplitMetrics {
    SplitMetrics(rows: rows, confusion: nil, Self.measures.map { ($0, Estimate(rows > 0 ? self[$0] : nil)) })
  }

  private static func sizes<Key: Hashable>(_ keys: [Key]) -> [Key: Int] {
    var sizes: [Key: Int] = [:]
    for key in keys { sizes[key, default: 0] += 1 }
    return sizes
  }

  /// Sizes with how often each occurs, ascending: sums go over them in one order.
  private static func counted(_ sizes: some Sequence<Int>) -> [(size: Int, count: Int)] {
    self.sizes(Array(sizes)).map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
  }

  private static func entropy(_ sizes: some Sequence<Int>, _ n: Double) -> Double {
    counted(sizes).reduce(0) { sum, entry in
      let share = Double(entry.size) / n
      return sum - Double(entry.count) * share * Elementary.log(share)
    }
  }

  /// sum over classes a and clusters b of sum over m of m / n * log(n m / (a b)) * P(m), with the hypergeometric
  /// P(m) = a! b! (n - a)! (n - b)! / (n! m! (a - m)! (b - m)! (n - a - b + m)!); equal sizes are one term.
  private static func expectedInformation(_ classes: [Int], _ clusters: [Int], _ n: Int) -> Double {
    // log m! by m.
    var factorials = [0.0, 0.0]
    for m in stride(from: 2, through: n, by: 1) {
      factorials.append(factorials[m - 1] + Elementary.log(Double(m)))
    }
    let total = Double(n)
    let clusters = counted(clusters)
    var sum = 0.0
    for (a, ofClasses) in counted(classes) {
      for (b, ofClusters) in clusters {
        let known =
          factorials[a] + factorials[b] + factorials[n - a] + factorials[n - b] - factorials[n]
        var term = 0.0
        for m in stride(from: max(1, a + b - n), through: min(a, b), by: 1) {
          let logarithm =
            known - factorials[m] - factorials[a - m] - factorials[b - m] - factorials[n - a - b + m]
          let information = Elementary.log(total * Double(m) / (Double(a) * Double(b)))
          term += Double(m) / total * information * Elementary.exp(logarithm)
        }
        sum += Double(ofClasses * ofClusters) * term
      }
    }
    return sum
  }

  /// The adjusted Rand index, by pairs of rows: together in both, and together in either.
  private static func rand(
    _ classes: some Sequence<Int>, _ clusters: some Sequence<Int>, _ cells: some Sequence<Int>, _ n: Double
  ) -> Double {
    let pairs = { (sizes: [Int]) in sizes.reduce(0.0) { $0 + Double($1) * Double($1 - 1) / 2 } }
    let (first, second, both) = (pairs(Array(classes)), pairs(Array(clusters)), pairs(Array(cells)))
    let expected = first * second / (n * (n - 1) / 2)
    return (both - expected) / ((first + second) / 2 - expected)
  }
}
