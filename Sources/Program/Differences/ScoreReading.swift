import Artifacts
import Explaining
import Inputs
import ModelStages
import Plans
import Rankings
import Sessions
import Stores
import TaskStages
import Wording

/// Results of steps, as comparisons read them.
struct ScoreReading {
  let session: Session
  let plan: Plan

  func artifacts(_ key: Digest, _ kinds: [ArtifactKind]) throws -> [any InputArtifact] {
    guard case .outputs(let outputs)? = try session.store.result(key)?.outcome else { return [] }
    return try outputs.sorted { $0.key < $1.key }.compactMap { _, output in
      guard kinds.contains(output.artifact.kind), try session.store.holds(output) else { return nil }
      return try session.artifact(output, of: key)
    }
  }

  /// The axes of a node that are seeds: those that a port of the plan gathers as replicates, else one of that name.
  func seeds(of name: String) -> Set<String> {
    let axes = plan.axes(gatheredAs: "replicate", of: name)
    return axes.isEmpty ? ["seed"] : axes
  }

  func scores(
    of node: String, _ pairs: [SnapshotDiff.Pair], split: Metrics.Split, _ resampling: Resampling,
    _ notes: inout [String]
  ) throws -> ScoreDifferences? {
    let seeds = seeds(of: node)
    var (found, without) = ([ScoreDifferences.Pair](), 0)
    for pair in pairs {
      let sides = try [pair.old.key, pair.new.key].map { try artifacts($0, [.metrics, .predictions]) }
      let hasMetrics = sides.map { side in side.contains { $0.reference.kind == .metrics } }
      if hasMetrics == [false, false] { continue }
      guard hasMetrics == [true, true] else {
        without += 1
        continue
      }
      let words = { (isSeed: Bool) in
        pair.ids.filter { seeds.contains($0.axis) == isSeed }.map { "\($0.axis)=\($0.id)" }.joined(separator: ",")
      }
      found.append(ScoreDifferences.Pair(name: words(false), seed: words(true), old: sides[0], new: sides[1]))
    }
    if without > 0 {
      notes.append("\(node): \(Words.count(without, "step")) have scores at one time alone, and are not compared")
    }
    return found.isEmpty ? nil : try ScoreDifferences(stage: node, found, missing: without, split: split, resampling)
  }

  func ranking(_ pair: SnapshotDiff.Pair) throws -> RankingDifferences? {
    guard let old = try artifacts(pair.old.key, [.ranking]).first,
      let new = try artifacts(pair.new.key, [.ranking]).first
    else { return nil }
    return RankingDifferences(step: pair.new.address, try RankingDocument(old), try RankingDocument(new))
  }

  func costs(_ pairs: [SnapshotDiff.Pair]) throws -> (PipelineDiff.Costs, [PipelineDiff.Environment]) {
    var (seconds, memory) = ([0.0, 0.0], [0, 0])
    var facts: [String: [Set<String>]] = [:]
    for pair in pairs {
      // A step without a result at one time would count as one that costs nothing.
      let records = try [pair.old.key, pair.new.key].compactMap { try session.store.result($0) }
      guard records.count == 2 else { continue }
      for (side, record) in records.enumerated() {
        seconds[side] += record.duration
        memory[side] = max(memory[side], record.peakMemory)
        for (fact, value) in record.ownEnvironment { facts[fact, default: [[], []]][side].insert(value) }
      }
    }
    let different = facts.filter { $0.value[0] != $0.value[1] }.sorted { $0.key < $1.key }
    return (
      PipelineDiff.Costs(
        oldSeconds: seconds[0], newSeconds: seconds[1], oldMemory: memory[0], newMemory: memory[1]),
      different.map { PipelineDiff.Environment(fact: $0.key, old: $0.value[0].sorted(), new: $0.value[1].sorted()) }
    )
  }
}
