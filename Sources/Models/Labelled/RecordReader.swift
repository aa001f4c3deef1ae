import Sequences

/// A reader of one of the layouts, giving rows. Each chunk is read in place: a copy of a reader would copy all
/// the bytes that it holds.
struct RecordReader {
  private var table: TableReader?
  private var fasta: FASTAReader?
  private var plain: PlainReader?
  private var lines: LineReader?
  /// The options by which words of a FASTA header are read; nil: the first word is a name.
  private var words: LabelledOptions?

  static func table(_ reader: TableReader) -> RecordReader { RecordReader(table: reader) }
  static func fasta(_ reader: FASTAReader, _ words: LabelledOptions?) -> RecordReader {
    RecordReader(fasta: reader, words: words)
  }
  static func lines(_ reader: LineReader) -> RecordReader { RecordReader(lines: reader) }
  static func plain(_ reader: PlainReader) -> RecordReader { RecordReader(plain: reader) }

  var findings: SequenceFindings {
    table?.findings ?? fasta?.findings ?? plain?.findings ?? lines?.findings ?? SequenceFindings()
  }
  var isDone: Bool { table?.isDone ?? fasta?.isDone ?? plain?.isDone ?? lines?.isDone ?? true }
  /// The names of sequences that rows have.
  var usedNames: Set<String> { table?.usedNames ?? [] }

  mutating func push(_ bytes: UnsafeRawBufferPointer, _ emit: (TableRecord) -> Void) {
    let words = words
    table?.push(bytes, emit)
    fasta?.push(bytes) { emit(Self.row($0, words)) }
    plain?.push(bytes) { emit(TableRecord(record: $0)) }
    lines?.push(bytes) { emit(TableRecord(label: $0)) }
  }

  mutating func finish(_ emit: (TableRecord) -> Void) {
    let words = words
    table?.finish(emit)
    fasta?.finish { emit(Self.row($0, words)) }
    plain?.finish { emit(TableRecord(record: $0)) }
    lines?.finish { emit(TableRecord(label: $0)) }
  }

  /// A row from a record whose name is a whole header. A word that the header does not have is empty.
  private static func row(_ record: SequenceRecord, _ options: LabelledOptions?) -> TableRecord {
    guard let options else { return TableRecord(record: record) }
    let words = record.name.split { $0 == " " || $0 == "\t" }
    let word = { (stated: String?) -> String in
      guard let stated else { return "" }
      guard let number = Int(stated) else { return value(of: stated, words) }
      return words.indices.contains(number - 1) ? String(words[number - 1]) : ""
    }
    var row = TableRecord(record: SequenceRecord(name: words.first.map(String.init) ?? "", sequence: record.sequence))
    row.take(label: word(options.label))
    row.group = word(options.group)
    row.split = word(options.split)
    if row.split.isEmpty { row.split = "train" }
    row.isValidation = TableRecord.isTrue(word(options.validation))
    return row
  }

  /// The value behind a key of a header, as `SET=train`, `OS=Homo sapiens OX=9606` or `[organism=Homo sapiens]`: the
  /// words up to the next key, or to the bracket.
  private static func value(of key: String, _ words: [Substring]) -> String {
    let leads = [key + "=", "[" + key + "="]
    guard let start = words.firstIndex(where: { word in leads.contains { word.hasPrefix($0) } }) else { return "" }
    let isBracketed = words[start].hasPrefix("[")
    var value = [words[start].dropFirst(leads[isBracketed ? 1 : 0].count)]
    for word in words[(start + 1)...] {
      if isBracketed ? value.last?.hasSuffix("]") == true : isKey(word) { break }
      value.append(word)
    }
    let text = value.joined(separator: " ")
    return isBracketed && text.hasSuffix("]") ? String(text.dropLast()) : text
  }

  /// Whether a word of a header begins another value.
  private static func isKey(_ word: Substring) -> Bool {
    guard let end = word.firstIndex(of: "="), end > word.startIndex else { return false }
    return word[..<end].allSatisfy { $0 == "_" || $0 == "[" || $0.isASCII && $0.isLetter }
  }
}
