/// How many letters of sequences a network was not shown.
package struct HiddenLetters: Hashable, Sendable {
  /// Letters that no token of the input tells: all that touch them are [MASK] or random.
  package var hidden: Int
  /// All known letters of the sequences, each counted once.
  package var all: Int

  package init(hidden: Int = 0, all: Int = 0) {
    self.hidden = hidden
    self.all = all
  }
}
