import Files

/// The user's files for Amazon's services, `~/.aws/credentials` and `~/.aws/config`: sections of `key = value`.
struct AmazonFiles {
  private var sections: [String: [String: String]] = [:]

  /// Reads the files that an environment names, or that are in the home folder.
  init(_ environment: [String: String]) {
    let home = environment["HOME"] ?? ""
    for (key, name) in [("AWS_CONFIG_FILE", "config"), ("AWS_SHARED_CREDENTIALS_FILE", "credentials")] {
      let path = environment[key] ?? "\(home)/.aws/\(name)"
      guard let bytes = try? DiskFileSystem().contents(path), bytes.count <= 1 << 20 else { continue }
      read(String(decoding: bytes, as: UTF8.self))
    }
  }

  init(_ text: String) { read(text) }

  /// The value at a key of a profile; `service.key` in the section of services that it names, where there is one.
  func value(_ key: String, profile: String) -> String? { sections[profile]?[key] }

  /// The value at a key of a service in the section that the profile names.
  func value(_ key: String, service: String, profile: String) -> String? {
    sections[profile]?["services"].flatMap { sections["services \($0)"]?["\(service).\(key)"] }
  }

  func has(_ profile: String) -> Bool { sections[profile] != nil }

  private mutating func read(_ text: String) {
    var (section, outer) = ("", "")
    for line in text.split(whereSeparator: \.isNewline) {
      let plain = line.trimming { $0.isWhitespace }
      if plain.isEmpty || plain.hasPrefix("#") || plain.hasPrefix(";") { continue }
      if plain.hasPrefix("["), plain.hasSuffix("]") {
        let name = plain.dropFirst().dropLast().trimming { $0.isWhitespace }
        section = String(name.hasPrefix("profile ") ? name.dropFirst(8).trimming { $0.isWhitespace } : name)
        sections[section, default: [:]][""] = ""
        continue
      }
      let key = plain.prefix { $0 != "=" }.trimming { $0.isWhitespace }
      let value = plain.dropFirst(plain.prefix { $0 != "=" }.count + 1).trimming { $0.isWhitespace }
      let isInner = line.first?.isWhitespace ?? false
      if !isInner { outer = String(key) }
      sections[section, default: [:]][isInner ? "\(outer).\(key)" : String(key)] = String(value)
    }
  }
}
