/// One layer of a path: a kind of block at a width, with the options that differ from the kind's defaults.
package struct Layer: Hashable, Sendable {
  package let kind: BlockKind
  /// Features of the layer's output.
  package let width: Int
  /// By name, as `kernel`; only those that differ from the default.
  package let options: [String: Int]

  /// The widths that a layer may have.
  package static let widths = 1...8192

  /// A layer; options that equal their default at this width are dropped, so that equal layers are equal values.
  package init(_ kind: BlockKind, width: Int, options: [String: Int] = [:]) {
    precondition(width > 0, "a layer of width \(width)")
    self.kind = kind
    self.width = width
    self.options = options.filter { name, value in
      Self.known(name, of: kind).value(width: width, stated: options) != value
    }
  }

  /// The value of an option of this layer's kind, stated or default.
  package subscript(option: String) -> Int {
    options[option] ?? Self.known(option, of: kind).value(width: width, stated: options)
  }

  /// Every option of the kind and its value here.
  package var allOptions: [String: Int] {
    Dictionary(uniqueKeysWithValues: kind.options.map { ($0.name, self[$0.name]) })
  }

  /// Why this layer cannot be built, or nil. `causal` is nil while the direction is open.
  package func problem(causal: Bool? = nil) -> BlockProblem? {
    if kind.hasNorm, options["inner"] != nil, !mlp.hasInner {
      return BlockProblem("option inner of module '\(kind)' is of an MLP, and mlp=\(mlp) has no inner width")
    }
    return kind.block.problem(self, causal: causal)
  }

  /// Tokens from the first to the last that an output of this layer sees in its input, less one; nil: all.
  package func reach(causal: Bool) -> Int? { kind.block.reach(self, causal: causal) }

  /// Tokens of the input that one of the output stands for.
  package var stride: Int { kind.stride(self) }

  /// The problem of an even number of taps where tokens see both sides: there is none in the middle.
  func evenTaps(_ option: String, causal: Bool?) -> BlockProblem? {
    guard causal == false, self[option] % 2 == 0 else { return nil }
    return BlockProblem(
      "option \(option)=\(self[option]) of module '\(kind)': must be odd for a bidirectional convolution")
  }

  /// `c64`: letter and width, without options.
  package var short: String { "\(kind.letter)\(width)" }

  /// `c64(dilation=2,kernel=5)`: options sorted by name, defaults left out.
  package var text: String {
    guard !options.isEmpty else { return short }
    return "\(short)(\(kind.text(options)))"
  }

  fileprivate static func known(_ option: String, of kind: BlockKind) -> BlockOption {
    guard let known = kind.option(option) else { preconditionFailure("module \(kind) has no option \(option)") }
    return known
  }
}

extension BlockKind {
  /// Options of this kind as text, `dilation=2,kernel=5`: sorted by name, values by name where they have one.
  package func text(_ options: [String: Int]) -> String {
    options.sorted { $0.key < $1.key }.map { "\($0.key)=\(Layer.known($0.key, of: self).text($0.value))" }
      .joined(separator: ",")
  }
}

extension Layer {
  /// The form of this layer's MLP.
  var mlp: MLPForm { kind.hasNorm ? MLPForm(rawValue: self["mlp"])! : .none }

  /// The form of this layer's norms.
  var normForm: Norm.Form { Norm.Form(rawValue: self["norm"])! }
}
