package import Sequences
import Wording

/// Reads sequences from a CSV or TSV file with a header, in chunks of bytes.
package struct TableReader {
  private struct Columns {
    var sequence = 0
    var filter: Int?
    var second: Int?, label: Int?, name: Int?, split: Int?, validation: Int?, group: Int?, secondGroup: Int?
    var count = 0
  }

  package let file: String
  private let options: TableOptions
  /// The reader of rows; nil only while it reads.
  private var reader: DelimitedReader?
  private var own = SequenceFindings()
  private var columns: Columns?
  private var letters: LetterFilter
  /// Records given so far.
  package private(set) var count = 0
  /// Rows that the filter leaves out, and its values that rows have.
  private var filtered = 0
  private var valuesSeen: Set<String> = []
  /// The names of sequences that rows have.
  private(set) var usedNames: Set<String> = []

  package init(file: String, options: TableOptions) {
    self.file = file
    self.options = options
    reader = DelimitedReader(file: file, delimiter: options.delimiter.byte, hasQuotes: options.hasQuotes)
    letters = LetterFilter(options.reading)
    if options.reading.rows == 0 { reader?.stop() }
  }

  /// The findings so far, those about rows and those about their fields.
  package var findings: SequenceFindings {
    var all = reader?.findings ?? SequenceFindings()
    all.add(own)
    return all
  }
  /// True when nothing that follows will be read.
  package var isDone: Bool { reader?.isDone ?? false }

  /// Reads the next chunk, of any size, and gives every record that it completes to `emit`.
  package mutating func push(_ bytes: UnsafeRawBufferPointer, _ emit: (TableRecord) throws -> Void) rethrows {
    // The rows are taken one by one, so that findings do not depend on how the bytes are cut into chunks.
    // The reader is moved out meanwhile: a copy would copy the field in hand with every chunk.
    var reader = self.reader.take()
    defer { self.reader = reader }
    try reader?.push(bytes) { try take($0, emit) }
  }

  /// Ends the reading.
  package mutating func finish(_ emit: (TableRecord) throws -> Void) rethrows {
    let stopped = isDone
    var reader = self.reader.take()
    try reader?.finish { try take($0, emit) }
    self.reader = reader
    letters.tell(of: file, in: &own)
    if let filter = options.filter { tell(of: filter, readsAll: !stopped) }
    if !stopped, count == 0, findings.errorCount == 0 {
      add(
        .empty, nil, nil,
        columns == nil
          ? "the file is empty"
          : filtered > 0
            ? "none of its \(filtered) rows is read: option `is` names other values"
            : "there is no row below the header",
        of: filtered > 0 ? "is" : nil)
    }
  }

  /// Warnings about rows that the filter leaves out, and about its values that no row has, which may be misspelt.
  private mutating func tell(of filter: RowFilter, readsAll: Bool) {
    if filtered > 0 {
      own.warn(
        SequenceError(
          .filter, file: file, "rows left out whose `\(filter.column)` is none of \(filter.list): \(filtered)"))
    }
    let unseen = filter.values.filter { !valuesSeen.contains($0) }
    if readsAll, columns != nil, !unseen.isEmpty {
      own.warn(
        SequenceError(
          .filter, file: file, option: "is",
          "no row has \(RowFilter(column: "", values: unseen).list) in the column `\(filter.column)`"))
    }
  }

  /// Returns false when reading is to stop.
  private mutating func take(_ row: DelimitedRow, _ emit: (TableRecord) throws -> Void) rethrows -> Bool {
    guard let columns else {
      guard header(row) else { return false }
      return try options.hasHeader || take(row, emit)
    }
    let line = row.places[0].line
    guard row.fields.count == columns.count else {
      add(
        .ragged, line, row.places[min(row.fields.count, columns.count) - 1].column,
        "the row has \(fields(row.fields.count)), "
          + "the \(options.hasHeader ? "header" : "first row") has \(columns.count)")
      return true
    }
    if let place = columns.filter, let filter = options.filter {
      let value = trimmed(String(decoding: row.fields[place], as: UTF8.self))
      guard filter.values.contains(value) else {
        filtered += 1
        return true
      }
      valuesSeen.insert(value)
    }
    let text = { (index: Int?) in index.map { trimmed(String(decoding: row.fields[$0], as: UTF8.self)) } ?? "" }
    let name = columns.name.map { String(decoding: row.fields[$0], as: UTF8.self) } ?? "row\(count + 1)"
    var record = TableRecord(record: SequenceRecord(name: name, sequence: []))
    record.record.sequence = sequence(row, columns.sequence, &record)
    if let index = columns.second { record.second = sequence(row, index, &record) }
    if let index = columns.label {
      record.take(label: String(decoding: row.fields[index], as: UTF8.self))
      record.labelColumn = row.places[index].column
      if record.label.isEmpty, !options.allowsEmptyLabels {
        if options.allowsIncompleteRows {
          record.isIncomplete = true
        } else {
          add(
            .emptyField, line, row.places[index].column,
            "the label is empty; options: { incomplete: drop } leaves such rows out", name)
        }
      }
    }
    record.split = text(columns.split)
    record.isValidation = TableRecord.isTrue(text(columns.validation))
    record.group = text(columns.group)
    record.secondGroup = text(columns.secondGroup)
    record.line = line
    count += 1
    try emit(record)
    return options.reading.rows.map { count < $0 } ?? true
  }

  /// The sequence that a field of a row holds or names.
  private mutating func sequence(_ row: DelimitedRow, _ index: Int, _ record: inout TableRecord) -> [UInt8] {
    let (field, place, name) = (row.fields[index], row.places[index], record.record.name)
    if let named = options.named {
      let key = trimmed(String(decoding: field, as: UTF8.self))
      if let sequence = named[key] {
        usedNames.insert(key)
        return sequence
      }
      if options.allowsIncompleteRows {
        record.isIncomplete = true
      } else {
        add(
          .unknownName, place.line, place.column,
          "there is no sequence named `\(key)`; options: { incomplete: drop } leaves such rows out", name)
      }
      return []
    }
    var result: [UInt8] = []
    // Databases write a missing sequence so.
    if options.allowsIncompleteRows, field.elementsEqual("None".utf8) {
      record.isIncomplete = true
      return []
    }
    result.reserveCapacity(field.count)
    letters.begin()
    var (i, column) = (0, place.column)
    while true {
      i = field.withUnsafeBytes { letters.take($0, from: i, column: &column, into: &result) }
      if i == field.count { break }
      if field[i] == UInt8(ascii: "\n") {
        add(.illegalLetter, place.line, column, "a line end inside a sequence", name)
        return result
      }
      if let (code, message) = letters.accept(field[i], at: (place.line, column), into: &result) {
        add(code, place.line, column, message, name)
      }
      (i, column) = (i + 1, column + 1)
    }
    if let stop = letters.misplacedStop {
      add(.illegalLetter, stop.line, stop.column, illegalLetter(UInt8(ascii: "*"), .protein), name)
    }
    letters.end(&result)
    if result.isEmpty, !letters.failed {
      if options.allowsIncompleteRows {
        record.isIncomplete = true
      } else {
        add(
          .emptyField, place.line, place.column,
          "the sequence is empty; options: { incomplete: drop } leaves such rows out", name)
      }
    }
    return result
  }

  private mutating func header(_ row: DelimitedRow) -> Bool {
    let names = row.fields.map { trimmed(String(decoding: $0, as: UTF8.self)) }
    var isComplete = true
    func place(_ column: String?, _ option: String) -> Int? {
      guard let column else { return nil }
      let found = find(column, of: option, names, row)
      if found == nil { isComplete = false }
      return found
    }
    var found = Columns(count: names.count)
    found.sequence = place(options.sequenceColumn, "sequence") ?? 0
    found.second = place(options.secondColumn, "second")
    found.label = place(options.labelColumn, "label")
    found.name = place(options.nameColumn, "name")
    found.filter = place(options.filter?.column, "where")
    found.split = place(options.splitColumn, "split")
    found.validation = place(options.validationColumn, "validation")
    found.group = place(options.groupColumn, "group")
    found.secondGroup = place(options.secondGroupColumn, "second-group")
    if isComplete, options.hasHeader, !options.isHeaderStated, options.named == nil,
      Int(options.sequenceColumn) != nil, let data = row.fields.firstIndex(where: isSequence)
    {
      let place = row.places[data]
      add(
        .missingColumn, place.line, place.column,
        "the first row has a sequence where a header has a name; without a header, state options: { header: false }, "
          + "else header: true", of: "sequence")
      isComplete = false
    }
    if isComplete { columns = found }
    return isComplete
  }

  /// The place of a column, by its name or else its number; nil and a finding when there is none.
  private mutating func find(_ column: String, of option: String, _ names: [String], _ row: DelimitedRow) -> Int? {
    let places = options.hasHeader ? names.indices.filter { names[$0] == column } : []
    if places.isEmpty, let number = Int(column), number > 0, number <= names.count { return number - 1 }
    if places.count == 1 { return places[0] }
    if places.count > 1 {
      let second = row.places[places[1]]
      add(.duplicateColumn, second.line, second.column, "two columns `\(column)`", of: option)
      return nil
    }
    let list = names.map { "`\(clipped($0))`" }.joined(separator: ", ")
    var message = "there is no column `\(column)`; "
    if let other = separator(in: names) {
      message += "the only one is \(list); are columns separated by \(other)"
    } else if !options.hasHeader {
      message += "without a header, columns are stated as 1 to \(names.count)"
    } else if let sequence = row.fields.firstIndex(where: isSequence) {
      let label = options.labelColumn != nil && names.count == 2 ? ", label: \(2 - sequence)" : ""
      message +=
        "the first row looks like data: \(list). Without a header, columns are stated by number, as options: "
        + "{ header: false, sequence: \(sequence + 1)\(label) }"
    } else {
      message += "the header has \(list)"
      if let guess = nearest(to: column, in: names, slack: 2) ?? names.first(where: { isBeginning($0, column) }) {
        message += "; did you mean `\(guess)`?"
      } else if names.contains(where: { Double($0) != nil }) {
        message += "; is that a row of data? Then state options: { header: false } and columns by number"
      }
    }
    add(.missingColumn, row.places[0].line, 1, message, of: option)
    return nil
  }

  /// Whether one of two names is short for the other.
  private func isBeginning(_ name: String, _ other: String) -> Bool {
    let (a, b) = (name.lowercased(), other.lowercased())
    return !a.isEmpty && (a.hasPrefix(b) || b.hasPrefix(a))
  }

  /// The separator that may part the columns of a row that has but one, and how it is stated.
  private func separator(in names: [String]) -> String? {
    guard names.count == 1 else { return nil }
    let known: [(mark: String, text: String)] = [
      ("\t", "tabs? Then the format is `tsv`"), (";", "`;`? Then state options: { separator: \";\" }"),
      ("|", "`|`? Then state options: { separator: \"|\" }"), (",", "commas? Then the format is `csv`"),
    ]
    return known.first { names[0].contains($0.mark) }?.text
  }

  /// Whether a field can hardly be anything but a sequence.
  private func isSequence(_ field: [UInt8]) -> Bool {
    let storage = options.reading.alphabet.storage
    return field.count >= (options.reading.alphabet == .dna ? 10 : 20)
      && field.allSatisfy { storage[Int($0)] != 0 || [UInt8](arrayLiteral: 42, 45, 46).contains($0) }
  }

  /// Text that is no longer than a message bears.
  private func clipped(_ text: String) -> String { text.count > 40 ? text.prefix(40) + "..." : text }

  private func fields(_ count: Int) -> String { count == 1 ? "1 field" : "\(count) fields" }

  private mutating func add(
    _ code: SequenceError.Code, _ line: Int?, _ column: Int?, _ message: String, _ record: String? = nil,
    of option: String? = nil
  ) {
    own.add(SequenceError(code, file: file, line: line, column: column, record: record, option: option, message))
  }
}

extension TableReader {
  /// Reads a whole file that is in memory. Throws its findings when there is an error.
  package static func read(
    _ bytes: [UInt8], file: String, options: TableOptions
  ) throws(SequenceFindings) -> [TableRecord] {
    var reader = TableReader(file: file, options: options)
    var records: [TableRecord] = []
    bytes.withUnsafeBytes { reader.push($0) { records.append($0) } }
    reader.finish { records.append($0) }
    try reader.findings.check()
    return records
  }
}
