/// A kind of block, as everything but its arithmetic sees it. Kinds are told apart by their names.
package struct BlockKind: Sendable {
  /// As `transformer`.
  package let name: String
  /// The letter of this kind in an architecture's text.
  package let letter: Character
  /// Sorted by name.
  package let options: [BlockOption]
  /// The kind in plain PyTorch: a function `name(x, p, o)` of x, B x L x h, tensors by name and options by name,
  /// `causal` among them.
  package let pyTorch: String
  /// The type that computes blocks of the kind.
  let block: any Block.Type

  init(_ name: String, letter: Character, _ block: any Block.Type, _ options: [BlockOption], pyTorch: String) {
    self.name = name
    self.letter = letter
    self.options = options
    self.pyTorch = pyTorch
    self.block = block
  }

  /// The option of a name, or nil.
  package func option(_ name: String) -> BlockOption? { options.first { $0.name == name } }
}

extension BlockKind: Hashable {
  package static func == (a: BlockKind, b: BlockKind) -> Bool { a.name == b.name }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension BlockKind: CustomStringConvertible {
  package var description: String { name }
}
