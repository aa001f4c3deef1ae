import ArgumentParser
import Artifacts
import Catalogs
import Console
import JSON
import Plans
import Resolving
import Sessions
import Sharing
import Syntax
import Wording
import YAML

/// `bioarc check`
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check a pipeline and its inputs without running anything.",
    discussion: """
      Inputs that are files of the web are fetched into the store, where the next run finds them; of one without a
      'sha256' the digest is told, to be written beside it.
      Own stages whose command or code this machine has not run before are listed: read them before you run what came
      from somebody else.

      Example:
        bioarc check pipelines/promoters.yaml
      """)

  @OptionGroup var options: PipelineOptions
  @Flag(help: "Print the findings as JSON.") var json = false

  private struct Document: Encodable {
    let findings: [Diagnostic]
    /// Own stages that this machine has not run before.
    let unknownStages: [UnknownStage]
  }

  func run() throws {
    let request = try options.request()
    let planned = try Session.planned(request)
    var findings = planned.findings
    var inputs: Set<Int> = []
    var matches: [String] = []
    var unknown: [UnknownStage] = []
    if let plan = planned.plan {
      let all = Selection(plan: plan, only: [], from: [], force: [])
      inputs = all.inputs(of: plan)
      let isLocal = inputs.allSatisfy { plan.inputs[$0].source.localPath != nil }
      let store = try Session.open(request, isReading: isLocal)
      let project = try Project(pipeline: request.pipeline)
      let peers = try project.peers(of: store, request.remotes)
      if !isLocal { try peers.synchronize() }
      let catalog = InputCatalog(
        plan: plan, store: store, registry: StageRegistry.builtIn, others: peers,
        stated: try project.study?.artifacts(of: plan) ?? [:], keepsNothing: true)
      if !request.remotes.isOffline { catalog.web = try .telling(pins: true) }
      let problems = try findInputs(plan, all, catalog)
      findings += problems.map(\.diagnostic)
      unknown = UnknownStage.all(plan, catalog.commands)
      if problems.isEmpty { matches = try inputs.sorted().flatMap { try lines(of: $0, plan, catalog) } }
    }
    if json {
      try printJSON(Document(findings: findings, unknownStages: unknown))
    } else {
      Terminal.complain(findings, planned.sources)
      // Code of others is to be seen also where an input is missing.
      if !unknown.isEmpty { Terminal.print("own stages that this machine has not run before:") }
      for line in unknown.flatMap(\.lines) { Terminal.print("  " + line) }
    }
    guard let plan = planned.plan, !findings.contains(where: { $0.severity == .error }) else { throw ExitCode(2) }
    if !json {
      for line in matches { Terminal.print(line) }
      Terminal.print(
        "\(plan.file): no errors; \(Words.count(plan.nodes.count, "stage")), \(Words.count(inputs.count, "input"))")
    }
  }

  /// The faults of the inputs: each must be there, and readable in its stated format.
  private func findInputs(
    _ plan: Plan, _ selection: Selection, _ catalog: InputCatalog
  ) throws -> [InputFinding] {
    var findings = catalog.resolve(selection)
    if findings.isEmpty {
      for input in selection.inputs(of: plan).sorted() {
        findings += try catalog.check(input)
      }
    }
    return findings
  }

  /// The files that the patterns of an input match.
  private func lines(of input: Int, _ plan: Plan, _ catalog: InputCatalog) throws -> [String] {
    try catalog.matches(input).map { pattern, paths in
      let list = paths.prefix(5).joined(separator: ", ") + (paths.count > 5 ? ", ..." : "")
      return
        "\(plan.inputs[input].name): \(Words.count(paths.count, "file")) \(paths.count == 1 ? "matches" : "match") "
        + "'\(pattern)': \(list)"
    }
  }
}
