/// A word that names files of a folder: `a.fa`, a glob as `*.fa` or `**/*.fa`, or a glob that says what the files'
/// sequences are by `{class}` and `{split}`, as `{split}/{class}/*.txt`. `positive=a.fa` says the class beforehand.
///
/// `*` and `?` stand for any letters of one name, `**` for any of a path, `{class}` and `{split}` for one or more
/// letters of a name, as few as there can be.
package struct FilePattern: Hashable, Sendable {
  /// Facts that a file's path states of all of its sequences.
  package struct Match: Hashable, Sendable {
    package var label: String?
    package var split: String?
  }

  /// The word as it was stated.
  package let text: String
  private let label: String?
  private let parts: [Part]

  private enum Part: Hashable, Sendable {
    case byte(UInt8)
    case one, name, path
    /// Folders, if any, with the slash behind them.
    case folders
    case label, split
  }

  package init(_ text: String) {
    self.text = text
    // An equals sign may be part of a file's name: it states a class where a name comes before it.
    let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let isStated = halves.count == 2 && !halves[0].isEmpty && !halves[0].contains("/") && !halves[0].contains("{")
    label = isStated ? Self.trimmed(halves[0]) : nil
    parts = Self.parts(Self.trimmed(isStated ? halves[1] : halves[0] + (halves.count == 2 ? "=" + halves[1] : "")))
  }

  /// `text` without the spaces around it.
  static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  private static func parts(_ text: String) -> [Part] {
    let marks: [(mark: String, part: Part)] = [
      // A folder may be there or not.
      ("**/", .folders), ("**", .path), ("*", .name), ("?", .one), ("{class}", .label), ("{split}", .split),
    ]
    var parts: [Part] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.first {
      if let (mark, part) = marks.first(where: { rest.starts(with: $0.mark.utf8) }) {
        parts.append(part)
        rest = rest.dropFirst(mark.utf8.count)
      } else {
        parts.append(.byte(byte))
        rest = rest.dropFirst()
      }
    }
    return parts
  }

  /// The one file that the word names; nil when it is a glob.
  package var file: String? {
    var name: [UInt8] = []
    for part in parts {
      guard case .byte(let byte) = part else { return nil }
      name.append(byte)
    }
    return String(decoding: name, as: UTF8.self)
  }

  /// Facts that a file at `path` in the folder states; nil when it does not match.
  package func match(_ path: String) -> Match? {
    var match = Match(label: label)
    return matches(parts[...], Array(path.utf8)[...], &match) ? match : nil
  }

  private func matches(_ parts: ArraySlice<Part>, _ path: ArraySlice<UInt8>, _ match: inout Match) -> Bool {
    guard let part = parts.first else { return path.isEmpty }
    let slash = UInt8(ascii: "/")
    let inName = path.prefix { $0 != slash }
    let most: Int
    switch part {
    case .byte(let byte):
      return path.first == byte && matches(parts.dropFirst(), path.dropFirst(), &match)
    case .one: return !inName.isEmpty && matches(parts.dropFirst(), path.dropFirst(), &match)
    case .name, .label, .split: most = inName.count
    case .path, .folders: most = path.count
    }
    let least = part == .label || part == .split ? 1 : 0
    guard least <= most else { return false }
    for count in least...most where matches(parts.dropFirst(), path.dropFirst(count), &match) {
      if part == .folders, count > 0, path.prefix(count).last != slash { continue }
      let text = String(decoding: path.prefix(count), as: UTF8.self)
      if part == .label { match.label = text }
      if part == .split { match.split = text }
      return true
    }
    return false
  }
}
