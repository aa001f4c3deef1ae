import Events
import Explaining
import Figures
import Plans
import Reports
import Resolving
import Wording

/// The edits since the run before, and why each step ran.
enum ChangesSection {
  /// Groups of steps of a stage that are shown.
  private static let groups = 4
  /// Steps of a stage that are looked at.
  private static let looked = 1000

  static func section(_ run: ReportedRun, _ steps: ReportedSteps) throws -> Section {
    var blocks: [Block] = []
    var edits: [[String]] = []
    var reasons: [[String]] = []
    let changes = RunChanges(run.plan, in: run.store)
    for node in run.nodes {
      guard let bindings = node.bindings else {
        reasons.append([node.name, "-", "its steps were not known in this run, or the list of them is gone"])
        continue
      }
      let old = run.earlierBindings(node.name)
      let looked = (0..<node.count).spread(Self.looked)
      let known = looked.compactMap { item in
        node.key(item).map { key in
          RunChanges.Step(
            StepName(node: node.name, axes: bindings.axes, ids: node.ids(item)), address: node.address(item), key: key)
        }
      }
      let (found, equal) = try changes.groups(of: known, from: old)
      if equal > 0 {
        reasons.append([node.name, Words.grouped(equal), "the same key as in the run before"])
      }
      for group in found.prefix(Self.groups) {
        let words = group.changes.map { $0.map(ReasonText.words) }
        reasons.append([group.step, Words.grouped(group.count), reason(words, old != nil, run)])
        for change in group.changes ?? [] where isEdit(change, node) {
          let line = [node.name, ReasonText.words(change)]
          if !edits.contains(line) { edits.append(line) }
        }
      }
      if found.count > Self.groups {
        let rest = found.dropFirst(Self.groups)
        reasons.append(
          [node.name, Words.grouped(rest.reduce(0) { $0 + $1.count }), "differ in \(rest.count) other ways"])
      }
      if known.count < looked.count {
        let count = Words.grouped(looked.count - known.count)
        reasons.append([node.name, count, "no key: what they read had no result in this run"])
      }
      if node.count > looked.count {
        reasons.append(
          [
            node.name, Words.grouped(node.count - looked.count),
            "not looked at: \(Words.grouped(looked.count)) steps, spread evenly, stand for all",
          ])
      }
    }
    if let earlier = run.earlier {
      blocks.append(.lines([edits.isEmpty ? "No edit since run \(earlier.id)." : "Edits since run \(earlier.id):"]))
      if !edits.isEmpty { blocks.append(.table("Edits", Table(["stage", "edit"], rows: edits))) }
    } else {
      blocks.append(.lines(["No earlier run of this pipeline is in the store: every step is new to it."]))
    }
    blocks.append(
      .table(
        "Why steps ran",
        Table(["step, or the first of them", "steps", "compared with the run before"], numeric: [1], rows: reasons)))
    let told = run.startReasons
    if !told.isEmpty {
      blocks.append(
        .table(
          "What the log says beside that",
          Table(["reason to start", "steps", "first of them"], numeric: [1], rows: told)))
    }
    return Section("changes", "Edits, and why steps ran", blocks)
  }

  /// Whether a change is no output of another stage, which follows from its own changes.
  private static func isEdit(_ change: Change, _ node: ReportedNode) -> Bool {
    guard case .port(let name, _, _, _, _) = change else { return true }
    switch node.planned?.ports[name]?.source {
    case .output?, .chosen?: return false
    default: return true
    }
  }

  private static func reason(_ words: [String]?, _ hasEarlier: Bool, _ run: ReportedRun) -> String {
    guard let words else {
      return run.earlier == nil ? "new" : hasEarlier ? "new: the run before had no such step" : "new: a new stage"
    }
    return words.isEmpty ? "nothing that is known: a pre-image is gone" : words.joined(separator: "; ")
  }
}
