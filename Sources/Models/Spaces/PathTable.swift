import Blocks
import Wording

/// All paths of one depth that satisfy the constraints, in the order of their ids.
///
/// d depth, n paths. A path is d codes; a code numbers a (module, width) pair: modules in the order of their letters
/// and texts, and the widths of each in that of their digits, so that the lexicographic order of codes is that of ids
/// where no module has options: the joining `-` sorts before letters and digits.
struct PathTable {
  let depth: Int
  /// The layer of each code.
  let layers: [Layer]
  /// (n, d), flat.
  private(set) var codes: [UInt8] = []
  /// (n): leading codes that a path has in common with the one before it; 0 for the first.
  private(set) var shared: [UInt8] = []

  /// Paths in the table.
  var count: Int { shared.count }

  /// The paths of all modules over the given width vectors, with at most `space.maximumParameters` parameters.
  init(space: SearchSpace, vectors: WidthVectors) {
    depth = vectors.depth
    let widths = vectors.widths
    let ranks = Self.textRanks(widths)
    let byText = widths.indices.sorted { ranks[$0] < ranks[$1] }.map { widths[$0] }
    let modules = space.modules.sorted {
      $0.kind.letter != $1.kind.letter ? $0.kind.letter < $1.kind.letter : $0.text.precedesInBytes($1.text)
    }
    layers = modules.flatMap { module in byText.map { module.layer(width: $0) } }
    let sorted = vectors.vectors.map { $0.map { ranks[$0] } }.sorted { $0.lexicographicallyPrecedes($1) }
    var walk = Walk(
      vectors: sorted, widths: byText, letters: space.modules.count,
      budget: space.maximumParameters.map { Self.Budget(space: space, layers: layers, maximum: $0) })
    walk.visit(0..<sorted.count, spent: 0)
    codes = walk.codes
    shared = walk.shared
  }

  /// The architecture in row `index`.
  subscript(index: Int) -> Architecture { Architecture(layers: codes(of: index).map { layers[Int($0)] }) }

  /// (d): the codes of row `index`.
  func codes(of index: Int) -> ArraySlice<UInt8> { codes[index * depth..<(index + 1) * depth] }

  /// The rank of each width in the byte order of its digits: 128 < 256 < 64.
  private static func textRanks(_ widths: [Int]) -> [Int] {
    let order = widths.indices.sorted { String(widths[$0]).precedesInBytes(String(widths[$1])) }
    var ranks = [Int](repeating: 0, count: widths.count)
    for (rank, index) in order.enumerated() { ranks[index] = rank }
    return ranks
  }
}

extension PathTable {
  /// The bound on parameters, and the number that each layer adds behind each other.
  fileprivate struct Budget {
    let maximum: Int
    /// Parameters of no block: the embedding.
    let base: Int
    /// Those of the embedding of the second stream, which the first layer adds that reads one.
    let gate: Int
    let embeddingWidth: Int
    let layers: [Layer]
    /// By code of the layer, behind the embedding.
    let first: [Int]
    /// By code of the layer before and of the layer.
    let next: [[Int]]
    /// By code of the last layer: its LayerNorm.
    let last: [Int]

    init(space: SearchSpace, layers: [Layer], maximum: Int) {
      self.maximum = maximum
      let embedding = space.embedding
      base = space.vocabulary.map { embedding.parameterCount(vocabulary: $0) } ?? 0
      gate = base
      embeddingWidth = embedding.width
      self.layers = layers
      let behind = { (width: Int) in
        layers.map { BlockShape($0, hIn: width, gateIn: $0.width, causal: false).parameterCount }
      }
      first = behind(embedding.width)
      let byWidth = Dictionary(uniqueKeysWithValues: Set(layers.map(\.width)).map { ($0, behind($0)) })
      next = layers.map { byWidth[$0.width]! }
      last = layers.map { 2 * $0.width }
    }
  }

  /// A depth-first walk over prefixes, which emits paths in the order of their codes.
  fileprivate struct Walk {
    /// By rank of text, sorted: the vectors that share a prefix are a range.
    let vectors: [[Int]]
    let widths: [Int]
    let letters: Int
    let budget: Budget?
    var path: [UInt8] = []
    var codes: [UInt8] = []
    var shared: [UInt8] = []
    /// Leading codes of `path` that the last emitted path has too.
    private var common = 0

    init(vectors: [[Int]], widths: [Int], letters: Int, budget: Budget?) {
      self.vectors = vectors
      self.widths = widths
      self.letters = letters
      self.budget = budget
    }

    mutating func visit(_ range: Range<Int>, spent: Int) {
      guard let first = range.first else { return }
      let position = path.count
      guard position < vectors[first].count else { return emit(spent: spent) }
      let parts = split(range, at: position)
      for letter in 0..<letters {
        for part in parts {
          let code = letter * widths.count + vectors[part.lowerBound][position]
          let cost = budget.map { $0.cost(of: code, after: path) } ?? 0
          if let budget, budget.base + spent + cost > budget.maximum { continue }
          path.append(UInt8(code))
          visit(part, spent: spent + cost)
          path.removeLast()
          common = min(common, position)
        }
      }
    }

    private mutating func emit(spent: Int) {
      if let budget, budget.base + spent + budget.last[Int(path.last!)] > budget.maximum { return }
      codes.append(contentsOf: path)
      shared.append(UInt8(common))
      common = path.count
    }

    /// The parts of `range` with equal width at `position`, in order.
    private func split(_ range: Range<Int>, at position: Int) -> [Range<Int>] {
      var parts: [Range<Int>] = []
      var start = range.lowerBound
      for index in range where index + 1 == range.upperBound || vectors[index + 1][position] != vectors[index][position]
      {
        parts.append(start..<index + 1)
        start = index + 1
      }
      return parts
    }
  }
}

extension PathTable.Budget {
  fileprivate func cost(of code: Int, after path: [UInt8]) -> Int {
    let cost = path.last.map { next[Int($0)][code] } ?? first[code]
    guard layers[code].kind.readsGate else { return cost }
    let last = path.last { layers[Int($0)].kind.readsGate }.map { layers[Int($0)].width }
    let (width, from) = (layers[code].width, last ?? embeddingWidth)
    return cost + (last == nil ? gate : 0) + (from == width ? 0 : from * width)
  }
}
