package import Artifacts
import Compression
import Sequences

/// The beginning of a user's file, uncompressed, and the parts of it that a guess needs.
package struct SampleFile: Sendable {
  /// The number of bytes that are looked at, and of rows in them.
  private static let limit = 4 << 20
  static let mostRows = 5000

  enum Content {
    case fasta(FASTASample)
    case table(TableSample)
    case intervals(IntervalSample)
    /// Letters alone, as of one sequence.
    case letters(String)
    /// None of these, and the reason, if it is known.
    case other(String?)
  }

  /// The path as the data's folder has it, or the name of the one file.
  package let name: String
  /// Whether the whole file was looked at.
  let isWhole: Bool
  let content: Content

  /// Reads the beginning of `reader`, whatever its compression.
  package init(_ name: String, _ reader: any ByteReader) throws {
    self.name = name
    let source = try Decompressing.reader(over: reader)
    let bytes = try source.front(Self.limit + 1)
    isWhole = bytes.count <= Self.limit
    content = Self.content(bytes.prefix(Self.limit), isWhole: isWhole)
  }

  private static func content(_ bytes: ArraySlice<UInt8>, isWhole: Bool) -> Content {
    let bytes = bytes.starts(with: Opening.byteOrderMark) ? bytes.dropFirst(Opening.byteOrderMark.count) : bytes
    if let kind = ForeignFile.bytes(Array(bytes.prefix(16))) { return .other("it is \(kind)") }
    guard !bytes.isEmpty, !bytes.prefix(1 << 16).contains(0) else { return .other(nil) }
    if bytes.first(where: { $0 > 32 }) == UInt8(ascii: ">") { return .fasta(FASTASample(bytes, isWhole: isWhole)) }
    // Rows that may go on are left out.
    let whole = isWhole ? bytes : bytes[..<(bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.startIndex)]
    if let sample = IntervalSample(whole) { return .intervals(sample) }
    if let table = TableSample(whole) { return .table(table) }
    if let problem = TableSample.problem(whole) { return .other(problem) }
    let lines = whole.split { $0 == 10 || $0 == 13 }
    return lines.allSatisfy { !$0.contains(32) }
      ? .letters(String(decoding: lines.joined().prefix(FASTASample.mostLetters), as: UTF8.self)) : .other(nil)
  }

  var isOther: Bool { if case .other = content { true } else { false } }

  // MARK: Its name

  var fileName: Substring { name.split(separator: "/").last ?? "" }
  /// The folders of its path.
  var folders: [Substring] { name.split(separator: "/").dropLast() }
  /// The rest of the file's name from its first point on.
  var ending: Substring { fileName.drop { $0 != "." } }
  var stem: Substring { fileName.dropLast(ending.count) }
}
