import Artifacts
import Console
import Events
package import Explaining
import Inputs
import ModelStages
import Plans
package import Rankings
import Reports
import Resolving
package import Sessions
import Stores
import Syntax
package import TaskStages
import Wording

/// How a pipeline and its results differ between two times.
package struct PipelineDiff {
  package let old: String
  package let new: String
  /// Same keys with other bytes, as the logs of both tell.
  package let divergences: [String]
  package let steps: SnapshotDiff
  package let scores: [ScoreDifferences]
  package let rankings: [RankingDifferences]
  package let costs: Costs
  /// Facts of the places of computation that differ: those of the steps that changed.
  package let environments: [Environment]
  /// Things that cannot be told, and why.
  package let notes: [String]

  /// The cost of the steps that differ: seconds of all, and bytes of the one that took most.
  package struct Costs: Encodable {
    package let oldSeconds: Double
    package let newSeconds: Double
    package let oldMemory: Int
    package let newMemory: Int
  }

  package struct Environment: Encodable {
    package let fact: String
    package let old: [String]
    package let new: [String]
  }

  /// Compares two sides of a session's store. With a step, its scores and rankings alone, or those of its stage.
  /// - Parameter resampling: measures models of the same rows.
  package init(
    _ old: Side, _ new: Side, _ session: Session, only step: String?, split: Metrics.Split, _ resampling: Resampling
  ) throws {
    (self.old, self.new) = (old.snapshot.name, new.snapshot.name)
    steps = try SnapshotDiff(from: old.snapshot, to: new.snapshot, in: session.store)
    divergences = old.divergences + new.divergences
    try Self.check(step, steps)
    let reading = ScoreReading(session: session, plan: new.snapshot.plan ?? session.plan)
    let wanted = { (pair: SnapshotDiff.Pair, name: String) in
      step == nil || step == name || step == pair.new.address || step == pair.old.address
    }
    var (scores, rankings, notes) = ([ScoreDifferences](), [RankingDifferences](), old.notes + new.notes)
    for (index, node) in steps.nodes.enumerated() {
      let pairs = steps.pairs.filter { $0.node == index && wanted($0, node.name) }
      if let found = try reading.scores(of: node.name, pairs, split: split, resampling, &notes) { scores.append(found) }
      rankings += try pairs.compactMap(reading.ranking)
    }
    (self.scores, self.rankings) = (scores, rankings)
    (costs, environments) = try reading.costs(steps.pairs)
    if !steps.unknown.isEmpty {
      notes.append(
        "the store has lost the pre-images of \(Words.count(steps.unknown.count, "step")), so that their edits are not "
          + "known: \(steps.unknown.prefix(3).joined(separator: ", "))\(steps.unknown.count > 3 ? ", ..." : "")")
    }
    for side in [old.snapshot, new.snapshot] where side.plan == nil {
      notes.append(
        "the text of the pipeline in run \(side.name) is not known: edits of inputs and of what ports read are not "
          + "told")
    }
    self.notes = notes
  }

  /// Throws `Complaint` for a step that neither side has.
  private static func check(_ step: String?, _ steps: SnapshotDiff) throws {
    guard let step else { return }
    let names = steps.nodes.map(\.name)
    if names.contains(step) || steps.pairs.contains(where: { $0.new.address == step || $0.old.address == step }) {
      return
    }
    if names.contains(StepAddress.node(of: step)) { return }
    let near = nearest(to: step, in: names).map { "; did you mean '\($0)'?" } ?? ""
    throw Complaint.usage("neither side has a step '\(step)'\(near)")
  }

  /// Whether anything differs.
  package var differs: Bool { !divergences.isEmpty || steps.nodes.contains(where: \.differs) }
}
