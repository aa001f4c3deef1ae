/// A person who is named as an author.
package struct Author: Hashable, Sendable {
  /// Empty where a person has one name.
  package let given: String
  package let family: String
  /// As `0000-0002-1825-0097`.
  package let orcid: String?

  /// Reads `Ada Lovelace` or `Lovelace, Ada`, with or without an ORCID iD at the end; nil for a text without a name.
  package init?(_ text: String) {
    var words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    let id = words.last.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
    orcid = id.flatMap { Self.isORCID($0) ? $0 : nil }
    if orcid != nil { words.removeLast() }
    guard let last = words.last else { return nil }
    let name = words.joined(separator: " ")
    if let comma = name.firstIndex(of: ",") {
      family = String(name[..<comma])
      given = String(name[name.index(after: comma)...].drop { $0 == " " })
    } else {
      (family, given) = (last, words.dropLast().joined(separator: " "))
    }
    if family.isEmpty { return nil }
  }

  /// The name as people write it.
  package var name: String { given.isEmpty ? family : "\(given) \(family)" }

  /// The address of the ORCID iD.
  package var url: String? { orcid.map { "https://orcid.org/\($0)" } }

  private static func isORCID(_ text: String) -> Bool {
    let form = "dddd-dddd-dddd-dddd".utf8
    return text.utf8.count == form.count
      && zip(text.utf8, form).enumerated().allSatisfy { place, pair in
        if pair.1 == UInt8(ascii: "-") { return pair.0 == pair.1 }
        return (48...57).contains(pair.0) || place == form.count - 1 && pair.0 == UInt8(ascii: "X")
      }
  }
}
