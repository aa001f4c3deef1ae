/// One sequence of a task, and what is asked for at its places. n places.
package struct RecallExample: Hashable, Sendable {
  /// (n): tokens.
  package let inputs: [Int32]
  /// (n): the token that belongs to each place; -1 where none is asked for.
  package let targets: [Int32]

  /// Tokens of which each but the first is the target of the one before: all of them, or those of `targets`.
  init(shifting tokens: [Int], targets: [Int]? = nil) {
    inputs = tokens.dropLast().map(Int32.init)
    self.targets = (targets ?? tokens).dropFirst().map(Int32.init)
  }

  init(_ inputs: [Int], _ targets: [Int]) {
    precondition(inputs.count == targets.count, "\(targets.count) targets of \(inputs.count) tokens")
    (self.inputs, self.targets) = (inputs.map(Int32.init), targets.map(Int32.init))
  }

  /// No token is asked for.
  static let none = -1

  /// The parts of a task.
  package enum Split: Int, CaseIterable, Sendable { case train, dev, test }
}
