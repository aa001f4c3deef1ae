/// The beginning of a table: how its columns are parted, and what they hold.
struct TableSample {
  let delimiter: Character
  let hasHeader: Bool
  /// By column: its name, or its number from 1 where there is no header.
  let names: [String]
  let columns: [ColumnSample]
  var rows: Int { columns.first?.values.count ?? 0 }

  /// nil where the lines do not have the same number of fields, two at least.
  init?(_ lines: [String]) {
    let lines = lines.filter { !$0.isEmpty }
    var best: (delimiter: Character, rows: [[String]])?
    for delimiter in ["\t", ",", ";", "|"] as [Character] {
      let rows = lines.map { Self.fields($0, delimiter) }
      guard let width = rows.first?.count, width > 1, rows.allSatisfy({ $0.count == width }) else { continue }
      if best.map({ width > $0.rows[0].count }) ?? true { best = (delimiter, rows) }
    }
    guard let best, best.rows.count > 1 else { return nil }
    delimiter = best.delimiter
    let body = best.rows.dropFirst()
    let first = best.rows[0]
    // A header is a row whose sequences are none, or whose numbers are none, or whose classes are of no other row.
    hasHeader = first.indices.contains { column in
      let below = ColumnSample(values: body.map { $0[column] })
      if below.alphabet != nil { return ColumnSample(values: [first[column]]).alphabet == nil }
      if below.values.allSatisfy({ Double($0) != nil }) { return Double(first[column]) == nil }
      return below.isClass && !below.distinct.contains(first[column])
    }
    let hasHeader = hasHeader
    let data = hasHeader ? Array(body) : best.rows
    names = first.indices.map { hasHeader ? first[$0] : "\($0 + 1)" }
    columns = first.indices.map { column in ColumnSample(values: data.map { $0[column] }) }
  }

  /// The fields of a line; quotes may enclose them.
  private static func fields(_ line: String, _ delimiter: Character) -> [String] {
    var fields = [""]
    var isQuoted = false
    for character in line {
      if character == "\"" {
        isQuoted.toggle()
      } else if character == delimiter, !isQuoted {
        fields.append("")
      } else {
        fields[fields.count - 1].append(character)
      }
    }
    return fields
  }

  /// The roles of columns of labelled sequences.
  struct Roles {
    var sequence: Int?
    var second: Int?
    var label: Int?
    var split: Int?
    var labels = "class"
    var separator: Character?
  }

  private static let labelNames = [
    "label", "labels", "class", "target", "y", "score", "value", "fitness", "activity", "expression", "category",
    "species", "genus", "type",
  ]

  /// Columns that say where a row comes from.
  private static func isNoLabel(_ name: String) -> Bool {
    ["id", "index", "name", "accession", "length", "start", "end", "chrom", "strand", "number", "row"]
      .contains(name.lowercased())
  }

  /// - Parameter isJoined: the sequences stand in another file, whose names a column has.
  func roles(isJoined: Bool = false) -> Roles {
    var roles = Roles()
    let sequences = columns.indices.filter { columns[$0].alphabet != nil }
    roles.sequence = isJoined ? nil : sequences.first
    roles.second =
      isJoined || sequences.count < 2 || columns[sequences[1]].alphabet != columns[sequences[0]].alphabet
      ? nil : sequences[1]
    roles.split = columns.indices.first { columns[$0].isSplit }
    let others = columns.indices.filter { column in
      column != roles.split && (isJoined || !sequences.contains(column)) && !Self.isNoLabel(names[column])
        && !columns[column].isNumbering
    }
    let named = Self.labelNames.lazy.compactMap { name in others.first { names[$0].lowercased() == name } }.first
    // A label per letter is as long as its sequence, and is no sequence itself.
    let letters = roles.sequence.flatMap { sequence in
      columns.indices.first { column in
        column != sequence && column != roles.second && columns[column].distinct.count > 1
          && zip(columns[column].values, columns[sequence].values).allSatisfy { $0.count == $1.count }
          && columns[sequence].lengths.lowerBound >= 8
      }
    }
    if let letters, named == nil || named == letters {
      roles.label = letters
      roles.labels = "letters"
      if roles.second == letters { roles.second = nil }
      return roles
    }
    roles.label =
      named ?? others.last { columns[$0].isClass } ?? others.last { columns[$0].isValue }
      ?? others.last { columns[$0].setSeparator != nil }
    guard let label = roles.label else { return roles }
    if columns[label].isValue {
      roles.labels = "value"
    } else if let separator = columns[label].setSeparator {
      roles.labels = "set"
      roles.separator = separator
    }
    return roles
  }
}
