import ArgumentParser
import Plans
import Scheduling

/// `bioarc check`
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check a pipeline and its inputs without running anything.",
    discussion: "Example:\n  bioarc check pipelines/promoters.yaml")

  @OptionGroup var options: PipelineOptions
  @Flag(help: "Print the findings as JSON.") var json = false

  func run() throws {
    let planned = try Session.planned(options.request, try Session.readFile(options.pipeline))
    var findings = planned.findings
    var inputs: Set<Int> = []
    if let plan = planned.plan {
      let all = Selection(plan: plan, only: [], from: [], force: [])
      inputs = Resolution.inputs(of: plan, all)
      findings += try findInputs(plan, all).map(\.diagnostic)
    }
    if json { try printJSON(findings) } else { Session.complain(findings, planned.sources) }
    guard let plan = planned.plan, !findings.contains(where: { $0.severity == .error }) else { throw ExitCode(2) }
    if !json {
      Terminal.print(
        "\(plan.file): no errors; \(Words.count(plan.nodes.count, "stage")), \(Words.count(inputs.count, "input"))")
    }
  }

  /// What is wrong with the inputs: each is there, and can be read as what it is said to be.
  private func findInputs(_ plan: Plan, _ selection: Selection) throws -> [InputFinding] {
    let catalog = InputCatalog(plan: plan, store: try Session.open(options.request), registry: Session.registry)
    var findings = catalog.resolve(selection)
    if findings.isEmpty {
      for input in Resolution.inputs(of: plan, selection).sorted() {
        findings += try catalog.require(input) { _, _ in }
      }
    }
    return findings
  }
}
