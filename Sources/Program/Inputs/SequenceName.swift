package import Labelled
import Sequences

/// The name of a sequence by its letters: the hash by which hold-outs are made, in 16 hexadecimal digits. Tables of
/// predictions and of embeddings call a sequence by it.
package enum SequenceName {
  /// The name of some letters.
  package static func of(_ letters: some Sequence<UInt8>) -> String {
    let digits = String(HoldOut.hash(letters), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The name of sequences that stand for one, in their order.
  package static func of(_ sequences: [[UInt8]]) -> String { sequences.map { of($0) }.joined(separator: ",") }

  /// The name of a record: of a pair those of both, in either order the same.
  package static func of(_ record: LabelledRecord) -> String {
    record.second.isEmpty
      ? of(record.sequence) : [of(record.sequence), of(record.second)].sorted().joined(separator: ",")
  }
}
