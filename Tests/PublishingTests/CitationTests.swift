import Foundation
import JSON
import TestSupport
import Testing

@testable import Publishing

@Suite struct CitationTests {
  private static func text(_ license: License, _ authors: [String]) -> String {
    let imprint = Imprint(
      lab: "lab-a", title: "A: \"b\" # \u{1B} \\", authors: authors.compactMap(Author.init), license: license,
      size: .recipe, program: "1", modelKey: nil)
    return Citation.text(imprint, finished: 1_764_000_000, claims: "00ff")
  }

  @Test func `authors are read as people write them`() throws {
    let ada = try #require(Author("Ada King Lovelace https://orcid.org/0000-0002-1825-009X"))
    #expect(ada.family == "Lovelace" && ada.given == "Ada King" && ada.url == "https://orcid.org/0000-0002-1825-009X")
    let other = try #require(Author("van der Berg, Jan"))
    #expect(other.family == "van der Berg" && other.given == "Jan" && other.orcid == nil)
    #expect(Author("Plato")?.given == "" && Author(" ") == nil && Author("0000-0002-1825-0097") == nil)
  }

  @Test func `a license is an identifier, an address or a text`() throws {
    #expect(try License("CC-BY-4.0") == .spdx("CC-BY-4.0"))
    #expect(try License("https://a.b/c") == .url("https://a.b/c"))
    #expect(throws: (any Error).self) { try License("no such file.txt") }
  }

  /// By a YAML parser of others, where there is one.
  @Test(.enabled(if: Python.program(importing: "yaml") != nil, "no PyYAML"))
  func `a citation is YAML`() throws {
    let python = try #require(Python.program(importing: "yaml"))
    for (license, authors) in [
      (License.spdx("MIT"), ["Ada Lovelace"]), (.text([]), []), (.url("https://a.b"), ["Plato"]),
    ] {
      let script = "import sys, yaml, json; print(json.dumps(yaml.safe_load(sys.argv[1])))"
      let output = try Python.run(python, ["-c", script, Self.text(license, authors)])
      let seen = try JSON(parsing: output)
      #expect(seen["cff-version"]?.string == "1.2.0" && seen["title"]?.string == "A: \"b\" # \u{1B} \\")
      #expect(seen["date-released"]?.string == "2025-11-24" && seen["authors"]?.array?.count == 1)
      #expect(seen["license"]?.string == (license == .spdx("MIT") ? "MIT" : nil))
    }
  }
}
