import Artifacts
import Plans
import Resolving

/// The steps of a resolution beside those of one baseline: how they differ, and which steps behind them do too.
///
/// Each question is about many steps of one node at once. The limits are those of the work: so many steps of an array
/// stand for all.
struct Comparison {
  /// How a step differs from its namesake in the baseline, else from the most similar step there.
  struct Difference {
    /// The step that it is compared with, when that is another.
    let kin: String?
    let changes: [Change]
  }

  /// Steps of one node that stand alike and differ from the baseline in the same way.
  struct Group {
    var steps: [StepIndex]
    /// How the first of them differs; nil: there is nothing to compare it with.
    let difference: Difference?
  }

  /// The properties that the steps of a group have in common.
  private struct Way: Hashable {
    let standing: NodeTable.Standing
    let isShared: Bool
    let isNew: Bool
    let changes: [Change]?
  }

  /// Steps of a node that are looked at, at each link of a chain.
  private static let limit = 1000
  /// Steps of a node that the baseline lacks, and that are looked at.
  private static let newLimit = 50

  let resolution: Resolution
  private let baseline: (any Baseline)?
  private let fields: FieldComparison

  init(_ resolution: Resolution, with baseline: (any Baseline)?) {
    self.resolution = resolution
    self.baseline = baseline
    fields = FieldComparison(resolution, readsContent: true)
  }

  // MARK: Groups

  /// The steps that are looked at of `steps`, which are of one node, by how they differ, the most first. The baseline
  /// has more to compare a step with that it lacks, so fewer of those are looked at.
  func groups(of steps: [StepIndex]) throws -> [Group] {
    var groups: [Group] = []
    var places: [Way: Int] = [:]
    func add(_ step: StepIndex, _ difference: Difference?) {
      let way = way(of: step, difference)
      if let place = places[way] {
        groups[place].steps.append(step)
      } else {
        places[way] = groups.count
        groups.append(Group(steps: [step], difference: difference))
      }
    }
    var new: [StepIndex] = []
    for step in sample(steps, Self.limit) {
      if let old = try baseline?.facts(resolution.name(of: step)) {
        let changes = fields.changes(from: old, to: try resolution.facts(of: step), of: step)
        add(step, Difference(kin: nil, changes: changes))
      } else if baseline == nil {
        add(step, nil)
      } else {
        new.append(step)
      }
    }
    for step in sample(new, Self.newLimit) { add(step, try baseline.flatMap { try mostSimilar(to: step, in: $0) }) }
    return groups.sorted { ($1.steps.count, $0.steps[0].item) < ($0.steps.count, $1.steps[0].item) }
  }

  private func way(of step: StepIndex, _ difference: Difference?) -> Way {
    let ports = resolution.plan.nodes[step.node].ports
    let changes = difference?.changes.map { change in
      // The port alone counts of an output of another step: a change in it is a cause behind it.
      ports[change.field].map(resolution.plan.sources(of:))?.isEmpty ?? true ? change : change.withoutContent
    }
    return Way(
      standing: resolution.grid(of: step.node) == nil ? .waiting : resolution.nodes[step.node].standings[step.item],
      isShared: resolution.isShared(step), isNew: difference?.kin != nil, changes: changes)
  }

  private func mostSimilar(to step: StepIndex, in baseline: any Baseline) throws -> Difference? {
    let facts = try resolution.facts(of: step)
    var best: Difference?
    for (name, old) in try baseline.kin(ofStage: facts.identity.stage) {
      let changes = fields.changes(from: old, to: facts, of: step)
      if changes.count < best?.changes.count ?? .max { best = Difference(kin: name, changes: changes) }
      if changes.isEmpty { break }
    }
    return best
  }

  /// All of `steps`, which are of one node, while they are within a limit. Else one for each item of each axis, since a
  /// pipeline differs from another item by item; and no more than the limit.
  private func sample(_ steps: [StepIndex], _ limit: Int) -> [StepIndex] {
    guard steps.count > limit, let grid = resolution.grid(of: steps[0].node) else { return steps }
    var isSeen = grid.ids.map { [Bool](repeating: false, count: $0.count) }
    let cover = steps.filter { step in
      var isNew = false
      for position in isSeen.indices {
        let index = grid.index(of: step.item, at: position)
        if !isSeen[position][index] { (isSeen[position][index], isNew) = (true, true) }
      }
      return isNew
    }
    return cover.indices.spread(limit).map { cover[$0] }
  }

  // MARK: One group

  /// The reason of the first step of `group`.
  func reason(for group: Group) throws -> Reason {
    var reason = try resolution.reason(for: group.steps[0])
    if let baseline, let difference = group.difference {
      reason.comparedWith = baseline.origin
      (reason.namesake, reason.changes) = (difference.kin, difference.changes)
    } else if case .willRun = reason.verdict {
      reason.verdict = .willRun(.new)
    }
    return reason
  }

  /// The steps behind `group`, whose reason is `reason`: those that wrote what changed at its ports, then those that it
  /// waits for.
  func causes(of group: Group, _ reason: Reason) -> [Upstream] {
    let changed = Set(reason.changes.filter { !$0.isOwn }.map(\.field))
    var causes = resolution.upstream(of: group.steps, at: changed)
    for index in causes.indices {
      causes[index].steps.removeAll { resolution.key(of: $0) == baseline?.key(resolution.name(of: $0)) }
    }
    if case .waits = reason.verdict {
      for var read in resolution.upstream(of: group.steps) {
        read.steps.removeAll { !resolution.state($0).isPending }
        causes.append(read)
      }
    }
    return causes.filter { !$0.steps.isEmpty }
  }
}

extension Change {
  /// The change with no content, for a port that reads any.
  fileprivate var withoutContent: Change {
    guard case .port(let name, _, _, let from, let position) = self else { return self }
    return .port(name: name, old: "", new: "", from: from, position: position)
  }
}
