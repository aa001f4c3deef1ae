package import Sequences

/// One record of a table, its label as text.
package struct TableRecord: Hashable, Sendable {
  package var record: SequenceRecord
  /// The second sequence of a pair, else empty.
  package var second: [UInt8] = []
  /// Empty when labels are not read.
  package var label = ""
  /// Empty when splits are not read.
  package var split = ""
  package var isValidation = false
  /// Empty when groups are not read.
  package var group = ""
  package var secondGroup = ""
  /// Whether the label had spaces around it.
  package var isPadded = false
  /// Whether the record has no sequence or no label, or a name that no sequence has.
  package var isIncomplete = false
  /// The line where the row starts, and the column where its label starts; 0 where that is not known.
  package var line = 0
  package var labelColumn = 0

  init(record: SequenceRecord) { self.record = record }

  /// A label alone.
  init(label: String) {
    record = SequenceRecord(name: "", sequence: [])
    self.label = label
  }

  var knownLine: Int? { line > 0 ? line : nil }

  /// Whether a field says yes.
  static func isTrue(_ text: String) -> Bool { ["true", "1", "yes"].contains(text.lowercased()) }

  /// Takes a label, less the spaces around it.
  mutating func take(label text: String) {
    label = trimmed(text)
    isPadded = label.utf8.count != text.utf8.count
  }
}
