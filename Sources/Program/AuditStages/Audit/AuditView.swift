package import Artifacts
import Audits
package import DataStages
import Inputs
import Tables
import Wording

extension ArtifactView {
  /// The findings of an audit: a row each, then examples of rows.
  package static func audit(_ artifact: any InputArtifact) throws -> ArtifactView {
    let bytes = try artifact.bytes()
    let document = try JSONArtifact.decode(AuditDocument.self, bytes)
    let (rows, findings) = (document.rows, document.findings)
    let counts = Finding.Severity.allCases.map { severity in
      "\(findings.count { $0.severity == severity }) \(severity.rawValue)"
    }
    let examples = document.telling.flatMap { finding in
      finding.examples.map { [finding.code.rawValue, $0.map(text).joined(separator: "; ")] }
    }
    let tables = [
      Table(
        ["finding", "", "what"], groups: [], named: [1: "severity"],
        rows: findings.map { [$0.code.rawValue, $0.severity.rawValue, $0.text] }),
      Table(["example of", "rows"], name: "examples", groups: [], rows: examples),
    ]
    return ArtifactView(
      lines: [
        "\(Words.grouped(rows.train)) rows of train, \(Words.grouped(rows.dev)) of dev, \(Words.grouped(rows.test)) of "
          + "test: \(counts.joined(separator: ", "))"
      ], tables: examples.isEmpty ? [tables[0]] : tables, json: try JSONArtifact.parse(bytes))
  }

  /// `test 17 (P12345), label 1`
  private static func text(_ example: Finding.Example) -> String {
    "\(example.split) \(example.row)" + (example.name.map { " (\($0))" } ?? "") + (example.note.map { ", \($0)" } ?? "")
  }
}
