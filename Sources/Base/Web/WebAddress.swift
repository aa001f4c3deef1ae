/// An `http` or `https` URL in parts.
package struct WebAddress: Hashable, Sendable {
  package var isSecure: Bool
  /// Lower case; an IPv6 address has its brackets.
  package var host: String
  /// Nil for the scheme's own.
  package var port: Int?
  /// Begins with a slash, percent-encoded as it is sent.
  package var path: String
  /// Percent-encoded, without the question mark; empty for none.
  package var query: String

  package init(isSecure: Bool, host: String, port: Int?, path: String, query: String = "") {
    (self.isSecure, self.host, self.port, self.path, self.query) = (isSecure, host, port, path, query)
  }

  /// Reads a URL; nil for one of another scheme, with user information, or with a letter that no URL has. A fragment is
  /// left out.
  package init?(_ text: String) {
    guard text.utf8.count <= 8192, text.utf8.allSatisfy({ $0 > 32 && $0 < 127 && !"\"<>\\^`{|}".utf8.contains($0) }),
      let colon = text.firstRange(of: "://")
    else { return nil }
    switch text[..<colon.lowerBound].lowercased() {
    case "https": isSecure = true
    case "http": isSecure = false
    default: return nil
    }
    let rest = text[colon.upperBound...].prefix { $0 != "#" }
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    guard !authority.contains("@"), let (host, port) = Self.hostAndPort(authority) else { return nil }
    (self.host, self.port) = (host, port)
    let tail = rest.dropFirst(authority.count)
    let path = tail.prefix { $0 != "?" }
    self.path = path.isEmpty ? "/" : String(path)
    query = String(tail.dropFirst(path.count + 1))
  }

  /// `host:port`, of which the port may be missing.
  package static func hostAndPort(_ text: Substring) -> (String, Int?)? {
    var (host, port) = (text, Int?.none)
    if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
      host = text[..<colon]
      guard let number = Int(text[text.index(after: colon)...]), (1...65535).contains(number) else { return nil }
      port = number
    }
    let isAddress = host.hasPrefix("[") && host.hasSuffix("]")
    let letters = isAddress ? host.dropFirst().dropLast() : host
    let isPlain = letters.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || (isAddress ? ":." : ".-_").utf8.contains(byte)
    }
    return !letters.isEmpty && letters.utf8.count <= 253 && isPlain ? (host.lowercased(), port) : nil
  }

  /// The host, with the port where it is not the scheme's own.
  package var authority: String { port.map { $0 == (isSecure ? 443 : 80) ? host : "\(host):\($0)" } ?? host }

  package var text: String {
    "\(isSecure ? "https" : "http")://\(authority)\(path)\(query.isEmpty ? "" : "?" + query)"
  }

  /// Whether two addresses have scheme, host and port in common, so that a secret for one may go to the other.
  package func isSameOrigin(as other: WebAddress) -> Bool {
    isSecure == other.isSecure && authority == other.authority
  }

  /// Whether the host is this machine, to which nobody listens in.
  package var isLoopback: Bool {
    host == "localhost" || host == "[::1]" || host.hasPrefix("127.") && host.utf8.allSatisfy { $0 < 58 }
  }

  /// The address that a `Location` of an answer from here stands for; nil where it is none.
  package func resolving(_ location: String) -> WebAddress? {
    if location.contains("://") { return WebAddress(location) }
    if location.hasPrefix("//") { return WebAddress((isSecure ? "https:" : "http:") + location) }
    let front = "\(isSecure ? "https" : "http")://\(authority)"
    if location.hasPrefix("/") { return WebAddress(front + location) }
    let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[...$0] } ?? "/"
    return location.hasPrefix("?") ? WebAddress(front + path + location) : WebAddress(front + folder + location)
  }

  /// The address with one more item in its query, as it is.
  package func adding(_ item: String) -> WebAddress {
    var copy = self
    copy.query += (query.isEmpty ? "" : "&") + item
    return copy
  }

  /// A text as part of a path or a query: bytes other than `A-Z a-z 0-9 - _ . ~` as `%XX`, slashes only where asked.
  package static func encoded(_ text: String, keepingSlashes: Bool = false) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: "/") where keepingSlashes: result += "/"
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += (byte < 16 ? "%0" : "%") + digits
      }
    }
    return result
  }

  /// The text that `%XX` stand for; nil where they stand for none.
  package static func decoded(_ text: some StringProtocol) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      guard digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
