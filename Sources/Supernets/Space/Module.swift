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
  ///
  /// | module | option | meaning | default | range |
  /// |---|---|---|---|---|
  /// | cnn | dilation | positions between the taps of the kernel | 1 | 1...4096 |
  /// | cnn | groups | bands of features that see only themselves; a divisor of the width | 1 | 1...8192 |
  /// | cnn | kernel | taps of the convolution | 9 | 1...255 |
  /// | hyena | depth | hidden layers of the filter network | 3 | 1...16 |
  /// | hyena | features | positional features of the filter network; odd | 5 | 3...129 |
  /// | hyena | filter | units of a hidden layer of the filter network | 64 | 1...1024 |
  /// | hyena | length | tokens at which the filter's time is 1 | 1024 | 1...16777216 |
  /// | hyena | short | taps of the short convolution | 3 | 1...31 |
  /// | hyena | sine | initial frequency of the filter network's sine | 10 | 1...1000 |
  /// | mamba | conv | taps of the short convolution | 4 | 1...31 |
  /// | mamba | expand | inner width over width | 2 | 1...8 |
  /// | mamba | state | states of a channel | 16 | 1...1024 |
  /// | transformer | heads | attention heads | width / min(64, width) | 1...512 |
  /// | transformer | inner | inner width of the MLP | 4 * width | 1...65536 |
  package var options: [ModuleOption] {
    switch self {
    case .cnn: [.init("dilation", 1, 1...4096), .init("groups", 1, 1...8192), .init("kernel", 9, 1...255)]
    case .lstm: []
    case .transformer: [.init("heads", .heads, 1...512), .init("inner", .inner, 1...65536)]
    case .mamba: [.init("conv", 4, 1...31), .init("expand", 2, 1...8), .init("state", 16, 1...1024)]
    case .hyena:
      [
        .init("depth", 3, 1...16), .init("features", 5, 3...129), .init("filter", 64, 1...1024),
        .init("length", 1024, 1...16_777_216), .init("short", 3, 1...31), .init("sine", 10, 1...1000),
      ]
    }
  }
}

/// One option of a module: its name, its default as a function of the width, and its range.
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

  init(_ name: String, _ fallback: Default, _ range: ClosedRange<Int>) {
    self.name = name
    self.fallback = fallback
    self.range = range
  }

  init(_ name: String, _ fallback: Int, _ range: ClosedRange<Int>) { self.init(name, .constant(fallback), range) }

  /// The value that this option has in a layer of `width` features that does not state it.
  package func value(width: Int) -> Int {
    switch fallback {
    case .constant(let value): value
    case .heads: width / min(64, width)
    case .inner: 4 * width
    }
  }
}
