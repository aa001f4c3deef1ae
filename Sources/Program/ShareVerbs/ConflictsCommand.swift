package import ArgumentParser
import Artifacts
import Console
import JSON
import Plans
import Resolving
import Sessions
import Sharing
import System
import Tables
import Wording

/// `bioarc conflicts`
package struct ConflictsCommand: ParsableCommand {
  package init() {}

  package static let configuration = CommandConfiguration(
    commandName: "conflicts", abstract: "List steps for which labs claim different results.",
    discussion: """
      Nothing is chosen between such claims: one's own result counts, else the step is computed, or --prefer names the
      lab that is believed. The first of a chain is what to look at; in other numeric environments (CPU, kernel) results
      of trainings may differ, in the same one they must not.

      Examples:
        bioarc conflicts pipelines/promoters.yaml
        bioarc conflicts pipelines/promoters.yaml --offline --json
      """)

  @OptionGroup var options: PipelineOptions
  @Flag(help: "Print as JSON.") var json = false

  private struct Document: Encodable {
    struct Claim: Encodable {
      let lab: String
      let environment: String
      let outputs: [String: String]
    }
    let step: String
    let key: String
    let claims: [Claim]
  }

  package func run() throws {
    let session = try Session(options.request(), isReading: true)
    try session.synchronize()
    let resolution = try session.resolve()
    var places: [Digest: (order: Int, step: String, stage: String)] = [:]
    for (order, step) in resolution.steps.enumerated() {
      guard let key = resolution.key(of: step), places[key] == nil else { continue }
      places[key] = (order, resolution.address(step), resolution.plan.nodes[step.node].declaration.name)
    }
    // In the order of the plan; steps of other pipelines last.
    let documents = try session.peers.disputes(ignoring: [StudyFile.stage]) { key in
      places[key]?.stage ?? (key == StudyFile.identity("").key ? StudyFile.stage : nil)
    }.sorted {
      (places[$0.key]?.order ?? .max, $0.key) < (places[$1.key]?.order ?? .max, $1.key)
    }.map { dispute in
      Document(
        step: places[dispute.key]?.step ?? "of no step of this pipeline", key: dispute.key.hex,
        claims: dispute.claims.map { .init(lab: $0.lab, environment: $0.environment, outputs: $0.outputs) })
    }
    if json {
      try printJSON(documents)
    } else if documents.isEmpty {
      Terminal.print("no conflicts")
    } else {
      var table = Table(["step", "key", "lab", "environment", "outputs"])
      for document in documents {
        for claim in document.claims {
          let outputs = claim.outputs.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.prefix(12))" }
          table.add([
            document.step, String(document.key.prefix(12)), claim.lab, String(claim.environment.prefix(8)),
            ControlCharacters.escaped(outputs.joined(separator: ", ")),
          ])
        }
      }
      Terminal.print(table.text(width: Terminal.outputWidth))
    }
    if !documents.isEmpty { throw ExitCode(1) }
  }
}
