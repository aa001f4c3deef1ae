import Artifacts
import AuditStages
import Audits
import Inputs

extension RankingDocument {
  /// The findings of an audit of a task that one must know to read its scores.
  package struct Audited: Codable {
    /// A finding without its counts, which the audit has.
    package struct Finding: Codable {
      package let code: String
      package let severity: String
      package let text: String
    }

    package let task: String
    /// Grave ones first, then those that are notable.
    package let findings: [Finding]

    /// The audits at a port, in its order. Throws a `StageFailure` for two of one task, and for one of a task that is
    /// not ranked.
    static func all(_ inputs: [StageInput], of tasks: [String]) throws -> [Audited] {
      var audits: [Audited] = []
      for input in inputs {
        guard let artifact = input.artifact else { continue }
        let task = (input.ids["task"] ?? []).joined(separator: ",")
        guard tasks.contains(task), !audits.contains(where: { $0.task == task }) else {
          let fault =
            tasks.contains(task)
            ? "task '\(task)' has two audits"
            : "an audit is of '\(task)', and tasks are \(tasks.joined(separator: ", "))"
          throw StageFailure(
            code: "cannot-rank", "\(fault): 'over' gives audits the tasks of the scores, as over: { task: [task] }")
        }
        let document = try JSONArtifact.decode(AuditDocument.self, artifact.bytes())
        audits.append(
          Audited(
            task: task,
            findings: document.telling.map {
              Finding(code: $0.code.rawValue, severity: $0.severity.rawValue, text: $0.text)
            }))
      }
      return audits
    }

    var words: String { AuditDocument.words(findings.map { ($0.severity, $0.code) }) }
  }
}
