package import ArgumentParser
import Artifacts
import Console
import Glibc
import JSON
import Plans
import Resolving
import Sessions
import Stores
import System
import Wording

/// `bioarc verify`
package struct VerifyCommand: ParsableCommand {
  package init() {}

  package static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Compute a sample of other labs' results here, and compare every byte.",
    discussion: """
      The sample is drawn by the steps' keys and a seed, so that another lab draws the same one. What comes out the same
      is one's own result from then on, and 'push' says of it that it was reproduced. What differs is told: in another
      numeric environment (CPU, kernel) trainings may differ, in the same one nothing may.

      Examples:
        bioarc verify pipelines/promoters.yaml --rerun 5%
        bioarc verify pipelines/promoters.yaml 'scores[k=6]' --rerun 10
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "Steps. Default: all of the pipeline.") var steps: [String] = []
  @Option(help: "The share of the results that is computed, as 5%, or how many.") var rerun = "5%"
  @Option(help: "Another seed draws another sample.") var seed = 0
  @Flag(help: "Run commands of own stages, which are code that came with the pipeline.") var allowCommands = false
  @Option(name: [.customShort("j", allowingJoined: true), .long], help: "Cores to use. Default: all.") var jobs: Int?
  @Flag(help: "Say what would be computed; compute nothing.") var dryRun = false
  @Flag(help: "Print as JSON.") var json = false

  private struct Document: Encodable {
    struct Step: Encodable {
      let step: String
      let key: String
      let lab: String
      /// `reproduced`, `differs`, `differs in another environment`, or `not computed`.
      var outcome: String
    }
    let results: Int
    var steps: [Step]
    /// The chance that a share of 5 % wrong results would have shown in this sample.
    let power: Double
  }

  package func validate() throws {
    guard amount != nil else { throw ValidationError("--rerun takes a share, as 5%, or a number of results") }
  }

  /// A share from 0 to 1, or a count.
  private var amount: (share: Double?, count: Int?)? {
    if rerun.hasSuffix("%") {
      guard let percent = Double(rerun.dropLast()), percent > 0, percent <= 100 else { return nil }
      return (percent / 100, nil)
    }
    return Int(rerun).flatMap { $0 > 0 ? (nil, $0) : nil }
  }

  package func run() throws {
    let session = try Session(options.request())
    try session.synchronize()
    let resolution = try session.resolve()
    let named = try steps.isEmpty ? resolution.steps : steps.flatMap { try session.steps($0, in: resolution) }
    let foreign = try named.filter { try resolution.record(of: $0)?.claimant != nil }
    guard !foreign.isEmpty else { throw Complaint.failure("none of these results is another lab's") }
    let sample = drawn(foreign, resolution)
    if !allowCommands, let step = sample.first(where: { isCommand($0, session.plan) }) {
      throw Complaint.failure(
        "'\(resolution.address(step))' runs a command that came with the pipeline: look at "
          + "'\(session.plan.nodes[step.node].declaration.name)' in 'stages', and say --allow-commands")
    }
    var document = Document(
      results: foreign.count,
      steps: try sample.map { step in
        Document.Step(
          step: resolution.address(step), key: resolution.knownKey(of: step).hex,
          lab: try resolution.record(of: step)?.claimant ?? "", outcome: "not computed")
      }, power: 1 - pow(0.95, Double(sample.count)))
    if !dryRun, !sample.isEmpty { try recompute(&document, session) }
    if json { try printJSON(document) } else { tell(document) }
    if !dryRun, document.steps.contains(where: { $0.outcome != "reproduced" }) { throw ExitCode(1) }
  }

  /// The steps whose keys are drawn by the seed: those of the lowest digests.
  private func drawn(_ steps: [StepIndex], _ resolution: Resolution) -> [StepIndex] {
    let salted = steps.map { step in
      (step: step, draw: Digest.of(Array("bioarc-verify \(seed) \(resolution.knownKey(of: step))".utf8)))
    }.sorted { $0.draw < $1.draw }
    let share = amount?.share.map { ($0 * Double(steps.count)).rounded(.up) }
    return salted.prefix(amount?.count ?? Int(share ?? 0)).map(\.step)
  }

  private func isCommand(_ step: StepIndex, _ plan: Plan) -> Bool { plan.nodes[step.node].command != nil }

  private func recompute(_ document: inout Document, _ session: Session) throws {
    let addresses = document.steps.map(\.step)
    let resolution = try session.resolve(only: addresses, force: addresses)
    _ = try PipelineRun(session, resolution, jobs: jobs, keepGoing: true).run()
    try session.store.refresh()
    for (place, step) in document.steps.enumerated() {
      guard let key = Digest(hex: step.key) else { continue }
      let attempts = try session.store.attempts(key)
      guard let own = attempts.last, own.claimant == nil, let theirs = attempts.last(where: { $0.claimant != nil })
      else { continue }
      let isSame = own.ownEnvironment == theirs.ownEnvironment
      document.steps[place].outcome =
        own.agrees(with: theirs) ? "reproduced" : isSame ? "differs" : "differs in another environment"
    }
  }

  private func tell(_ document: Document) {
    let count = document.steps.count
    let chance = Words.fixed(100 * document.power, 0)
    Terminal.print(
      "\(count) of \(Words.count(document.results, "result")) of others \(dryRun ? "would be" : "were") computed here: "
        + "if 5 % of them were wrong, the chance to see one is \(chance) %")
    for step in document.steps { Terminal.print("  \(step.step) of \(step.lab): \(step.outcome)") }
  }
}
