extension BlockKind {
  /// Every kind of block, in the order in which people see them.
  package static let all: [BlockKind] = [.cnn, .lstm, .transformer, .mamba, .hyena, .gated, .pool]

  /// The kind of a name, or nil.
  package init?(named name: String) {
    guard let kind = Self.all.first(where: { $0.name == name }) else { return nil }
    self = kind
  }

  /// The kind of a letter, or nil.
  package init?(letter: Character) {
    guard let kind = Self.all.first(where: { $0.letter == letter }) else { return nil }
    self = kind
  }
}
