/// A file of trusted keys, in the form of OpenSSH's `allowed_signers`: in each line names, perhaps options, and a key.
package struct SignersFile: Sendable {
  /// A line that is no comment.
  package struct Line: Sendable {
    package let text: String
    /// The names, which may be several and patterns.
    package let names: String
    package let options: String
    /// nil: none that can be read here.
    package let key: PublicKey?

    /// The line that trusts a key for a lab's claims, and for nothing else.
    package init(_ lab: String, _ key: PublicKey) {
      (names, options, self.key) = (lab, Self.purpose, key)
      text = "\(lab) \(options) \(key.words)"
    }

    fileprivate init(_ text: String) {
      self.text = text
      let words = Self.words(text)
      let key = { (place: Int) in words.count > place + 1 ? PublicKey(words[place], words[place + 1]) : nil }
      names = words.first ?? ""
      (self.key, options) = key(1).map { ($0, "") } ?? (key(2), words.count > 1 ? words[1] : "")
    }

    /// The options by which a key is good for claims alone.
    private static let purpose = "namespaces=\"\(Signatures.namespace)\""

    /// Words between spaces, those in quotes together.
    private static func words(_ text: String) -> [String] {
      var (words, isQuoted): ([String], Bool) = ([""], false)
      for letter in text {
        if letter == "\"" { isQuoted.toggle() }
        if !isQuoted, letter == " " || letter == "\t" {
          words.append("")
        } else {
          words[words.count - 1].append(letter)
        }
      }
      return words.filter { !$0.isEmpty }
    }

    /// Whether the options say no more than that the key is good for claims.
    package var isPlain: Bool { options.isEmpty || options == Self.purpose }

    /// Whether the names are a pattern, or several.
    package var isWide: Bool { names.contains { ",*?!\"".contains($0) } }

    /// Whether the line may be about a lab: patterns are left to `ssh-keygen`.
    package func mayName(_ lab: String) -> Bool {
      names.contains { "*?!\"".contains($0) } || names.split(separator: ",").contains { $0 == lab }
    }

    /// Whether OpenSSH reads names and all else of the line as it is read here.
    fileprivate var isCommon: Bool {
      text.utf8.allSatisfy { (32..<127).contains($0) || $0 == 9 } && names.utf8.count < 1000
        && text.utf8.count > names.utf8.count + 1
    }
  }

  package let lines: [Line]

  package init(_ bytes: [UInt8]) {
    lines = bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      let text = line.drop { $0 == 32 || $0 == 9 }
      return text.isEmpty || text.first == UInt8(ascii: "#") ? nil : Line(String(decoding: text, as: UTF8.self))
    }
  }

  /// Whether a key may be trusted for a lab at all.
  package func knows(_ lab: String) -> Bool { lines.contains { $0.mayName(lab) } }

  /// The labs that lines name, patterns left out; ascending.
  package var labs: [String] {
    Set(lines.filter { !$0.isWide }.map(\.names)).sorted()
  }

  /// Whether an Ed25519 key is trusted for a lab, where all lines that may be about the lab are so plain that there is
  /// no doubt; false elsewhere, where `ssh-keygen` decides.
  func plainlyTrusts(_ key: PublicKey, for lab: String) -> Bool {
    var isThere = false
    for line in lines {
      guard line.isCommon else { return false }
      guard line.mayName(lab) else { continue }
      guard line.names == lab, line.isPlain, line.key?.ed25519 != nil else { return false }
      isThere = isThere || line.key == key
    }
    return isThere
  }
}
