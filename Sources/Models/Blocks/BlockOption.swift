/// One option of a kind of block: its name, its default as a function of the layer, its values and its meaning. A value
/// is a number; where values have names, they count from 0 and are written by name.
package struct BlockOption: Sendable {
  /// A default: a number, or a function of the layer.
  package enum Default: Sendable {
    case constant(Int)
    /// The function of the layer's width and of the options that it states, and what it is in words.
    case ofLayer(@Sendable (_ width: Int, _ stated: [String: Int]) -> Int, String)
  }

  package let name: String
  package let fallback: Default
  package let range: ClosedRange<Int>
  /// The names of the values from 0 on; empty where values are numbers.
  package let names: [String]
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
    names = []
  }

  /// An option whose values have names; the one called `fallback` is the default.
  init(_ name: String, _ fallback: String, of names: [String], _ help: String) {
    guard let number = names.firstIndex(of: fallback) else { preconditionFailure("no \(fallback) of \(names)") }
    self.name = name
    self.fallback = .constant(number)
    self.names = names
    self.help = help
    range = 0...names.count - 1
    isOfRun = false
  }

  /// An option whose default follows from the width and the stated options; `fallback` says how.
  init(
    _ name: String, _ fallback: String, _ range: ClosedRange<Int>, _ help: String,
    of layer: @escaping @Sendable (_ width: Int, _ stated: [String: Int]) -> Int
  ) {
    self.name = name
    self.fallback = .ofLayer(layer, fallback)
    self.range = range
    self.help = help
    names = []
    isOfRun = false
  }

  /// The value that this option has in a layer of `width` features that states `stated` and not this one.
  package func value(width: Int, stated: [String: Int] = [:]) -> Int {
    switch fallback {
    case .constant(let value): value
    case .ofLayer(let value, _): value(width, stated)
    }
  }

  /// A value as it is written.
  package func text(_ value: Int) -> String { names.indices.contains(value) ? names[value] : String(value) }

  /// The default in words.
  package var fallbackText: String {
    switch fallback {
    case .constant(let value): text(value)
    case .ofLayer(_, let text): text
    }
  }

  /// The values in words: a range, or the names.
  package var valuesText: String {
    names.isEmpty ? "\(range.lowerBound) to \(range.upperBound)" : names.joined(separator: ", ")
  }
}
