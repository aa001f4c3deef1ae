/// A block before it has numbers: it maps R x hIn to R x hOut. Equal shapes have equal parameter layouts.
package struct BlockShape: Hashable, Sendable {
  package let layer: Layer
  package let hIn: Int
  /// Features of the second stream, for kinds that read one; else hIn.
  package let gateIn: Int
  /// Whether a token sees only itself and earlier ones.
  package let causal: Bool

  /// The block of a layer behind `hIn` features. Whether it can be built, `problem` says.
  package init(_ layer: Layer, hIn: Int, gateIn: Int? = nil, causal: Bool) {
    precondition(hIn > 0, "a block of \(hIn) features")
    self.layer = layer
    self.hIn = hIn
    self.gateIn = layer.kind.readsGate ? gateIn ?? hIn : hIn
    self.causal = causal
  }

  var hOut: Int { layer.width }

  /// Why the block cannot be built, or nil.
  package var problem: BlockProblem? { layer.problem(causal: causal) }

  /// The name that its shared weights go by, apart from the position: `transformer.64-128`, `cnn.64-64+kernel5`, and
  /// `gated.64-64+from32` behind a second stream of 32 features.
  package var name: String {
    let gate = gateIn == hIn ? "" : "+\(Self.gateField)\(gateIn)"
    let text = layer.options.sorted { $0.key < $1.key }.map { "+\($0.key)\($0.value)" }.joined()
    return "\(layer.kind).\(hIn)-\(hOut)\(gate)\(text)"
  }

  /// The field of a name that tells the width of the second stream; no option is called so.
  package static let gateField = "from"

  /// The name of a block, with its position or without, but for the options that only fit it to a run.
  package static func family(_ name: String) -> String {
    let fields = name.split(separator: "+")
    let kind = fields.first?.split(separator: ".").lazy.compactMap { BlockKind(named: String($0)) }.first
    guard let own = kind?.options.filter(\.isOfRun).map(\.name), !own.isEmpty else { return name }
    return fields.filter { field in !own.contains(String(field.prefix { !$0.isNumber })) }.joined(separator: "+")
  }
}
