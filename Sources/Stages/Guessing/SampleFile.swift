package import Artifacts
import Compression

/// The beginning of a user's file, uncompressed, and what a guess needs of it.
package struct SampleFile: Sendable {
  /// How many bytes are looked at, and how many rows of them.
  private static let limit = 4 << 20
  static let mostRows = 5000

  enum Content {
    case fasta(FASTASample)
    case table(TableSample)
    /// BED or GFF; the types of features, the most frequent first.
    case intervals(format: String, types: [String])
    /// Letters alone, as of one sequence.
    case letters(String)
    case other
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
    var bytes = [UInt8](repeating: 0, count: Self.limit + 1)
    var filled = 0
    while filled < bytes.count {
      let count = try bytes.withUnsafeMutableBytes {
        try source.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
      }
      if count == 0 { break }
      filled += count
    }
    isWhole = filled <= Self.limit
    content = Self.content(bytes[..<min(filled, Self.limit)], isWhole: isWhole)
  }

  private static func content(_ bytes: ArraySlice<UInt8>, isWhole: Bool) -> Content {
    guard !bytes.isEmpty, !bytes.prefix(1 << 16).contains(0) else { return .other }
    if bytes.first(where: { $0 > 32 }) == UInt8(ascii: ">") { return .fasta(FASTASample(bytes, isWhole: isWhole)) }
    // Rows that may go on are left out.
    let whole = isWhole ? bytes : bytes[..<(bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.startIndex)]
    if let found = intervals(whole) { return found }
    if let table = TableSample(whole) { return .table(table) }
    let lines = whole.split { $0 == 10 || $0 == 13 }
    return lines.allSatisfy { !$0.contains(32) }
      ? .letters(String(decoding: lines.joined().prefix(FASTASample.mostLetters), as: UTF8.self)) : .other
  }

  private static func intervals(_ bytes: ArraySlice<UInt8>) -> Content? {
    let rows = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: mostRows).prefix(mostRows)
      .map { String(decoding: $0, as: UTF8.self) }
      .filter { line in !["#", "track", "browser", "\r"].contains { line.hasPrefix($0) } }
      .map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
    let ordered = { (row: [Substring], start: Int) in
      guard row.count > start + 1, let first = Int(row[start]), let last = Int(row[start + 1]) else { return false }
      return 0 <= first && first <= last
    }
    guard !rows.isEmpty else { return nil }
    if rows.allSatisfy({ $0.count >= 3 && Int($0[0]) != Int($0[1]) && ordered($0, 1) }) {
      return .intervals(format: "bed", types: [])
    }
    guard rows.allSatisfy({ $0.count == 9 && ordered($0, 3) && ["+", "-", ".", "?"].contains($0[6]) }) else {
      return nil
    }
    let counts = rows.reduce(into: [String: Int]()) { $0[String($1[2]), default: 0] += 1 }
    return .intervals(
      format: "gff", types: counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key))
  }

  // MARK: Its name

  var fileName: Substring { name.split(separator: "/").last ?? "" }
  /// The folders of its path.
  var folders: [Substring] { name.split(separator: "/").dropLast() }
  /// From the first point of the file's name on.
  var ending: Substring { fileName.drop { $0 != "." } }
  var stem: Substring { fileName.dropLast(ending.count) }
}
