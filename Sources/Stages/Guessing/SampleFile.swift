package import Artifacts
import Compression

/// The beginning of a user's file, uncompressed: what a guess is made from.
package struct SampleFile: Sendable {
  /// How many bytes are looked at.
  package static let limit = 4 << 20

  /// The path as the data's folder has it, or the name of the one file.
  package let name: String
  let bytes: [UInt8]
  /// Whether `bytes` are the whole file.
  let isWhole: Bool

  /// Reads the beginning of `reader`, whatever its compression.
  package init(_ name: String, _ reader: any ByteReader) throws {
    self.name = name
    let content = try Decompressing.reader(over: reader)
    var bytes = [UInt8](repeating: 0, count: Self.limit + 1)
    var filled = 0
    while filled < bytes.count {
      let count = try bytes.withUnsafeMutableBytes {
        try content.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
      }
      if count == 0 { break }
      filled += count
    }
    isWhole = filled <= Self.limit
    self.bytes = Array(bytes[..<min(filled, Self.limit)])
  }

  /// The name without folders and without its extensions, in lower case.
  var stem: String { String(fileName.lowercased().prefix { $0 != "." }) }
  var fileName: Substring { name.split(separator: "/").last ?? "" }
  /// The folders of its path.
  var folders: [Substring] { name.split(separator: "/").dropLast() }

  /// Whole lines, without line ends and byte order mark; where `keepsLast`, a last one that goes on as well.
  func lines(_ limit: Int = 5000, keepsLast: Bool = false) -> [String] {
    var lines = bytes.split(
      separator: UInt8(ascii: "\n"), maxSplits: limit, omittingEmptySubsequences: false)
    if lines.count > limit || !isWhole && !keepsLast || lines.last?.isEmpty == true { lines.removeLast() }
    return lines.enumerated().map { number, line in
      var line = line
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      if number == 0, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
      return String(decoding: line, as: UTF8.self)
    }
  }

  /// Whether it is text at all.
  var isText: Bool { !bytes.isEmpty && !bytes.prefix(1 << 16).contains(0) }
  var isFASTA: Bool { bytes.first { $0 > UInt8(ascii: " ") } == UInt8(ascii: ">") }

  /// `bed` or `gff` where lines are intervals on a genome.
  var intervals: String? {
    let rows = lines(200).filter {
      !$0.isEmpty && !$0.hasPrefix("#") && !$0.hasPrefix("track") && !$0.hasPrefix("browser")
    }
    .map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
    guard !rows.isEmpty else { return nil }
    let ordered = { (row: [Substring], start: Int) in
      guard row.count > start + 1, let first = Int(row[start]), let last = Int(row[start + 1]) else { return false }
      return first <= last && first >= 0
    }
    if rows.allSatisfy({ $0.count >= 3 && ordered($0, 1) && Int($0[0]) != Int($0[1]) }) { return "bed" }
    if rows.allSatisfy({ $0.count == 9 && ordered($0, 3) && ["+", "-", ".", "?"].contains($0[6]) }) { return "gff" }
    return nil
  }
}

/// A column of texts, by which its kind is guessed.
struct ColumnSample {
  let values: [String]

  private static let nucleotides = Set("ACGTUNacgtun-")
  private static let residues = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz*-")

  /// The alphabet of sequences; nil where the values are none: words of fewer than eight letters, or of others.
  var alphabet: String? {
    let known = values.filter { !$0.isEmpty }
    guard !known.isEmpty, known.count * 20 > values.count * 19 else { return nil }
    let lengths = known.map(\.count).sorted()
    guard lengths[lengths.count / 2] >= 8, known.allSatisfy({ $0.allSatisfy(Self.residues.contains) }) else {
      return nil
    }
    let letters = known.reduce(into: [Character: Int]()) { counts, text in for c in text { counts[c, default: 0] += 1 }
    }
    let all = letters.values.reduce(0, +)
    let nucleotides = letters.reduce(0) { $0 + (Self.nucleotides.contains($1.key) ? $1.value : 0) }
    if nucleotides * 20 >= all * 19 { return "dna" }
    // Words of a language have few letters twice as often as proteins do, and names have capitals in front alone.
    let capitals = known.count { $0.allSatisfy { !$0.isLowercase } } + known.count { $0.allSatisfy { !$0.isUppercase } }
    return letters.count >= 15 && capitals >= known.count ? "protein" : nil
  }

  var hasGaps: Bool { values.contains { $0.contains("-") } }
  var lengths: ClosedRange<Int> { (values.map(\.count).min() ?? 0)...(values.map(\.count).max() ?? 0) }
  var distinct: Set<String> { Set(values) }

  /// Whether all are numbers, and more than a class would have.
  var isValue: Bool {
    guard !values.isEmpty, values.allSatisfy({ Double($0)?.isFinite == true }) else { return false }
    return distinct.count > 20 || values.contains { Double($0)! != Double($0)!.rounded() }
  }

  /// Whether they number the rows.
  var isNumbering: Bool {
    let numbers = values.compactMap { Int($0) }
    return numbers.count == values.count && zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 + 1 }
  }

  /// Whether they name splits.
  var isSplit: Bool {
    let names = Set(values.map { $0.lowercased() })
    return names.count > 1
      && names.isSubset(of: ["train", "training", "dev", "val", "valid", "validation", "test", "testing"])
  }

  /// Whether they are classes: each often enough.
  var isClass: Bool {
    let count = distinct.count
    return count >= 2 && !distinct.contains("") && count * 4 <= values.count
  }

  /// The separator of the classes of a label that has several; nil where labels are single classes.
  var setSeparator: Character? {
    [";", "|", ","].first { separator in
      let pieces = values.flatMap { $0.split(separator: separator).map(String.init) }
      return values.contains { $0.contains(separator) } && Set(pieces).count * 4 <= pieces.count
    }
  }
}
