package import ArgumentParser
import Artifacts
import Console
import JSON
import Plans
import Resolving
import Sessions
import Sharing
import Stores
import Tables
import Wording

/// `bioarc who`
package struct WhoCommand: ParsableCommand {
  package init() {}

  package static let configuration = CommandConfiguration(
    commandName: "who",
    abstract: "Say by whom results were computed, here or by another lab, and which labs claim them.",
    discussion: """
      Results of others come from remotes and bundles. Claims of labs that are believed are listed, also where they
      say something else or do not count.

      Examples:
        bioarc who pipelines/promoters.yaml
        bioarc who pipelines/promoters.yaml 'scores[k=6]'
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "Steps. Default: all of the pipeline.") var step: String?
  @Flag(help: "Print as JSON.") var json = false

  private struct Document: Encodable {
    /// A lab that is believed and claims a result of the step.
    struct Claim: Encodable {
      let by: String
      /// Whether it says what is here; nil: there is no result here.
      let agrees: Bool?
      /// The reason for which it does not count; nil: it counts.
      let obstacle: String?

      var words: String { by + (obstacle.map { ": \($0)" } ?? (agrees == false ? ": other bytes" : "")) }
    }
    let step: String
    let key: String
    /// nil: computed here, or where `finished` is nil too, no result that counts.
    let lab: String?
    /// Seconds since 1970.
    let finished: Double?
    let environment: [String: String]
    let claims: [Claim]
  }

  package func run() throws {
    let session = try Session(options.request(), isReading: true)
    let resolution = try session.resolve()
    let steps = try step.map { try session.steps($0, in: resolution) } ?? resolution.steps
    let documents = try steps.compactMap { try document($0, session, resolution) }
    if json { return try printJSON(documents) }
    var table = Table(["step", "computed by", "finished", "claimed by"])
    for document in documents {
      let maker = document.lab ?? (document.finished == nil ? "nobody" : "here")
      let claims = document.claims.filter { $0.by != document.lab || $0.obstacle != nil }.map(\.words)
      table.add([
        document.step, maker, document.finished.map { Words.time($0) } ?? "-",
        claims.isEmpty ? "-" : claims.joined(separator: "; "),
      ])
    }
    Terminal.print(documents.isEmpty ? "no step has a result" : table.text(width: Terminal.outputWidth))
  }

  /// A step with those who claim it; nil where nobody has a result of it.
  private func document(_ step: StepIndex, _ session: Session, _ resolution: Resolution) throws -> Document? {
    guard let key = resolution.key(of: step) else { return nil }
    let record = try resolution.record(of: step)
    let stage = resolution.plan.nodes[step.node].declaration.name
    let claims = try session.peers.testimonies(on: ClaimedStep(key: key, stage: stage)).map {
      Document.Claim(by: $0.lab, agrees: record == nil ? nil : $0.agrees, obstacle: $0.obstacle)
    }
    if record == nil, claims.isEmpty { return nil }
    return Document(
      step: resolution.address(step), key: key.hex, lab: record?.claimant, finished: record?.finished,
      environment: record?.ownEnvironment ?? [:], claims: claims)
  }
}
