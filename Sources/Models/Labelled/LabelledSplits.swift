/// A labelled task: the splits train, dev and test, and the names of the classes.
package struct LabelledSplits: Hashable, Sendable {
  package var train: [LabelledRecord]
  package var dev: [LabelledRecord]
  package var test: [LabelledRecord]
  /// By class number: the label as the files write it. Empty for values.
  package var classes: [String]
  package var kind: LabelKind
  /// Notes on rows that were left out, and why.
  package var notes: [String]

  package init(
    train: [LabelledRecord], dev: [LabelledRecord], test: [LabelledRecord], classes: [String],
    kind: LabelKind = .class, notes: [String] = []
  ) {
    self.train = train
    self.dev = dev
    self.test = test
    self.classes = classes
    self.kind = kind
    self.notes = notes
  }

  /// The splits that have rows, in their order.
  package static let names = [SplitName.train, .dev, .test]

  /// The rows of a split; none of those that are left out.
  package subscript(split: SplitName) -> [LabelledRecord] {
    switch split {
    case .train: train
    case .dev: dev
    case .test: test
    case .none: []
    }
  }

  /// Whether the records are pairs of sequences.
  package var isPaired: Bool { [train, dev, test].contains { $0.first?.second.isEmpty == false } }

  /// A label as the files write it; a value in its shortest form, letters that do not count as `.`.
  package func text(of label: Label) -> String {
    switch label {
    case .number(let number): classes[number]
    case .set(let members): members.map { classes[$0] }.joined(separator: ";")
    case .value(let value): "\(value)"
    case .letters(let letters): letters.map { $0 < 0 ? "." : classes[Int($0)] }.joined()
    }
  }
}
