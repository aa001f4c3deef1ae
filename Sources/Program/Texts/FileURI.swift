/// Names of files as an editor has them.
package enum FileURI {
  /// The path of a file; nil for a text that is no file.
  package static func path(_ uri: String) -> String? {
    guard uri.hasPrefix("file://") else { return nil }
    let rest = uri.dropFirst("file://".count)
    guard let slash = rest.firstIndex(of: "/") else { return nil }
    let parts = rest[slash...].split(separator: "%", omittingEmptySubsequences: false)
    var path = Array(parts[0].utf8)
    for part in parts.dropFirst() {
      guard part.utf8.count > 1, let code = UInt8(part.prefix(2), radix: 16), code != 0 else { return nil }
      path += [code] + Array(part.dropFirst(2).utf8)
    }
    return String(validating: path, as: UTF8.self).map(normalized)
  }

  /// The URI of an absolute path.
  package static func uri(_ path: String) -> String {
    var text = "file://"
    for byte in normalized(path).utf8 {
      let isPlain = 48...57 ~= byte || 97...122 ~= byte | 0x20 || "-._~/".utf8.contains(byte)
      if isPlain {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return text
  }

  /// An absolute path without `.`, `..` and empty parts. Links are not followed, as editors follow none.
  package static func normalized(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }
}
