package import JSON

extension Table {
  /// Whether a column has the bounds of the values in the column before it.
  func isInterval(_ column: Int) -> Bool {
    column > 0 && cells.contains { if case .interval = $0[column].content { true } else { false } }
  }

  /// A name for each column, all different; that of bounds is the name of their values.
  var names: [String] {
    var names: [String] = []
    for column in columns.indices {
      if isInterval(column) {
        names.append(names[column - 1])
      } else {
        let plain = Self.plain(named[column] ?? columns[column])
        names.append(Self.unused(plain.isEmpty ? "column_\(column + 1)" : plain, among: names))
      }
    }
    return names
  }

  /// The columns as data: one for a value, and others for its bounds and for what else its cells know.
  var fields: [TableField] {
    var fields: [TableField] = []
    for (column, name) in names.enumerated() {
      let parts = cells.map { $0[column].fields }
      let known = cells.isEmpty ? [.whole] : Set(parts.flatMap { $0.map(\.part) })
      for part in TableField.Part.allCases where known.contains(part) {
        let whole = part == .whole ? name : "\(name)_\(part.rawValue)"
        fields.append(
          TableField(
            name: Self.unused(whole, among: fields.map(\.name)),
            values: parts.map { $0.first { $0.part == part }?.value ?? .null }))
      }
    }
    return fields
  }

  /// The rows as data, an object each; a number that JSON does not have is a text.
  package var json: JSON {
    let fields = fields
    return .array(
      cells.indices.map { row in
        .object(
          fields.map { field in
            if case .double(let value) = field.values[row], !value.isFinite { return (field.name, .string("\(value)")) }
            return (field.name, field.values[row])
          })
      })
  }

  /// `95 % interval` becomes `95_interval`: small letters and digits, everything else a line below.
  private static func plain(_ text: String) -> String {
    text.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "_")
  }

  private static func unused(_ name: String, among others: [String]) -> String {
    if !others.contains(name) { return name }
    return unused(name, among: others, 2)
  }

  private static func unused(_ name: String, among others: [String], _ number: Int) -> String {
    others.contains("\(name)_\(number)") ? unused(name, among: others, number + 1) : "\(name)_\(number)"
  }
}
