import System

/// Text from outside in a document that leaves the lab.
enum PlainText {
  /// The text in one line with control characters escaped, and with absolute paths cut to their last names: they tell
  /// of a machine and its user.
  static func of(_ text: String) -> String {
    let line = String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
    return ControlCharacters.escaped(line).split(separator: " ", omittingEmptySubsequences: false)
      .map { withoutFolders($0) }.joined(separator: " ")
  }

  /// A word whose absolute path, if it has one, is cut: `'/home/ada/lab/x.fa':` becomes `'.../x.fa':`.
  private static func withoutFolders(_ word: Substring) -> String {
    guard let slash = word.firstIndex(of: "/"), !word.contains("://") else { return String(word) }
    // Letters before it make it a relative path.
    let isRelative = word[..<slash].last.map { $0.isLetter || $0.isNumber || "._-~".contains($0) } ?? false
    guard !isRelative, let last = word.lastIndex(of: "/"), last > slash else { return String(word) }
    return word[..<slash] + "..." + word[last...]
  }
}
