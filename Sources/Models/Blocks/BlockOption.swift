/// One option of a kind of block: its name, its default as a function of the width, its range and its meaning.
package struct BlockOption: Sendable {
  /// A default: a number, or a function of the layer's width.
  package enum Default: Sendable {
    case constant(Int)
    /// The function, and what it is in words.
    case ofWidth(@Sendable (Int) -> Int, String)
  }

  package let name: String
  package let fallback: Default
  package let range: ClosedRange<Int>
  /// A few words.
  package let help: String
  /// Whether it only fits a block to the sequences of a run: a block takes over the weights of one with another value.
  package let isOfRun: Bool

  init(_ name: String, _ fallback: Int, _ range: ClosedRange<Int>, _ help: String, isOfRun: Bool = false) {
    self.name = name
    self.fallback = .constant(fallback)
    self.range = range
    self.help = help
    self.isOfRun = isOfRun
  }

  /// An option whose default follows from the width; `fallback` says how.
  init(
    _ name: String, _ fallback: String, _ range: ClosedRange<Int>, _ help: String,
    of width: @escaping @Sendable (_ width: Int) -> Int
  ) {
    self.name = name
    self.fallback = .ofWidth(width, fallback)
    self.range = range
    self.help = help
    isOfRun = false
  }

  /// The value that this option has in a layer of `width` features that does not state it.
  package func value(width: Int) -> Int {
    switch fallback {
    case .constant(let value): value
    case .ofWidth(let value, _): value(width)
    }
  }
}

extension BlockOption.Default: CustomStringConvertible {
  package var description: String {
    switch self {
    case .constant(let value): String(value)
    case .ofWidth(_, let text): text
    }
  }
}
