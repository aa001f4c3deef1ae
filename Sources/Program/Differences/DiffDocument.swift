import Explaining
import Reports

/// A diff as JSON.
package struct DiffDocument: Encodable {
  struct Edit: Encodable {
    let stage: String
    let change: ReasonDocument.Field
    /// The steps that differ by it themselves.
    let steps: [String]
  }

  struct Stage: Encodable {
    let name: String
    /// The name then, of a stage that was renamed.
    let oldName: String?
    /// `new`, `gone`, `changed` or `same`.
    let state: String
    let same: Int
    let changed: Int
    let equalResults: Int
    let onlyOld: Int
    let onlyNew: Int
    let waiting: Int
    let unknown: Int
    let axes: [Axis]
  }

  struct Axis: Encodable {
    let name: String
    let gone: [String]
    let new: [String]
  }

  let old: String
  let new: String
  let differs: Bool
  let divergences: [String]
  let edits: [Edit]
  let stages: [Stage]
  let scores: [ScoreDifferences]
  let rankings: [RankingDifferences]
  let costs: PipelineDiff.Costs
  let environments: [PipelineDiff.Environment]
  let notes: [String]

  package init(_ diff: PipelineDiff) {
    (old, new, differs, divergences) = (diff.old, diff.new, diff.differs, diff.divergences)
    edits = diff.steps.edits.map { Edit(stage: $0.node, change: ReasonDocument.field($0.change), steps: $0.steps) }
    stages = diff.steps.nodes.map { node in
      Stage(
        name: node.name, oldName: node.isRenamed ? node.old : nil,
        state: node.old == nil ? "new" : node.new == nil ? "gone" : node.differs ? "changed" : "same", same: node.same,
        changed: node.changed, equalResults: node.equal, onlyOld: node.onlyOld, onlyNew: node.onlyNew,
        waiting: node.waiting, unknown: node.unknown,
        axes: node.axes.map { Axis(name: $0.name, gone: $0.gone, new: $0.new) })
    }
    (scores, rankings, costs) = (diff.scores, diff.rankings, diff.costs)
    (environments, notes) = (diff.environments, diff.notes)
  }
}
