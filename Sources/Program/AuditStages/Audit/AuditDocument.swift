package import Audits
import Labelled
import Sequences

/// The `audit` artifact: findings about one task.
package struct AuditDocument: Codable {
  /// Rows of each split.
  package struct Rows: Codable, Sendable {
    package let train: Int
    package let dev: Int
    package let test: Int
  }

  package let labels: String
  package let alphabet: String
  package let rows: Rows
  /// Letters of the words by which near duplicates are found, and of how many neighbours one counts.
  package let k: Int
  package let window: Int
  /// Grave ones first.
  package let findings: [Finding]

  init(_ audit: Audit, _ findings: [Finding]) {
    let task = audit.task
    (labels, alphabet) = (task.kind.rawValue, audit.alphabet.rawValue)
    rows = Rows(train: task.train.count, dev: task.dev.count, test: task.test.count)
    (k, window) = (audit.settings.words.length, audit.settings.words.window)
    self.findings = findings
  }

  /// Findings that one must know to read a score.
  package var telling: [Finding] { findings.filter { $0.severity == .grave || $0.severity == .notable } }

  /// `grave: exact-across-splits, length-shortcut; notable: lengths`
  package static func words(_ findings: [(severity: String, code: String)]) -> String {
    let parts = Finding.Severity.allCases.map(\.rawValue).compactMap { severity in
      let codes = findings.filter { $0.severity == severity }.map(\.code)
      return codes.isEmpty ? nil : "\(severity): \(codes.joined(separator: ", "))"
    }
    return parts.isEmpty ? "nothing that matters" : parts.joined(separator: "; ")
  }

  /// The telling findings in short.
  package var words: String { Self.words(telling.map { ($0.severity.rawValue, $0.code.rawValue) }) }
}
