import ArgumentParser
import Artifacts
import Console
import JSON
import Plans
import Reports
import Sessions

/// `bioarc graph`
struct GraphCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case mermaid, dot }

  static let configuration = CommandConfiguration(
    commandName: "graph", abstract: "Draw the stages of a pipeline; a stage over axes is one node.",
    discussion: """
      Examples:
        bioarc graph pipelines/promoters.yaml                 Mermaid, for Markdown
        bioarc graph pipelines/promoters.yaml -f dot | dot -Tsvg > graph.svg
        bioarc graph pipelines/promoters.yaml --json
      """)

  @OptionGroup var options: PipelineOptions
  @Option(name: .shortAndLong, help: "mermaid or dot.") var format = Format.mermaid
  @Flag(help: "Print inputs, stages and edges as JSON.") var json = false

  func run() throws {
    let planned = try Session.planned(options.request())
    Terminal.complain(planned.findings, planned.sources)
    guard let plan = planned.plan else { throw ExitCode(2) }
    let graph = Graph(plan)
    if json { return try printJSON(graph) }
    Terminal.print(format == .dot ? graph.dot : graph.mermaid)
  }
}
