import Sequences

/// A sequence, or a pair of sequences, with its label.
package struct LabelledRecord: Hashable, Sendable {
  package var sequence: [UInt8]
  /// The second sequence of a pair; empty when there are no pairs.
  package var second: [UInt8]
  package var label: Label
  /// The name in the record's file; two records that differ in it alone are equal.
  package var name: String
  /// The group; all of a group belong on one side of a hold-out. Empty where there are no groups.
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

  /// Whether the record is in a hold-out of about `fraction` of the records, by its sequence or either sequence
  /// of a pair; groups are held out as a whole.
  package func isHeldOut(_ fraction: Double, seed: Int = 0) -> Bool {
    if second.isEmpty { return HoldOut.contains(sequence, fraction: fraction, seed: seed) }
    // Half of the fraction for each partner, so that about the fraction of pairs has one.
    return [sequence, second].contains { HoldOut.contains($0, fraction: fraction / 2, seed: seed) }
  }

  /// Two records that are equal in this are duplicates: the letters, those of a pair in either order.
  package var identity: [UInt8] {
    if second.isEmpty { return sequence }
    let isOrdered = !second.lexicographicallyPrecedes(sequence)
    return (isOrdered ? sequence : second) + [UInt8(ascii: ",")] + (isOrdered ? second : sequence)
  }

  /// The record by the strand of each sequence that comes first in bytes, so that both strands are the same record.
  package var unstranded: LabelledRecord {
    var copy = self
    copy.sequence = Complement.smaller(sequence)
    copy.second = Complement.smaller(second)
    return copy
  }
}
