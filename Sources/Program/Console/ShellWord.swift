/// Words of a command line of a shell.
package enum ShellWord {
  /// The text as one word, which no letter of it can break out of.
  package static func quoted(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0 & 0xDF) && $0 < 0x80 || "-._/,+:=@".utf8.contains($0)
    }
    return isPlain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
