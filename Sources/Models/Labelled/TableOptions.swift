package import Sequences

/// The columns of a table that are read, and the way of reading.
package struct TableOptions: Hashable, Sendable {
  /// The byte between columns.
  package struct Delimiter: Hashable, Sendable {
    package let byte: UInt8
    package init(byte: UInt8) { self.byte = byte }
    /// The delimiter of CSV.
    package static let comma = Delimiter(byte: UInt8(ascii: ","))
    /// The delimiter of TSV.
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
  /// Whether a header was stated, and not only assumed.
  package var isHeaderStated = false
  /// Whether fields may be quoted.
  package var hasQuotes = true
  /// nil: all rows are read.
  package var filter: RowFilter?
  package var allowsEmptyLabels = false
  /// Whether rows without a sequence or a label, or with names that no sequence has, are given as incomplete; else they
  /// are errors.
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
