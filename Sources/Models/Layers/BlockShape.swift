package import Tensors

/// The kinds of block that the search space is made of.
package enum BlockKind: String, Sendable, CaseIterable {
  case cnn, lstm, transformer, mamba, hyena
}

/// A fact about a block that cannot be built.
package enum BlockError: Error, Hashable, Sendable, CustomStringConvertible {
  case unknownOption(BlockKind, String, allowed: [String])
  case badOption(BlockKind, String, Int, reason: String)
  case badWidth(BlockKind, Int, reason: String)

  package var description: String {
    switch self {
    case .unknownOption(let kind, let name, let allowed):
      "module '\(kind.rawValue)' has no option '\(name)'; it has "
        + (allowed.isEmpty ? "none" : allowed.joined(separator: ", "))
    case .badOption(let kind, let name, let value, let reason):
      "option \(name)=\(value) of module '\(kind.rawValue)': \(reason)"
    case .badWidth(let kind, let width, let reason): "width \(width) of module '\(kind.rawValue)': \(reason)"
    }
  }
}

/// What a block is before it has numbers: it maps R x hIn to R x hOut. Equal shapes have equal parameter layouts.
package struct BlockShape: Hashable, Sendable {
  package let kind: BlockKind
  package let hIn: Int
  package let hOut: Int
  /// Only those that differ from the kind's defaults.
  package let options: [String: Int]
  /// Whether a token sees only itself and earlier ones.
  package let causal: Bool

  /// Throws `BlockError` for options that the kind does not have and widths that it cannot take.
  package init(kind: BlockKind, hIn: Int, hOut: Int, options: [String: Int] = [:], causal: Bool) throws {
    precondition(hIn > 0 && hOut > 0, "a block from \(hIn) to \(hOut) features")
    self.kind = kind
    self.hIn = hIn
    self.hOut = hOut
    let standard = Self.defaults(kind, width: hOut)
    self.options = options.filter { standard[$0.key] != $0.value }
    self.causal = causal
    try validate()
  }

  /// Every option of a kind and its default at a width.
  package static func defaults(_ kind: BlockKind, width: Int) -> [String: Int] {
    switch kind {
    case .cnn: ["kernel": 9, "dilation": 1, "groups": 1]
    case .transformer: ["heads": max(1, width / min(64, width)), "inner": 4 * width]
    case .mamba: ["state": 16, "conv": 4, "expand": 2]
    case .lstm: [:]
    case .hyena: ["depth": 3, "features": 5, "filter": 64, "length": 1024, "short": 3, "sine": 10]
    }
  }

  /// The name that its shared weights go by, apart from the position: `transformer.64-128`, `cnn.64-64+kernel5`.
  package var name: String {
    let text = options.sorted { $0.key < $1.key }.map { "+\($0.key)\($0.value)" }.joined()
    return "\(kind.rawValue).\(hIn)-\(hOut)\(text)"
  }

  /// Numbers in all of the block's tensors.
  package var parameterCount: Int { layout.parameterCount }

  /// The block's tensors, in the order in which `Block` numbers them.
  package var layout: ParameterLayout {
    var layout = ParameterLayout()
    if hIn != hOut { layout.addLinear("projection", hOut, hIn, bias: false) }
    switch kind {
    case .cnn: ConvolutionBlock.addTensors(self, to: &layout)
    case .transformer: TransformerBlock.addTensors(self, to: &layout)
    case .lstm: LSTMBlock.addTensors(self, to: &layout)
    case .mamba: MambaBlock.addTensors(self, to: &layout)
    case .hyena: HyenaBlock.addTensors(self, to: &layout)
    }
    return layout
  }

  /// Runs the block on a tape: x is R x hIn, the result R x hOut. `block` is its number on the tape.
  package func forward(_ x: TapeValue, on tape: Tape, block: Int) -> TapeValue {
    precondition(x.columns == hIn, "\(name) is given \(x.columns) features")
    var input = x
    var first = 0
    if hIn != hOut {
      input = tape.linear(x, weight: tape.parameter(block, 0))
      first = 1
    }
    switch kind {
    case .cnn: return ConvolutionBlock.forward(self, input, on: tape, block: block, first: first)
    case .transformer: return TransformerBlock.forward(self, input, on: tape, block: block, first: first)
    case .lstm: return LSTMBlock.forward(self, input, on: tape, block: block, first: first)
    case .mamba: return MambaBlock.forward(self, input, on: tape, block: block, first: first)
    case .hyena: return HyenaBlock.forward(self, input, on: tape, block: block, first: first)
    }
  }

  /// Every option of the kind and its value here.
  package var allOptions: [String: Int] {
    Self.defaults(kind, width: hOut).merging(options) { _, chosen in chosen }
  }

  /// An option's value, by default the kind's.
  func option(_ name: String) -> Int { options[name] ?? Self.defaults(kind, width: hOut)[name]! }

  private func validate() throws {
    let allowed = Self.defaults(kind, width: hOut).keys.sorted()
    for (name, value) in options.sorted(by: { $0.key < $1.key }) {
      guard allowed.contains(name) else { throw BlockError.unknownOption(kind, name, allowed: allowed) }
      guard value > 0 else { throw BlockError.badOption(kind, name, value, reason: "must be at least 1") }
    }
    if kind == .lstm, !causal, hOut % 2 != 0 {
      throw BlockError.badWidth(kind, hOut, reason: "each direction has half of it")
    }
    for name in ["kernel", "short"] where !causal {
      if let taps = options[name], taps % 2 == 0 {
        throw BlockError.badOption(kind, name, taps, reason: "must be odd for a bidirectional convolution")
      }
    }
    if kind == .cnn, hOut % option("groups") != 0 {
      throw BlockError.badOption(kind, "groups", option("groups"), reason: "must divide the width \(hOut)")
    }
    if kind == .hyena, option("features") % 2 == 0 || option("features") < 3 {
      throw BlockError.badOption(kind, "features", option("features"), reason: "must be odd and at least 3")
    }
    if kind == .transformer, hOut % (2 * option("heads")) != 0 {
      throw BlockError.badOption(
        kind, "heads", option("heads"), reason: "width \(hOut) needs an even number of features per head")
    }
  }
}

extension ParameterLayout {
  /// A weight of out x in (taps between them for a convolution), uniform within 1 / sqrt(fan-in) as PyTorch's layers
  /// start, and a bias of zeros.
  package mutating func addLinear(
    _ name: String, _ out: Int, _ columns: Int, taps: Int? = nil, bias: Bool = true,
    decays: Bool = true
  ) {
    let fanIn = columns * (taps ?? 1)
    let shape = taps.map { [out, $0, columns] } ?? [out, columns]
    add("\(name).weight", shape, decays: decays, .uniform(limit: 1 / Double(fanIn).squareRoot()))
    if bias { add("\(name).bias", [out], decays: false, .zeros) }
  }

  /// A norm's weight of ones and bias of zeros.
  package mutating func addNorm(_ name: String, _ width: Int) {
    add("\(name).weight", [width], decays: false, .ones)
    add("\(name).bias", [width], decays: false, .zeros)
  }
}
