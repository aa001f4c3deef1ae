import JSON

/// A column of a table as data: one exact value in each row.
struct TableField {
  /// The parts of a cell, in the order of their columns; each is the end of a name.
  enum Part: String, CaseIterable {
    case whole = ""
    case low, high, of, tied, message
  }

  /// A name as programs like it: `dev_mcc_low`.
  let name: String
  /// A text, a number, a truth, or null.
  let values: [JSON]
}
