/// Which columns of a table are read, and how.
package struct TableOptions: Hashable, Sendable {
  package enum Delimiter: String, Sendable { case comma = "csv", tab = "tsv" }
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
  /// Without a header, columns are stated by their numbers, from 1.
  package var hasHeader = true
  package var allowsEmptyLabels = false
  /// What columns of sequences name, when they hold names.
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
  /// The line where the row starts, and the column where its label starts; 0 where that is not known.
  package var line = 0
  package var labelColumn = 0

  init(record: SequenceRecord) { self.record = record }

  var knownLine: Int? { line > 0 ? line : nil }

  /// Whether a field says yes.
  static func isTrue(_ text: String) -> Bool { ["true", "1", "yes"].contains(text.lowercased()) }
}

/// Reads sequences from a CSV or TSV file with a header, in chunks of bytes.
package struct TableReader {
  private struct Columns {
    var sequence = 0
    var second: Int?, label: Int?, name: Int?, split: Int?, validation: Int?
    var count = 0
  }

  package let file: String
  private let options: TableOptions
  /// nil only while it reads.
  private var reader: DelimitedReader?
  private var own = SequenceFindings()
  private var columns: Columns?
  private var letters: LetterFilter
  /// Records given so far.
  package private(set) var count = 0

  package init(file: String, options: TableOptions) {
    self.file = file
    self.options = options
    let delimiter = options.delimiter == .comma ? UInt8(ascii: ",") : UInt8(ascii: "\t")
    reader = DelimitedReader(file: file, delimiter: delimiter)
    letters = LetterFilter(options.reading)
    if options.reading.rows == 0 { reader?.stop() }
  }

  package var findings: SequenceFindings {
    var all = reader?.findings ?? SequenceFindings()
    all.add(own)
    return all
  }
  /// True when nothing that follows will be read.
  package var isDone: Bool { reader?.isDone ?? false }

  /// Reads the next chunk, of any size, and gives every record that it completes to `emit`.
  package mutating func push(_ bytes: UnsafeRawBufferPointer, _ emit: (TableRecord) throws -> Void) rethrows {
    // The rows are taken one by one, so that what is found does not depend on how the bytes are cut into chunks.
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
    if !stopped, count == 0, findings.errorCount == 0 {
      add(.empty, nil, nil, columns == nil ? "the file is empty" : "there is no row below the header")
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
    let text = { (index: Int?) in index.map { String(decoding: row.fields[$0], as: UTF8.self) } ?? "" }
    let name = columns.name == nil ? "row\(count + 1)" : text(columns.name)
    let sequence = sequence(row.fields[columns.sequence], row.places[columns.sequence], name)
    var record = TableRecord(record: SequenceRecord(name: name, sequence: sequence))
    if let index = columns.second { record.second = self.sequence(row.fields[index], row.places[index], name) }
    if let index = columns.label {
      record.label = text(index)
      record.labelColumn = row.places[index].column
      if record.label.isEmpty, !options.allowsEmptyLabels {
        add(.emptyField, line, row.places[index].column, "the label is empty", name)
      }
    }
    record.split = text(columns.split)
    record.isValidation = TableRecord.isTrue(text(columns.validation))
    record.line = line
    count += 1
    try emit(record)
    return options.reading.rows.map { count < $0 } ?? true
  }

  private mutating func sequence(_ field: [UInt8], _ place: DelimitedRow.Place, _ name: String) -> [UInt8] {
    if let named = options.named {
      let key = String(decoding: field, as: UTF8.self)
      if let sequence = named[key] { return sequence }
      add(.unknownName, place.line, place.column, "there is no sequence named `\(key)`", name)
      return []
    }
    var result: [UInt8] = []
    result.reserveCapacity(field.count)
    letters.begin()
    for (offset, byte) in field.enumerated() {
      let column = place.column + offset
      if byte == UInt8(ascii: "\n") {
        add(.illegalLetter, place.line, column, "a line end inside a sequence", name)
        return result
      }
      if let message = letters.accept(byte, at: (place.line, column), into: &result) {
        add(.illegalLetter, place.line, column, message, name)
      }
    }
    if let stop = letters.misplacedStop {
      add(.illegalLetter, stop.line, stop.column, illegalLetter(UInt8(ascii: "*"), .protein), name)
    }
    if result.isEmpty, !letters.failed { add(.emptyField, place.line, place.column, "the sequence is empty", name) }
    return result
  }

  private mutating func header(_ row: DelimitedRow) -> Bool {
    let names = row.fields.map { String(decoding: $0, as: UTF8.self) }
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
    found.split = place(options.splitColumn, "split")
    found.validation = place(options.validationColumn, "validation")
    if isComplete { columns = found }
    return isComplete
  }

  /// The place of a column, by its name or else its number; nil and a finding when there is none.
  private mutating func find(
    _ column: String, of option: String, _ names: [String], _ row: DelimitedRow
  ) -> Int? {
    let places = options.hasHeader ? names.indices.filter { names[$0] == column } : []
    if places.isEmpty, let number = Int(column), names.indices.contains(number - 1) { return number - 1 }
    guard options.hasHeader else {
      add(
        .missingColumn, row.places[0].line, 1,
        "there is no column `\(column)`; without a header, columns are stated as 1 to \(names.count)", of: option)
      return nil
    }
    if places.count == 1 { return places[0] }
    if places.count > 1 {
      add(
        .duplicateColumn, row.places[places[1]].line, row.places[places[1]].column, "two columns `\(column)`",
        of: option)
      return nil
    }
    var message = "there is no column `\(column)`; the header has " + names.map { "`\($0)`" }.joined(separator: ", ")
    let other = options.delimiter == .comma ? "\t" : ","
    if names.count == 1, names[0].contains(other) {
      message += "; is the format `\(options.delimiter == .comma ? "tsv" : "csv")`?"
    } else if let guess = nearest(column, in: names) {
      message += "; did you mean `\(guess)`?"
    }
    add(.missingColumn, row.places[0].line, 1, message, of: option)
    return nil
  }

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
