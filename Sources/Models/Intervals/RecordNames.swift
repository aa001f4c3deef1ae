/// The comparison of names of records.
package enum RecordNames: String, Sendable, CaseIterable {
  case exact
  /// `chr1` is `1`, `M` is `MT`, and the version of an accession (`.3`) does not count.
  case loose

  /// The form of a name in which equal names are compared.
  package func form(of name: String) -> String {
    guard self == .loose else { return name }
    var text = name.lowercased()
    if text.hasPrefix("chr"), text.utf8.count > 3 { text.removeFirst(3) }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, parts[1].utf8.allSatisfy({ 48...57 ~= $0 }) {
      text = String(parts[0])
    }
    return text == "m" ? "mt" : text
  }
}
