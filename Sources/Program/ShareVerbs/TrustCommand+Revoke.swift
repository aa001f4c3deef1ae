import ArgumentParser
import Artifacts
import Catalogs
import Console
import JSON
import Plans
import Resolving
import Sessions
import Sharing
import Stores
import System
import Wording

/// `bioarc trust revoke`
extension TrustCommand {
  struct Revoke: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "revoke", abstract: "Trust a lab no more, and list what came of its results.",
      discussion: """
        Its results count no more from now on: what is theirs is computed here by the next run, and what was computed
        here from it stays where it comes out the same. Its keys are kept as comments, with the day. 'trust add' with
        the key restores all.

        Examples:
          bioarc trust revoke lab-a pipelines/promoters.yaml
          bioarc trust revoke lab-a pipelines/promoters.yaml --dry-run      what came of its results
        """)
    @Argument(help: "The lab.") var lab: String
    @OptionGroup var options: PipelineOptions
    @OptionGroup var signers: SignersOptions
    @OptionGroup var change: ChangeOptions

    private struct Document: Encodable {
      let lab: String
      let steps: [String]
      let dependents: [String]
      let dryRun: Bool
    }

    func run() throws {
      let session = try Session(options.request().offline, isReading: true)
      // An input that cannot be read hinders nobody from trusting no more.
      let resolution = try? session.resolve()
      if resolution == nil { Terminal.complain("note: what came of its results is not known before this is mended") }
      let (theirs, dependents) = try resolution.map { try reach($0) } ?? ([], [])
      let path = try signers.path(Project(pipeline: options.pipeline))
      let lines = try Signers.lines(path)
      let day = UTC.day(Clock.wall())
      let new = lines.map { Signers.trusts(lab, $0) ? "# revoked \(day): \($0)" : $0 }
      guard new != lines else { throw Signers.stranger(lab) }
      if !change.dryRun {
        try Signers.write(new, path)
        try PushShelf(session.store).withdrawAcceptance(of: lab)
      }
      Signers.noteWide(new)
      let address = { (step: StepIndex) in resolution?.address(step) ?? "" }
      let (taken, computed) = (theirs.map(address), dependents.map(address))
      if change.json {
        return try printJSON(Document(lab: lab, steps: taken, dependents: computed, dryRun: change.dryRun))
      }
      let (verb, tense) = change.dryRun ? ("would be", "would count") : ("is", "count")
      Terminal.print(
        "no key of \(lab) \(verb) trusted any more: \(Words.count(taken.count, "result")) of it \(tense) no more, and "
          + "\(Words.count(computed.count, "result")) were computed here from them")
      for step in taken { Terminal.print("  \(step)  by \(lab)") }
      for step in computed { Terminal.print("  \(step)  from it") }
    }

    /// The steps whose results are the lab's, and those that were computed from them.
    private func reach(_ resolution: Resolution) throws -> (theirs: [StepIndex], dependents: [StepIndex]) {
      let isTheirs = { (record: ResultRecord?) in
        record?.claimant.map { $0 == lab || $0.hasPrefix(lab + " ") } ?? false
      }
      let theirs = try resolution.steps.filter { isTheirs(try resolution.record(of: $0)) }
      let inputs = try resolution.plan.inputs.indices.filter { index in
        isTheirs(try resolution.catalog.key(of: index).flatMap { try resolution.store.result($0) })
      }
      var reached = Set(theirs)
      var dependents: [StepIndex] = []
      for step in resolution.steps where !reached.contains(step) {
        var reads = !Set(resolution.inputs(of: step)).isDisjoint(with: inputs)
        resolution.forEachUpstream(of: step) { reads = reads || reached.contains($0) }
        guard reads, try resolution.record(of: step) != nil else { continue }
        reached.insert(step)
        dependents.append(step)
      }
      return (theirs, dependents)
    }
  }
}
