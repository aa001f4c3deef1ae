import Labelled
import Sequences

/// The beginning of a table: the separator of its columns, and their contents.
struct TableSample {
  let delimiter: Character
  let hasHeader: Bool
  /// By column: its name, or its number from 1 where there is no header.
  let names: [String]
  let columns: [ColumnSample]
  var rows: Int { columns.first?.values.count ?? 0 }

  /// nil where rows do not have the same number of fields, two at least.
  init?(_ bytes: ArraySlice<UInt8>) {
    var best: (delimiter: Character, rows: [[String]])?
    for delimiter in ["\t", ",", ";", "|"] as [Character] {
      guard let found = Self.rows(bytes, delimiter), found.rows.count > 1, found.rows[0].count > 1 else { continue }
      if best.map({ found.rows[0].count > $0.rows[0].count }) ?? true { best = found }
    }
    guard let (delimiter, rows) = best else { return nil }
    self.delimiter = delimiter
    let first = rows[0]
    let below = first.indices.map { column in ColumnSample(rows.dropFirst().map { $0[column] }) }
    // A header is a row whose sequences are none, or whose numbers are none, or whose classes are of no other row.
    let hasHeader = zip(first, below).contains { text, column in
      if column.alphabet != nil { return ColumnSample([text]).alphabet == nil }
      if column.values.allSatisfy({ Double($0) != nil }) { return Double(text) == nil }
      return column.isClass && !column.distinct.contains(text)
    }
    self.hasHeader = hasHeader
    names = first.indices.map { hasHeader ? first[$0] : "\($0 + 1)" }
    columns = hasHeader ? below : zip(first, below).map { ColumnSample([$0] + $1.values) }
  }

  /// The first rows, parted by `delimiter`, or by the one that the file states; nil where they are no table of it.
  private static func rows(
    _ bytes: ArraySlice<UInt8>, _ delimiter: Character
  ) -> (delimiter: Character, rows: [[String]])? {
    var reader = DelimitedReader(file: "", delimiter: delimiter.asciiValue!)
    var rows: [[String]] = []
    let take = { (row: DelimitedRow) in
      rows.append(row.fields.map { trimmed(String(decoding: $0, as: UTF8.self)) })
      return rows.count < SampleFile.mostRows && rows[0].count == row.fields.count
    }
    bytes.withUnsafeBytes { reader.push($0, take) }
    if rows.count < SampleFile.mostRows { reader.finish(take) }
    let isEven = rows.allSatisfy { $0.count == rows[0].count }
    guard isEven, reader.findings.errorCount == 0 else { return nil }
    return (Character(UnicodeScalar(reader.delimiter)), rows)
  }

  /// The fault of bytes that are nearly a table: the first row with another number of fields than the first line.
  static func problem(_ bytes: ArraySlice<UInt8>) -> String? {
    let lines = bytes.split(
      separator: UInt8(ascii: "\n"), maxSplits: SampleFile.mostRows, omittingEmptySubsequences: false
    )
    .prefix(SampleFile.mostRows)
    for delimiter in "\t,;|".utf8 {
      let counts = lines.map { $0.isEmpty ? 0 : $0.count { $0 == delimiter } + 1 }
      guard let first = counts.first, first > 1, counts.count(where: { $0 == first }) * 2 > counts.count,
        let odd = counts.firstIndex(where: { $0 > 0 && $0 != first })
      else { continue }
      return "line \(odd + 1) has \(counts[odd]) fields, the first line has \(first)"
    }
    return nil
  }

  /// The roles of columns of labelled sequences.
  struct Roles {
    var sequence: Int?
    var second: Int?
    var label: Int?
    /// Columns that could be labels as well as the one taken.
    var otherLabels: [Int] = []
    var split: Int?
    /// True for rows of train that are dev.
    var validation: Int?
    var labels = "class"
    var separator: Character?
  }

  private static let labelNames = [
    "label", "labels", "class", "target", "y", "score", "value", "fitness", "activity", "expression", "category",
    "species", "genus", "type", "brightness",
  ]
  private static let splitNames = ["split", "set", "subset", "partition", "fold"]
  /// Names of columns that say where a row comes from.
  private static let placeNames = [
    "id", "index", "name", "accession", "length", "start", "end", "chrom", "strand", "number", "row",
  ]

  /// - Parameter isJoined: the sequences stand in another file, whose names a column has.
  func roles(isJoined: Bool = false) -> Roles {
    var roles = Roles()
    let sequences = isJoined ? [] : columns.indices.filter { columns[$0].alphabet != nil }
    roles.sequence = sequences.first
    roles.second = sequences.dropFirst().first { columns[$0].alphabet == columns[sequences[0]].alphabet }
    // The beginning of a file in the order of its splits shows one alone.
    roles.split = columns.indices.first {
      columns[$0].namesSplits && (columns[$0].distinct.count > 1 || Self.splitNames.contains(names[$0].lowercased()))
    }
    roles.validation = roles.split.flatMap { _ in columns.indices.first { columns[$0].isValidation(names[$0]) } }
    let others = columns.indices.filter { column in
      column != roles.split && column != roles.validation && !sequences.contains(column) && !columns[column].isNumbering
        && !Self.placeNames.contains(names[column].lowercased())
    }
    let named =
      Self.labelNames.lazy.compactMap { name in others.first { names[$0].lowercased() == name } }.first
      ?? others.last { column in
        (columns[column].isClass || columns[column].isValue)
          && Self.labelNames.contains { $0.count > 4 && names[column].lowercased().contains($0) }
      }
    if let letters = letters(roles.sequence), named == nil || named == letters {
      roles.label = letters
      roles.labels = "letters"
      if roles.second == letters { roles.second = nil }
      return roles
    }
    roles.label =
      named ?? others.last { columns[$0].isClass && columns[$0].setSeparator == nil }
      ?? others.last { columns[$0].isClass } ?? others.last { columns[$0].isValue }
      ?? others.last { columns[$0].setSeparator != nil }
    guard let label = roles.label else { return roles }
    roles.otherLabels = others.filter { $0 != label && (columns[$0].isClass || columns[$0].isValue) }
    if columns[label].isValue {
      roles.labels = "value"
    } else if let separator = columns[label].setSeparator {
      roles.labels = "set"
      roles.separator = separator
    }
    return roles
  }

  /// The column of a label for each letter: as long as its sequence.
  private func letters(_ sequence: Int?) -> Int? {
    guard let sequence, columns[sequence].lengths.lowerBound >= 8 else { return nil }
    return columns.indices.first { column in
      column != sequence && columns[column].distinct.count > 1
        && zip(columns[column].values, columns[sequence].values).allSatisfy { $0.utf8.count == $1.utf8.count }
        // Sequences of one length are as long as each other, too.
        && (columns[column].alphabet == nil || columns[column].lengths.lowerBound != columns[column].lengths.upperBound)
    }
  }
}
