/// A kind of block, as everything but its arithmetic sees it. Kinds are told apart by their names.
package struct BlockKind: Sendable {
  /// As `transformer`.
  package let name: String
  /// The letter of this kind in an architecture's text.
  package let letter: Character
  /// The options that it alone has, sorted by name.
  package let ownOptions: [BlockOption]
  /// The options that every kind with a norm has, with this kind's defaults.
  package let sharedOptions: [BlockOption]
  /// All options: its own and those of every kind with a norm. Sorted by name.
  package let options: [BlockOption]
  /// The kind in plain PyTorch: a function `name(x, p, o)` of normalised features x, B x L x h, tensors by name and
  /// options by name, `causal` among them; it returns what is added to the stream.
  package let pyTorch: String
  /// Tokens that it makes one of, by its options; 1 for kinds that keep all.
  package let stride: @Sendable (Layer) -> Int
  /// Whether it reads a second stream of features, which has an embedding of its own.
  package let readsGate: Bool
  /// The form of the MLP that it has by default.
  let mlp: MLPForm
  /// Whether it normalises what it reads, and may have an MLP.
  let hasNorm: Bool
  /// The type that computes blocks of the kind.
  let block: any Block.Type

  init(
    _ name: String, letter: Character, _ block: any Block.Type, _ options: [BlockOption], norm: Norm.Form? = .layer,
    mlp: MLPForm = .none, readsGate: Bool = false, stride: @escaping @Sendable (Layer) -> Int = { _ in 1 },
    pyTorch: String
  ) {
    self.name = name
    self.letter = letter
    ownOptions = options
    sharedOptions = norm.map { [mlp.innerOption, mlp.option, $0.option] } ?? []
    self.options = (options + sharedOptions).sorted { $0.name < $1.name }
    self.pyTorch = pyTorch
    self.stride = stride
    self.readsGate = readsGate
    self.mlp = mlp
    self.block = block
    hasNorm = norm != nil
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
