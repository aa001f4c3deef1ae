import Sequences

/// A row of some file of a task.
struct LabelledRow {
  var row: TableRecord
  let file: String
  let role: LabelledFile.Role
  /// Whether `row.split` is the name of its file.
  var hasSplit = false

  /// A finding about the label of this row.
  func error(_ code: SequenceError.Code, of option: String? = nil, _ message: String) -> SequenceError {
    SequenceError(
      code, file: file, line: row.knownLine, column: row.labelColumn > 0 ? row.labelColumn : nil,
      record: row.record.name, option: option, message)
  }
}
