import Blocks

/// The space of an architecture search: its declaration, and the rules by which it is cut down to `count`
/// representatives (BioArc, arXiv 2512.00283; the comments of `reduce` say how the points are settled that the paper
/// leaves open).
package struct SearchSpace: Hashable, Sendable {
  package var modules: [Module]
  /// Numbers of layers.
  package var depths: [Int]
  /// Widths that each layer may have.
  package var widths: [Int]
  /// Euclidean distance in log2 widths below which a width vector is dropped; 0 keeps all.
  package var minimumDistance: Double
  /// Whether widths never decrease along the path and the last is the largest of the space.
  package var monotonic: Bool
  /// Whether vectors are filtered by distance before the constraint on widths, as BioArc counts. A monotone vector
  /// near one that the constraint drops is then lost.
  package var distanceFirst: Bool
  /// The largest `Architecture.parameters` kept, if bounded.
  package var maximumParameters: Int?
  /// Tokens of the vocabulary, where it is to count in `maximumParameters`.
  package var vocabulary: Int?
  /// Architectures to sample; 0 samples none and takes the written ones alone.
  package var count: Int
  /// The seed of k-means++.
  package var seed: Int
  /// Architectures written by hand, kept whatever the constraints say.
  package var written: [Architecture]

  package init(
    modules: [Module] = Module.standard, depths: [Int] = [3, 4, 5, 6], widths: [Int] = [64, 128, 256, 512],
    minimumDistance: Double = 1.5, monotonic: Bool = true, distanceFirst: Bool = false,
    maximumParameters: Int? = nil, vocabulary: Int? = nil, count: Int = 360, seed: Int = 0, written: [Architecture] = []
  ) {
    self.modules = modules
    self.depths = depths
    self.widths = widths
    self.minimumDistance = minimumDistance
    self.monotonic = monotonic
    self.distanceFirst = distanceFirst
    self.maximumParameters = maximumParameters
    self.vocabulary = vocabulary
    self.count = count
    self.seed = seed
    self.written = written
  }

  /// A space of architectures written by hand alone.
  package init(written: [Architecture]) { self.init(modules: [], depths: [], widths: [], count: 0, written: written) }

  /// The token embedding, which all paths share: that which written architectures state, else the one of the widths
  /// that occur.
  package var embedding: Embedding {
    written.compactMap(\.embedding).first
      ?? Embedding(widths: (count > 0 ? widths : []) + written.flatMap { $0.layers.map(\.width) })
  }

  /// Whether all width vectors are listed and filtered before the constraint.
  var filtersFirst: Bool { distanceFirst && minimumDistance > 0 }

  /// The most width vectors of one depth that are enumerated, and the most architectures of one depth that are
  /// clustered.
  static let limits = (vectors: 1 << 17, architectures: 1 << 23)

  /// The faults of this declaration; empty if there are none.
  package var findings: [SpaceFinding] {
    var findings: [SpaceFinding] = []
    guard count >= 0 else { return [.negative("count", count)] }
    if let other = written.first(where: { $0.embedding != written[0].embedding }) {
      return [.embeddings(written[0].text, other.text)]
    }
    guard count > 0 else { return written.isEmpty ? [.empty("architectures")] : [] }
    for (name, isEmpty) in [("modules", modules.isEmpty), ("depths", depths.isEmpty), ("widths", widths.isEmpty)]
    where isEmpty { findings.append(.empty(name)) }
    if let module = repeated(modules) { findings.append(.repeated("modules", module.text)) }
    if let depth = repeated(depths) { findings.append(.repeated("depths", String(depth))) }
    if let width = repeated(widths) { findings.append(.repeated("widths", String(width))) }
    for depth in depths where !(1...Architecture.maximumDepth).contains(depth) {
      findings.append(.outOfRange("depths", depth, 1...Architecture.maximumDepth))
    }
    for width in widths where !Layer.widths.contains(width) {
      findings.append(.outOfRange("widths", width, Layer.widths))
    }
    if !(minimumDistance >= 0 && minimumDistance.isFinite) { findings.append(.distance(minimumDistance)) }
    if let maximumParameters, maximumParameters < 0 { findings.append(.negative("max-parameters", maximumParameters)) }
    if let vocabulary, vocabulary < 0 { findings.append(.negative("vocabulary", vocabulary)) }
    if modules.count * widths.count > 256 { findings.append(.tooManyLayers(modules.count * widths.count)) }
    guard findings.isEmpty else { return findings }
    for module in modules {
      for width in widths {
        if let problem = module.layer(width: width).problem() { findings.append(.layer(problem)) }
      }
    }
    // Two modules may be one at some width, where an option has its default.
    for width in widths where findings.isEmpty {
      let layers = modules.map { $0.layer(width: width) }
      if let layer = repeated(layers), let last = layers.lastIndex(of: layer) {
        findings.append(.repeated("modules", modules[last].text))
      }
    }
    return findings
  }

  private func repeated<Item: Hashable>(_ items: [Item]) -> Item? {
    var seen = Set<Item>()
    return items.first { !seen.insert($0).inserted }
  }
}
