import Artifacts
import System
import Tables

/// The table of all steps of a crate.
enum StepsTable {
  static let name = "steps.csv"
  static let header = CSV.row([
    "step", "stage", "version", "key", "outcome", "outputs", "seconds", "finished", "computed_by", "message",
  ])

  /// The row of a step with a result. Outputs are `PORT=sha256:DIGEST`, of a tree the digest of its manifest.
  static func row(_ facts: StepFacts) -> String {
    let outputs = facts.outputs.map { "\($0.port)=sha256:\($0.output.artifact.digest)" }
    return CSV.row([
      facts.address, facts.identity.stage, String(facts.identity.version), facts.key.hex,
      facts.failure == nil ? "done" : "failed", outputs.joined(separator: " "),
      ResultTable.number(facts.record.duration),
      UTC.text(facts.record.finished, zone: "+00:00"), facts.maker, facts.failure ?? "",
    ])
  }

  /// The row of a step without a result.
  static func row(_ address: String, stage: String, version: Int) -> String {
    CSV.row([address, stage, String(version), "", "no result"] + [String](repeating: "", count: 5))
  }
}
