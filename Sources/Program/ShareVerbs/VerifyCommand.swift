package import ArgumentParser
import Artifacts
import Console
import Glibc
import JSON
import Plans
import Resolving
import Sessions
import Sharing
import Stores
import System
import TaskStages
import Wording

/// `bioarc verify`
package struct VerifyCommand: ParsableCommand {
  package init() {}

  package static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Compute a sample of other labs' results here, and compare every byte.",
    discussion: """
      The sample is drawn by the steps' keys and a seed, so that another lab draws the same one. A result that comes out
      the same is one's own from then on, and 'push' says of it that it was reproduced. Differences are told: in the
      same numeric environment (CPU, kernel) nothing may differ, in another one trainings may. There the figures of
      'metrics' are compared too: those within the tolerance of the stage agree, which is no fault, and is not
      'reproduced' either.

      Examples:
        bioarc verify pipelines/promoters.yaml --rerun 5%
        bioarc verify pipelines/promoters.yaml 'scores[k=6]' --rerun 10
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "Steps. Default: all of the pipeline.") var steps: [String] = []
  @Option(help: "The share of the results that is computed, as 5%, or how many.") var rerun = "5%"
  @Option(help: "Another seed draws another sample.") var seed = 0
  @OptionGroup var commands: CommandOptions
  @Option(name: [.customShort("j", allowingJoined: true), .long], help: "Cores to use. Default: all.") var jobs: Int?
  @Flag(help: "Say what would be computed; compute nothing.") var dryRun = false
  @Flag(help: "Print as JSON.") var json = false

  private struct Document: Encodable {
    struct Step: Encodable {
      let step: String
      let key: String
      let lab: String
      /// `reproduced`, `agrees within` a tolerance, `differs`, `differs in another environment`, or `not computed`.
      var outcome: String
      /// The tolerance within which figures agree, where they do and bytes do not.
      var within: Double?

      var isFine: Bool { outcome == "reproduced" || within != nil }
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
    try session.fetchesInputs()
    try session.synchronize()
    let resolution = try session.resolve()
    let named = try steps.isEmpty ? resolution.steps : steps.flatMap { try session.steps($0, in: resolution) }
    let foreign = try named.filter { try resolution.record(of: $0)?.claimant != nil }
    guard !foreign.isEmpty else { throw Complaint.failure("none of these results is another lab's") }
    let sample = drawn(foreign, resolution)
    var document = Document(
      results: foreign.count,
      steps: try sample.map { step in
        Document.Step(
          step: resolution.address(step), key: resolution.knownKey(of: step).hex,
          lab: try resolution.record(of: step)?.claimant ?? "", outcome: "not computed")
      }, power: 1 - pow(0.95, Double(sample.count)))
    if !dryRun, !sample.isEmpty { try recompute(&document, session) }
    if json { try printJSON(document) } else { tell(document) }
    if !dryRun, document.steps.contains(where: { !$0.isFine }) { throw ExitCode(1) }
  }

  /// The steps whose keys are drawn by the seed: those of the lowest digests.
  private func drawn(_ steps: [StepIndex], _ resolution: Resolution) -> [StepIndex] {
    let salted = steps.map { step in
      (step: step, draw: Digest.of(Array("bioarc-verify \(seed) \(resolution.knownKey(of: step))".utf8)))
    }.sorted { $0.draw < $1.draw }
    let share = amount?.share.map { ($0 * Double(steps.count)).rounded(.up) }
    return salted.prefix(amount?.count ?? Int(share ?? 0)).map(\.step)
  }

  private func recompute(_ document: inout Document, _ session: Session) throws {
    let addresses = document.steps.map(\.step)
    let resolution = try session.resolve(only: addresses, force: addresses)
    let permission = CommandPermission(isGiven: commands.allowCommands, isAlwaysNeeded: true)
    _ = try PipelineRun(session, resolution, jobs: jobs, keepGoing: true, permission: permission).run()
    try session.store.refresh()
    for (place, step) in document.steps.enumerated() {
      guard let key = Digest(hex: step.key) else { continue }
      let attempts = try session.store.attempts(key)
      guard let own = attempts.last, own.claimant == nil, let theirs = attempts.last(where: { $0.claimant != nil })
      else { continue }
      let tolerance = try session.steps(step.step, in: resolution).first.flatMap {
        session.plan.nodes[$0.node].declaration.tolerance
      }
      let outcome = Reproduction(own, theirs, tolerance: tolerance, figures: .metrics) { content(of: $0, session) }
      switch outcome {
      case .same: document.steps[place].outcome = "reproduced"
      case .differs(let elsewhere):
        document.steps[place].outcome = elsewhere ? "differs in another environment" : "differs"
      case .agrees(let within):
        (document.steps[place].outcome, document.steps[place].within) = ("agrees within \(within)", within)
      }
    }
  }

  /// The bytes of an output; nil where they cannot be had.
  private func content(of output: ResultRecord.Output, _ session: Session) -> [UInt8]? {
    let artifact = output.artifact
    if let bytes = output.inline[artifact.digest] { return bytes }
    try? session.fetch(output)
    return try? session.store.bytes(artifact.digest, size: artifact.size)
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
