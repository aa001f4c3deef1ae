import Foundation
import Rankings
import System
import TestSupport
import Testing

@testable import Clustering

/// Clusters, neighbours, components and agreement with classes against scikit-learn:
/// `Goldens/make_clustering_goldens.py`.
@Suite struct ClusteringTests {
  struct Agreements: Decodable {
    let labels: [Int]
    let clusters: [Int]
    let ami: Double
    let ari: Double
    let homogeneity: Double
    let completeness: Double
    let vMeasure: Double
  }

  struct Golden: Decodable {
    let count: Int
    let columns: Int
    let groups: Int
    let seed: UInt64
    let neighbours: [[Int]]
    let similarities: [[Double]]
    let variances: [Double]
    let scores: [Double]
    let ward: [Int]
    let inertia: Double
    let means: [Int]

    /// The rows of the script.
    var values: [Float] {
      let centres = noise(groups * columns, seed: seed), spread = noise(count * columns, seed: seed + 1)
      return (0..<count * columns).map { place in
        Float(2 * centres[place / columns % groups * columns + place % columns] + spread[place])
      }
    }
  }

  struct Goldens: Decodable {
    let agreements: [Agreements]
    let clusterings: [Golden]
  }

  /// A pool of its own for each test: a pool has one caller at a time.
  static func workers(_ threads: Int = 2) -> WorkerPool { WorkerPool(threads: threads) }

  /// Numbers that follow from their place.
  static func noise(_ count: Int, seed: UInt64) -> [Double] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    return (0..<count).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Double(state >> 11) * 0x1p-52 - 1
    }
  }

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Goldens")

  /// The recorded values and, with a Python that has scikit-learn, those that it gives now.
  static let goldens: [Goldens] = {
    var texts = [try! Data(contentsOf: folder.appending(path: "clustering.json"))]
    if let python = Python.program(importing: "sklearn") {
      let script = folder.appending(path: "make_clustering_goldens.py").path
      texts.append(Data(try! Python.run(python, [script])))
    } else {
      print("no Python with scikit-learn: clusters are held against its recorded results alone; see BIOARC_PYTHON")
    }
    return texts.map { try! JSONDecoder().decode(Goldens.self, from: $0) }
  }()

  /// Clusters by their first rows.
  private func canonical(_ clusters: [Int]) -> [Int] {
    var order: [Int: Int] = [:]
    return clusters.map { cluster in
      order[cluster] = order[cluster] ?? order.count
      return order[cluster]!
    }
  }

  private func expectClose(_ found: [Double], _ expected: [Double], _ tolerance: Double = 1e-6) {
    #expect(found.count == expected.count)
    for (a, b) in zip(found, expected) { #expect(abs(a - b) <= tolerance * max(1, abs(b)), "\(a) \(b)") }
  }

  @Test func `agreement with classes is scikit-learn's`() {
    for golden in Self.goldens.flatMap(\.agreements) {
      let found = Agreement(labels: golden.labels, clusters: golden.clusters)
      expectClose(
        [found.ami, found.ari, found.homogeneity, found.completeness, found.vMeasure],
        [golden.ami, golden.ari, golden.homogeneity, golden.completeness, golden.vMeasure], 1e-9)
      #expect(found.metrics.entries.map(\.metric) == Agreement.measures)
    }
  }

  @Test func `labels that are dealt out at random agree by chance alone`() {
    let deal = { (seed: UInt64) in Self.noise(3000, seed: seed).map { Int(($0 + 1) * 150) } }
    let found = Agreement(labels: deal(41), clusters: deal(42))
    #expect(abs(found.ami) < 0.02 && abs(found.ari) < 0.01 && found.vMeasure > 0.5, "\(found)")
  }

  @Test(arguments: [1, 3]) func `neighbours are scikit-learn's`(_ threads: Int) throws {
    for golden in Self.goldens.flatMap(\.clusterings) {
      let (values, train) = (golden.values, golden.count * 2 / 3)
      let rows = FloatRows(Array(values[..<(train * golden.columns)]), columns: golden.columns)
      let queries = FloatRows(Array(values[(train * golden.columns)...]), columns: golden.columns)
      let found = try #require(
        NearestNeighbours.find(
          5, of: queries, among: rows, rank: Array(0..<train), Self.workers(threads), isCancelled: { false }))
      #expect(found.map { $0.map(\.row) } == golden.neighbours)
      for (own, expected) in zip(found, golden.similarities) { expectClose(own.map(\.similarity), expected, 1e-9) }
    }
  }

  /// More rows than a block holds, many of them alike, some without a length, against all cosines in double.
  @Test func `neighbours among many like rows are those of all cosines`() throws {
    let (count, columns, k) = (5000, 9, 4)
    var values = Self.noise(count * columns, seed: 51).map { Float(($0 * 3).rounded()) }
    for row in stride(from: 7, to: count, by: 501) { for column in 0..<columns { values[row * columns + column] = 0 } }
    let rows = FloatRows(values, columns: columns)
    let queries = FloatRows(Array(values[..<(70 * columns)]), columns: columns)
    let rank = (0..<count).map { $0 % 13 }
    let row = { (number: Int) in values[number * columns..<(number + 1) * columns].map(Double.init) }
    let length = { (x: [Double]) in x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let found = try #require(
      NearestNeighbours.find(k, of: queries, among: rows, rank: rank, Self.workers(), isCancelled: { false }))
    for query in 0..<70 {
      let own = row(query)
      let all = (0..<count).map { other -> (Int, Int, Int) in
        let x = row(other)
        let lengths = length(own) * length(x)
        let cosine = lengths > 0 ? zip(own, x).reduce(0) { $0 + $1.0 * $1.1 } / lengths : 0
        return (-Int((cosine * 1e12).rounded()), rank[other], other)
      }
      // Rows of one rank are as good as each other: compared are the ranks, and how near they are.
      let expected = all.sorted(by: <).prefix(k)
      #expect(found[query].map { rank[$0.row] } == expected.map(\.1), "\(query)")
      for (a, b) in zip(found[query], expected) { #expect(abs(a.similarity + Double(b.0) / 1e12) < 1e-6) }
    }
    let one = NearestNeighbours.find(k, of: queries, among: rows, rank: rank, Self.workers(1), isCancelled: { false })
    #expect(one == found)
    #expect(
      NearestNeighbours.find(k, of: queries, among: rows, rank: rank, Self.workers(1), isCancelled: { true }) == nil)
  }

  @Test func `principal components are scikit-learn's`() throws {
    for golden in Self.goldens.flatMap(\.clusterings) {
      let found = try #require(
        PrincipalComponents(
          golden.values, columns: golden.columns, count: 4, Self.workers(), isCancelled: { false }))
      #expect(found.count == golden.variances.count)
      expectClose(found.variances, golden.variances)
      expectClose(found.scores, golden.scores)
    }
  }

  @Test func `the clusters of Ward's criterion are scikit-learn's`() throws {
    for golden in Self.goldens.flatMap(\.clusterings) {
      for threads in [1, 3] {
        let found = Ward.clusters(
          golden.groups + 2, of: golden.values.map(Double.init), columns: golden.columns, Self.workers(threads),
          isCancelled: { false })
        #expect(found == golden.ward)
      }
    }
  }

  @Test func `means from one start are scikit-learn's`() throws {
    for golden in Self.goldens.flatMap(\.clusterings) {
      let values = golden.values.map(Double.init)
      let start = Array(values[..<(golden.groups * golden.columns)])
      let found = try #require(
        KMeans(values, columns: golden.columns, from: start, Self.workers(), isCancelled: { false }))
      expectClose([found.inertia], [golden.inertia], 1e-9)
      #expect(canonical(found.clusters) == golden.means)
    }
  }

  @Test func `equal rows are clustered, and no mean is left without a row`() throws {
    let values: [Double] = (0..<40).flatMap { row in [Double(row % 4), 1.0] }
    let ward = try #require(Ward.clusters(4, of: values, columns: 2, Self.workers(), isCancelled: { false }))
    #expect(ward == (0..<40).map { $0 % 4 })
    #expect(
      Set(try #require(Ward.clusters(9, of: values, columns: 2, Self.workers(), isCancelled: { false }))).count == 9)
    let start = KMeans.start(values, columns: 2, clusters: 4, seed: 5)
    let means = try #require(KMeans(values, columns: 2, from: start, Self.workers(), isCancelled: { false }))
    #expect(means.inertia == 0 && canonical(means.clusters) == ward)
    // Both means begin at one place.
    let same = try #require(
      KMeans(values, columns: 2, from: [0, 1, 0, 1, 0, 1, 0, 1], Self.workers(), isCancelled: { false }))
    #expect(Set(same.clusters).count == 4)
    #expect(Ward.clusters(1, of: [1, 2], columns: 2, Self.workers(), isCancelled: { false }) == [0])
  }

  /// 12,000 rows are clustered, and their neighbours found, in seconds: printed, for clocks are no gate.
  @Test func `many rows take seconds`() throws {
    let (count, columns) = (ProcessInfo.processInfo.environment["BIOARC_STRESS"] == "1" ? 12_000 : 1500, 768)
    let values = Self.noise(count * columns, seed: 61).map { Float($0) }
    let rows = FloatRows(values, columns: columns)
    let clock = ContinuousClock()
    let rank = (0..<count).map { $0 % 100 }
    let near = clock.measure {
      let found = NearestNeighbours.find(1, of: rows, among: rows, rank: rank, Self.workers(), isCancelled: { false })
      #expect(found?.enumerated().allSatisfy { $1[0].row == $0 } == true)
    }
    var components: PrincipalComponents?
    let reduced = clock.measure {
      components = PrincipalComponents(values, columns: columns, count: 50, Self.workers(), isCancelled: { false })
    }
    let scores = try #require(components).scores
    let merged = clock.measure {
      let found = Ward.clusters(500, of: scores, columns: 50, Self.workers(), isCancelled: { false })
      #expect(found.map { Set($0).count } == 500)
    }
    let about = clock.measure {
      let start = KMeans.start(scores, columns: 50, clusters: 500, seed: 1)
      #expect(KMeans(scores, columns: 50, from: start, Self.workers(), isCancelled: { false }) != nil)
    }
    print("\(count) rows: neighbours \(near), components \(reduced), Ward \(merged), k-means \(about)")
  }
}
