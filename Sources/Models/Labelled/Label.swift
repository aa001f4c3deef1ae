import Sequences

/// What the labels of a task are.
package enum LabelKind: String, Sendable, CaseIterable {
  /// One class of several.
  case `class`
  /// Any number of classes.
  case set
  /// A number.
  case value
  /// A class for every letter of the sequence.
  case letters
}

/// The label of one sequence or pair. Classes are numbers from 0.
package enum Label: Hashable, Sendable, ExpressibleByIntegerLiteral {
  case number(Int)
  /// Ascending.
  case set([Int])
  /// Finite.
  case value(Double)
  /// One per letter; -1 for a letter whose label does not count.
  case letters([Int32])

  package init(integerLiteral value: Int) { self = .number(value) }
}

/// A sequence, or a pair of sequences, with its label.
package struct LabelledRecord: Hashable, Sendable {
  package var sequence: [UInt8]
  /// The other sequence of a pair; empty when there are no pairs.
  package var second: [UInt8]
  package var label: Label
  /// Its name in its file; two records that differ in it alone are equal.
  package var name: String
  /// Its group; all of a group belong on one side of a hold-out. Empty where there are no groups.
  package var group: String
  package init(sequence: [UInt8], second: [UInt8] = [], label: Label, name: String = "", group: String = "") {
    self.sequence = sequence
    self.second = second
    self.label = label
    self.name = name
    self.group = group
  }

  package static func == (a: LabelledRecord, b: LabelledRecord) -> Bool {
    a.sequence == b.sequence && a.second == b.second && a.label == b.label && a.group == b.group
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(sequence)
    hasher.combine(second)
    hasher.combine(label)
    hasher.combine(group)
  }

  /// Whether it is in a hold-out of about `fraction` of the records, by its sequence or either sequence of a pair;
  /// groups are held out as a whole.
  package func isHeldOut(_ fraction: Double) -> Bool {
    if second.isEmpty { return HoldOut.contains(sequence, fraction: fraction) }
    // Half of the fraction for each partner, so that about the fraction of pairs has one.
    return HoldOut.contains(sequence, fraction: fraction / 2) || HoldOut.contains(second, fraction: fraction / 2)
  }

  /// What makes two records duplicates: the letters, those of a pair in either order.
  package var identity: [UInt8] {
    if second.isEmpty { return sequence }
    let isOrdered = !second.lexicographicallyPrecedes(sequence)
    return (isOrdered ? sequence : second) + [UInt8(ascii: ",")] + (isOrdered ? second : sequence)
  }
}

/// A labelled task: the splits train, dev and test, and the names of the classes.
package struct LabelledSplits: Hashable, Sendable {
  package var train: [LabelledRecord]
  package var dev: [LabelledRecord]
  package var test: [LabelledRecord]
  /// By class number: the label as the files write it. Empty for values.
  package var classes: [String]
  package var kind: LabelKind
  /// What was left out, and why.
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
