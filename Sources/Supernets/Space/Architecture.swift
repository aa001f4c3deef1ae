/// The five kinds of block that a path is made of.
package enum Module: String, Sendable, CaseIterable {
  case cnn, lstm, transformer, mamba, hyena

  /// The letter of this module in an architecture's text.
  package var letter: Character { rawValue.first! }
}

/// One layer of a path: a module at a width, with the options that differ from the module's defaults.
package struct Layer: Hashable, Sendable {
  package let module: Module
  /// Features of the layer's output.
  package let width: Int
  /// By name, as `kernel`; only those that differ from the default.
  package let options: [String: Int]
  package init(module: Module, width: Int, options: [String: Int] = [:]) {
    self.module = module
    self.width = width
    self.options = options
  }
}

/// A path through the search space: its layers, first to last. Its text is `h64-h128-t256-c512`, options in brackets:
/// `c64(kernel=5,dilation=2)-t128`.
package struct Architecture: Hashable, Sendable {
  package let layers: [Layer]
  package init(layers: [Layer]) { self.layers = layers }
}
