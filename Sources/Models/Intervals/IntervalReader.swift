package import Sequences

/// Reads intervals from BED (positions from 0, the end not included; also narrowPeak, with its summits) or from GFF3
/// and GTF (positions from 1, the end included), in chunks of bytes.
package struct IntervalReader {
  package private(set) var findings = SequenceFindings()
  /// Intervals given so far.
  package private(set) var count = 0
  /// Lines of features that were not asked for.
  package private(set) var otherTypes: [String: Int] = [:]
  private let file: String
  private let options: IntervalOptions
  private var opening = Opening()
  private var line: [UInt8] = []
  private var number = 0
  private var isStopped = false

  package init(file: String, options: IntervalOptions) {
    self.file = file
    self.options = options
  }

  /// Reads the next chunk and gives every interval that it completes.
  package mutating func push(_ bytes: UnsafeRawBufferPointer, _ emit: (GenomicInterval) throws -> Void) rethrows {
    var rest = bytes
    if let first = opening.take(&rest) { try begin(first, emit) }
    try read(rest, emit)
  }

  private mutating func begin(_ first: [UInt8], _ emit: (GenomicInterval) throws -> Void) rethrows {
    if let message = ForeignFile.bytes(first) ?? ForeignFile.page(first) {
      findings.add(SequenceError(.foreign, file: file, line: 1, column: 1, message))
      isStopped = true
    }
    try first.withUnsafeBytes { try read($0, emit) }
  }

  private mutating func read(_ bytes: UnsafeRawBufferPointer, _ emit: (GenomicInterval) throws -> Void) rethrows {
    if isStopped { return }
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      line += rest[..<end]
      rest = rest[(end + 1)...]
      try take(emit)
    }
    line += rest
  }

  /// Ends the reading.
  package mutating func finish(_ emit: (GenomicInterval) throws -> Void) rethrows {
    if let first = opening.end() { try begin(first, emit) }
    if !line.isEmpty { try take(emit) }
    guard count == 0, findings.errorCount == 0 else { return }
    let types = otherTypes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(8).map { "`\($0.key)`" }
    findings.add(
      SequenceError(
        .empty, file: file,
        types.isEmpty
          ? "there is no interval in it"
          : "there is no feature of the stated types in it; it has \(types.joined(separator: ", "))"))
  }

  private mutating func take(_ emit: (GenomicInterval) throws -> Void) rethrows {
    number += 1
    defer { line.removeAll(keepingCapacity: true) }
    if isStopped { return }
    while line.last == 13 { line.removeLast() }
    if let byte = line.first(where: isBinary) {
      add(.binary, "\(shown(byte)) in a text file: it is no text, or is damaged")
      isStopped = true
      return
    }
    if options.layout == .gff, line.first == UInt8(ascii: ">") || line.starts(with: "##FASTA".utf8) {
      isStopped = true
      return
    }
    let isBlank = line.allSatisfy { $0 == 32 || $0 == 9 }
    if isBlank || line[0] == UInt8(ascii: "#") { return }
    guard let interval = options.layout == .bed ? bed() : gff() else { return }
    count += 1
    try emit(interval)
  }

  // MARK: BED

  private mutating func bed() -> GenomicInterval? {
    let hasTabs = line.contains(9)
    let fields = line.split(omittingEmptySubsequences: !hasTabs) { hasTabs ? $0 == 9 : $0 == 32 }.map(Self.text)
    if let first = line.split(whereSeparator: { $0 == 9 || $0 == 32 }).first,
      first.elementsEqual("track".utf8) || first.elementsEqual("browser".utf8)
    {
      return nil
    }
    guard fields.count >= 3 else {
      add(.ragged, "a line of BED has at least three columns: record, start and end")
      return nil
    }
    guard let start = Int(fields[1]), let end = Int(fields[2]), start >= 0 else {
      let isGFF = fields.count >= 8 && Int(fields[3]) != nil && Int(fields[4]) != nil
      add(
        .interval,
        "`\(fields[1])` and `\(fields[2])` are no start and end, which are numbers from 0"
          + (isGFF ? "; is the format `gff`?" : ""))
      return nil
    }
    guard order(start, end) else { return nil }
    var interval = GenomicInterval(fields[0], start, end)
    interval.line = number
    if fields.count > 3, fields[3] != "." { interval.name = fields[3] }
    if fields.count > 5 {
      guard let strand = strand(fields[5]) else { return nil }
      interval.strand = strand
    }
    // Nine or twelve columns are of other forms of BED, whose tenth is no summit.
    if fields.count == 10, let offset = Int(fields[9]), offset >= 0, offset <= end - start {
      interval.summit = start + offset
    }
    return labelled(interval, fields, ["name": 4, "score": 5, "strand": 6]) { nil }
  }

  // MARK: GFF

  private mutating func gff() -> GenomicInterval? {
    let fields = line.split(separator: 9, omittingEmptySubsequences: false).map(Self.text)
    guard fields.count >= 8 else {
      add(
        .ragged, "a line of GFF has nine columns, parted by tabs" + (fields.count > 2 ? "; is the format `bed`?" : ""))
      return nil
    }
    guard options.types.isEmpty || options.types.contains(fields[2]) else {
      otherTypes[fields[2], default: 0] += 1
      return nil
    }
    guard let start = Int(fields[3]), let end = Int(fields[4]), start >= 1 else {
      add(.interval, "`\(fields[3])` and `\(fields[4])` are no start and end, which are numbers from 1")
      return nil
    }
    guard order(start, end), let strand = strand(fields[6]) else { return nil }
    let attributes = fields.count > 8 ? Self.attributes(fields[8]) : [:]
    var interval = GenomicInterval(fields[0], start - 1, end, strand)
    interval.line = number
    interval.feature = fields[2]
    interval.phase = Int(fields[7])
    interval.isPseudo = attributes["pseudo"] == "true"
    interval.name =
      ["Name", "gene", "gene_name", "ID", "gene_id"].lazy.compactMap { attributes[$0] }.first ?? ""
    return labelled(interval, fields, ["type": 3, "score": 6, "strand": 7]) { [label = options.label] in
      label.flatMap { attributes[$0] } ?? ""
    }
  }

  /// The attributes of a feature: `key=value;` of GFF3, where codes as `%3B` stand for letters, or `key "value";` of
  /// GTF.
  private static func attributes(_ text: String) -> [String: String] {
    var result: [String: String] = [:]
    for part in text.split(separator: ";") {
      let part = part.drop { $0 == " " }
      if let equal = part.firstIndex(of: "="), !part[..<equal].contains("\"") {
        result[String(part[..<equal])] = decoded(part[part.index(after: equal)...])
      } else if let space = part.firstIndex(of: " ") {
        let value = part[part.index(after: space)...].split(separator: "\"", omittingEmptySubsequences: true).first
        result[String(part[..<space])] = result[String(part[..<space])] ?? value.map(String.init) ?? ""
      }
    }
    return result
  }

  private static func decoded(_ text: Substring) -> String {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), !isBinary(code), code > 31
      {
        bytes.append(code)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  // MARK: Both

  /// The interval with its label: from a column, or as `other` says.
  private mutating func labelled(
    _ interval: GenomicInterval, _ fields: [String], _ columns: [String: Int], _ other: () -> String?
  ) -> GenomicInterval? {
    guard let label = options.label else { return interval }
    var interval = interval
    if options.layout == .gff, label == "name" {
      interval.label = interval.name
    } else if let column = columns[label] ?? Int(label) {
      guard fields.indices.contains(column - 1) else {
        add(.missingColumn, "there is no column \(column), the label's; the line has \(fields.count)")
        return nil
      }
      interval.label = fields[column - 1] == "." ? "" : fields[column - 1]
    } else if let text = other() {
      interval.label = text
    } else {
      if findings.errorCount == 0 {
        add(.missingColumn, "there is no column `\(label)`; labels are in `name`, `score`, `strand` or a number from 1")
      }
      return nil
    }
    return interval
  }

  private mutating func order(_ start: Int, _ end: Int) -> Bool {
    // Positions near the largest number would overflow in later arithmetic.
    if start <= end, end < 1 << 48 { return true }
    add(.interval, start > end ? "the start \(start) is after the end \(end)" : "the end \(end) is too large")
    return false
  }

  private mutating func strand(_ text: String) -> Strand? {
    switch text {
    case "+": return .forward
    case "-": return .reverse
    case ".", "?", "": return .unknown
    default:
      add(.interval, "the strand is `\(text)`; a strand is `+`, `-` or `.`")
      return nil
    }
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

  private mutating func add(_ code: SequenceError.Code, _ message: String) {
    findings.add(SequenceError(code, file: file, line: number, message))
  }
}

extension IntervalReader {
  /// Reads a whole file that is in memory. Throws its findings when there is an error.
  package static func read(
    _ text: String, file: String = "intervals", options: IntervalOptions
  ) throws(SequenceFindings) -> [GenomicInterval] {
    var reader = IntervalReader(file: file, options: options)
    var intervals: [GenomicInterval] = []
    Array(text.utf8).withUnsafeBytes { reader.push($0) { intervals.append($0) } }
    reader.finish { intervals.append($0) }
    try reader.findings.check()
    return intervals
  }
}
