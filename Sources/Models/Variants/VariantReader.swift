import Labelled
package import Sequences

/// Reads variants from VCF, or from a table with a header, in chunks of bytes.
///
/// A file whose first line begins with `##fileformat=VCF` is VCF: positions count from 1, the columns CHROM, POS, ID,
/// REF and ALT are read. Any other file is a table with tabs or commas, and each row is a variant: with a column of
/// substitutions, as `M182T` or `M182T:E104K`, whose positions count from 1; else with the columns `record`,
/// `position`, `reference` and `alternative`, as VCF has them. A column `name`, where there is one, names variants.
package struct VariantReader {
  package private(set) var faults = VariantFaults()
  private let file: String
  private let alphabet: Alphabet
  private let substitutions: String?
  private var reader: DelimitedReader
  private var own = SequenceFindings()
  private var columns: Columns?
  private var isVCF = false
  private var opening: [UInt8]? = []
  /// Variants given so far.
  package private(set) var count = 0

  private struct Columns {
    var record: Int?, name: Int?, substitution: Int?, position: Int?, reference: Int?, alternative: Int?
    var count = 0
  }

  /// - Parameters:
  ///   - substitutions: the column of substitutions; nil: a table has columns as VCF.
  package init(file: String, alphabet: Alphabet, substitutions: String?) {
    (self.file, self.alphabet, self.substitutions) = (file, alphabet, substitutions)
    reader = DelimitedReader(file: file, delimiter: 9)
  }

  /// The findings so far.
  package var findings: SequenceFindings {
    var all = reader.findings
    all.add(own)
    return all
  }

  /// Reads the next chunk and gives every variant that it completes.
  package mutating func push(_ bytes: UnsafeRawBufferPointer, _ emit: (Variant) throws -> Void) rethrows {
    guard opening != nil else { return try read(bytes, emit) }
    opening! += bytes
    if opening!.contains(10) || opening!.count > 1 << 16 { try begin(emit) }
  }

  /// Ends the reading.
  package mutating func finish(_ emit: (Variant) throws -> Void) rethrows {
    if opening != nil { try begin(emit) }
    var reader = self.reader
    try reader.finish { try take($0, emit) }
    self.reader = reader
    if count == 0, faults.count == 0, findings.errorCount == 0 {
      own.add(SequenceError(.empty, file: file, "there is no variant in it"))
    }
  }

  /// Knows the format and the separator by the first line.
  private mutating func begin(_ emit: (Variant) throws -> Void) rethrows {
    let first = opening.take() ?? []
    let text = first.starts(with: Opening.byteOrderMark) ? first[Opening.byteOrderMark.count...] : first[...]
    isVCF = text.starts(with: "##fileformat=VCF".utf8)
    let line = text.prefix { $0 != 10 }
    if !isVCF, !line.contains(9), line.contains(UInt8(ascii: ",")) {
      reader = DelimitedReader(file: file, delimiter: UInt8(ascii: ","))
    } else if isVCF {
      reader = DelimitedReader(file: file, delimiter: 9, hasQuotes: false)
    }
    try first.withUnsafeBytes { try read($0, emit) }
  }

  private mutating func read(_ bytes: UnsafeRawBufferPointer, _ emit: (Variant) throws -> Void) rethrows {
    var reader = self.reader
    try reader.push(bytes) { try take($0, emit) }
    self.reader = reader
  }

  private mutating func take(_ row: DelimitedRow, _ emit: (Variant) throws -> Void) rethrows -> Bool {
    let fields = row.fields.map { String(decoding: $0, as: UTF8.self) }
    if isVCF {
      if fields[0].hasPrefix("#") { return true }
      guard fields.count >= 5 else {
        add(.ragged, row, "a row of VCF has at least five columns, parted by tabs")
        return true
      }
      let name = fields[2] == "." ? "\(fields[0]):\(fields[1]):\(fields[3])>\(fields[4])" : fields[2]
      try place(name, fields[0], fields[1], fields[3], fields[4], row, emit)
      return true
    }
    guard let columns else { return header(fields, row) }
    guard fields.count == columns.count else {
      add(.ragged, row, "the row has \(fields.count) fields, the header has \(columns.count)")
      return true
    }
    let record = columns.record.map { fields[$0] } ?? ""
    if let column = columns.substitution {
      try substitution(fields[column], columns.name.map { fields[$0] }, record, row, emit)
    } else {
      let texts = [columns.position!, columns.reference!, columns.alternative!].map { fields[$0] }
      let name = columns.name.map { fields[$0] } ?? "\(record):\(texts[0]):\(texts[1])>\(texts[2])"
      try place(name, record, texts[0], texts[1], texts[2], row, emit)
    }
    return true
  }

  private mutating func header(_ fields: [String], _ row: DelimitedRow) -> Bool {
    var found = Columns(count: fields.count)
    let place = { (name: String) in fields.firstIndex { trimmed($0) == name } }
    (found.record, found.name) = (place("record"), place("name"))
    let needed = substitutions.map { [$0] } ?? ["position", "reference", "alternative"]
    let missing = needed.filter { place($0) == nil }
    guard missing.isEmpty else {
      let list = fields.prefix(12).map { "`\($0)`" }.joined(separator: ", ")
      add(
        .missingColumn, row,
        "there is no column \(missing.map { "`\($0)`" }.joined(separator: ", ")); the header has \(list)"
          + (substitutions == nil ? "; a table of substitutions as M182T states their column" : ""))
      return false
    }
    found.substitution = substitutions.flatMap(place)
    (found.position, found.reference, found.alternative) = (
      place("position"), place("reference"), place("alternative")
    )
    columns = found
    return true
  }

  /// A variant at a position from 1, as VCF states it.
  private mutating func place(
    _ name: String, _ record: String, _ position: String, _ reference: String, _ alternative: String,
    _ row: DelimitedRow, _ emit: (Variant) throws -> Void
  ) rethrows {
    guard let position = Int(position), position > 0, position < 1 << 48 else {
      add(.interval, row, "the position `\(position)` is no number from 1")
      return
    }
    if alternative == "." || alternative.uppercased() == reference.uppercased() { return faults.add(.noChange, name) }
    if alternative.contains(",") { return faults.add(.severalAlleles, name) }
    if alternative.contains(where: { "<>[]*".contains($0) }) { return faults.add(.symbolic, name) }
    // A table may write nothing, or a hyphen, where VCF repeats the letter before.
    let texts = [reference, alternative].map { $0 == "-" ? "" : $0 }
    let letters = texts.map { $0.utf8.map { storage[Int($0)] } }
    guard !letters.joined().contains(0) else { return faults.add(.letters, name) }
    count += 1
    try emit(Variant(name, record: record, [.init(position - 1, letters[0], letters[1])]))
  }

  /// A variant of one or several substitutions.
  private mutating func substitution(
    _ text: String, _ name: String?, _ record: String, _ row: DelimitedRow, _ emit: (Variant) throws -> Void
  ) rethrows {
    let parts = text.split(separator: ":").map { Substitution(String($0)) }
    guard !parts.isEmpty, !parts.contains(nil) else {
      add(.interval, row, "`\(text)` is no substitution, as M182T, or several, as M182T:E104K")
      return
    }
    let known = parts.compactMap(\.self)
    let changes = known.filter { $0.from != $0.to }
    guard !changes.isEmpty else { return faults.add(.noChange, name ?? text) }
    guard !changes.contains(where: { storage[Int($0.from)] == 0 || storage[Int($0.to)] == 0 }) else {
      return faults.add(.letters, name ?? text)
    }
    count += 1
    try emit(
      Variant(name ?? text, record: record, changes.map { .init($0.position - 1, [$0.from], [$0.to]) }))
  }

  private var storage: [UInt8] { alphabet.storage }

  private mutating func add(_ code: SequenceError.Code, _ row: DelimitedRow, _ message: String) {
    own.add(SequenceError(code, file: file, line: row.places[0].line, message))
  }
}
