import JSON
import System

/// `CITATION.cff`, in the Citation File Format 1.2.0.
enum Citation {
  static let name = "CITATION.cff"

  /// - Parameters:
  ///   - finished: the time of the newest result, in seconds since 1970.
  ///   - claims: the digest of the claims, by which the results are named.
  static func text(_ imprint: Imprint, finished: Double, claims: String) -> String {
    var lines = [
      "cff-version: 1.2.0", "message: \"If you use these results, please cite them as below.\"", "type: dataset",
      "title: \(quoted(imprint.title))", "authors:",
    ]
    for author in imprint.authors {
      lines.append("  - family-names: \(quoted(author.family))")
      if !author.given.isEmpty { lines.append("    given-names: \(quoted(author.given))") }
      if let url = author.url { lines.append("    orcid: \(quoted(url))") }
    }
    if imprint.authors.isEmpty { lines.append("  - name: \(quoted(imprint.lab))") }
    lines.append("date-released: \(quoted(UTC.day(finished)))")
    switch imprint.license {
    case .spdx(let name): lines.append("license: \(quoted(name))")
    case .url(let url): lines.append("license-url: \(quoted(url))")
    case .text: break
    }
    lines += [
      "identifiers:", "  - type: other", "    value: \(quoted("sha256:" + claims))",
      "    description: \"The digest of the claims, which state every result.\"",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// A string between quotes as YAML has them too.
  private static func quoted(_ text: String) -> String { JSON.quoted(text) }
}
