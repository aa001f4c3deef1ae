package import ArgumentParser
import Artifacts
import Console
import Figures
import JSON
import Resolving
import Sessions
import Stores
import Wording

/// `bioarc who`
package struct WhoCommand: ParsableCommand {
  package init() {}

  package static let configuration = CommandConfiguration(
    commandName: "who", abstract: "Say by whom results were computed: here, or by a lab whose bundle was imported.",
    discussion: """
      Examples:
        bioarc who pipelines/promoters.yaml
        bioarc who pipelines/promoters.yaml 'scores[k=6]'
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "Steps. Default: all of the pipeline.") var step: String?
  @Flag(help: "Print as JSON.") var json = false

  private struct Document: Encodable {
    let step: String
    let key: String
    /// nil: computed here.
    let lab: String?
    /// Seconds since 1970.
    let finished: Double
    let environment: [String: String]
  }

  package func run() throws {
    let session = try Session(options.request().offline, isReading: true)
    let resolution = try session.resolve()
    let steps = try step.map { try session.steps($0, in: resolution) } ?? resolution.steps
    let documents = try steps.compactMap { step -> Document? in
      guard let key = resolution.key(of: step), let record = try resolution.record(of: step) else { return nil }
      return Document(
        step: resolution.address(step), key: key.hex, lab: record.claimant, finished: record.finished,
        environment: record.ownEnvironment)
    }
    if json { return try printJSON(documents) }
    var table = Table(["step", "computed by", "finished"])
    for document in documents { table.add([document.step, document.lab ?? "here", Words.time(document.finished)]) }
    Terminal.print(documents.isEmpty ? "no step has a result" : table.text(width: Terminal.outputWidth))
  }
}
