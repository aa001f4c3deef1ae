package import Sequences

/// Which columns of a table are read, and how.
package struct TableOptions: Hashable, Sendable {
  /// The byte between columns.
  package struct Delimiter: Hashable, Sendable {
    package let byte: UInt8
    package init(byte: UInt8) { self.byte = byte }
    package static let comma = Delimiter(byte: UInt8(ascii: ","))
    package static let tab = Delimiter(byte: 9)
  }
  package var delimiter: Delimiter
  package var sequenceColumn: String
  /// nil: labels are not read.
  package var labelColumn: String?
  /// nil: records are named `row1`, `row2` ...
  package var nameColumn: String?
  package var reading: ReadingOptions
  /// The column of the other sequence of a pair.
  package var secondColumn: String?
  package var splitColumn: String?
  /// A column that is true for rows of train that are dev.
  package var validationColumn: String?
  /// The groups of a sequence and of the other of a pair.
  package var groupColumn: String?
  package var secondGroupColumn: String?
  /// Without a header, columns are stated by their numbers, from 1.
  package var hasHeader = true
  /// Whether that there is one was stated, and not only assumed.
  package var isHeaderStated = false
  package var allowsEmptyLabels = false
  /// Whether rows without a label, or with names that no sequence has, are given as incomplete; else they are errors.
  package var allowsIncompleteRows = false
  /// Sequences by name, when columns of sequences hold names.
  package var named: [String: [UInt8]]?

  package init(
    delimiter: Delimiter = .comma, sequenceColumn: String = "sequence", labelColumn: String? = nil,
    nameColumn: String? = nil, reading: ReadingOptions = ReadingOptions()
  ) {
    self.delimiter = delimiter
    self.sequenceColumn = sequenceColumn
    self.labelColumn = labelColumn
    self.nameColumn = nameColumn
    self.reading = reading
  }
}

/// One record of a table, its label as text.
package struct TableRecord: Hashable, Sendable {
  package var record: SequenceRecord
  /// The other sequence of a pair, else empty.
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
  /// Whether it has no label, or a name that no sequence has.
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

/// `text` without the spaces around it, those of spreadsheets that do not break included.
package func trimmed(_ text: String) -> String {
  guard let first = text.first, let last = text.last, isSpace(first) || isSpace(last) else { return text }
  let start = text.firstIndex { !isSpace($0) } ?? text.endIndex
  let end = text.lastIndex { !isSpace($0) }.map { text.index(after: $0) } ?? start
  return String(text[start..<end])
}

private func isSpace(_ character: Character) -> Bool { character.isWhitespace }
