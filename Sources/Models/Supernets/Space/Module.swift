/// The five kinds of block that a path is made of.
package enum Module: String, Sendable, CaseIterable, Codable {
  case cnn, lstm, transformer, mamba, hyena

  /// The letter of this module in an architecture's text.
  package var letter: Character { rawValue.first! }

  /// The module of a letter, or nil.
  package init?(letter: Character) {
    guard let module = Module.allCases.first(where: { $0.letter == letter }) else { return nil }
    self = module
  }

  /// The options of this module, sorted by name. The defaults are those of DESIGN section 8: Mamba (Gu and Dao 2023)
  /// with state 16, convolution 4, expansion 2; Hyena (Poli et al. 2023), always of order 2, with HyenaDNA's filter
  /// network.
  package var options: [ModuleOption] {
    switch self {
    case .cnn:
      [
        .init("dilation", 1, 1...4096, "positions between the taps of the kernel"),
        .init("groups", 1, 1...8192, "bands of features that see only themselves; a divisor of the width"),
        .init("kernel", 9, 1...255, "taps of the convolution; odd where tokens see both sides"),
      ]
    case .lstm: []
    case .transformer:
      [
        .init("heads", .heads, 1...512, "attention heads, of an even number of features each"),
        .init("inner", .inner, 1...65536, "inner width of the MLP"),
      ]
    case .mamba:
      [
        .init("conv", 4, 1...31, "taps of the short convolution"),
        .init("expand", 2, 1...8, "inner width over width"),
        .init("state", 16, 1...1024, "states of a channel"),
      ]
    case .hyena:
      [
        .init("depth", 3, 1...16, "hidden layers of the filter network"),
        .init("features", 5, 3...129, "positional features of the filter network; odd"),
        .init("filter", 64, 1...1024, "units of a hidden layer of the filter network"),
        .init("length", 1024, 1...16_777_216, "tokens at which the filter's time is 1"),
        .init("short", 3, 1...31, "taps of the short convolution; odd where tokens see both sides"),
        .init("sine", 10, 1...1000, "initial frequency of the filter network's sine"),
      ]
    }
  }
}

/// One option of a module: its name, its default as a function of the width, its range and its meaning.
package struct ModuleOption: Hashable, Sendable {
  /// A default: a number, or a function of the layer's width.
  package enum Default: Hashable, Sendable {
    case constant(Int)
    /// width / min(64, width): heads of 64 features, or one head in a narrower layer.
    case heads
    /// 4 * width.
    case inner
  }

  package let name: String
  package let fallback: Default
  package let range: ClosedRange<Int>
  /// A few words.
  package let help: String

  init(_ name: String, _ fallback: Default, _ range: ClosedRange<Int>, _ help: String) {
    self.name = name
    self.fallback = fallback
    self.range = range
    self.help = help
  }

  init(_ name: String, _ fallback: Int, _ range: ClosedRange<Int>, _ help: String) {
    self.init(name, .constant(fallback), range, help)
  }

  /// The value that this option has in a layer of `width` features that does not state it.
  package func value(width: Int) -> Int {
    switch fallback {
    case .constant(let value): value
    case .heads: width / min(64, width)
    case .inner: 4 * width
    }
  }
}

extension ModuleOption.Default: CustomStringConvertible {
  package var description: String {
    switch self {
    case .constant(let value): String(value)
    case .heads: "heads of 64 features, or one in a narrower layer"
    case .inner: "4 times the width"
    }
  }
}
