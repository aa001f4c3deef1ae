/// Paths as names in a tree, which is flat: `%2F` stands for a slash and `%25` for a percent sign.
package enum FlatName {
  package static func name(of path: String) -> String {
    path.unicodeScalars.reduce(into: "") { $0 += $1 == "%" ? "%25" : $1 == "/" ? "%2F" : String($1) }
  }

  /// The path for which a name stands; nil for one that leads out of its folder, or for none.
  package static func path(of name: String) -> String? {
    let parts = name.unicodeScalars.split(separator: "%", omittingEmptySubsequences: false).map { String($0) }
    var path = parts[0]
    for part in parts.dropFirst() {
      let mark = String(part.unicodeScalars.prefix(2))
      guard ["25", "2F"].contains(mark) else { return nil }
      path += (mark == "25" ? "%" : "/") + String(part.unicodeScalars.dropFirst(2))
    }
    return NameRules.isPath(path) ? path : nil
  }
}
