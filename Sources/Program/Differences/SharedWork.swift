import Artifacts
import Plans
import Resolving
import Sessions

/// The steps that measuring several versions takes, each of which counts once, whichever versions need it.
final class SharedWork {
  private enum Work: Hashable {
    case known(Digest)
    /// A step that waits, by its node (`node(_:of:)`) and its ids.
    case waiting(node: Int, ids: [String])
  }

  private var counted: Set<Work> = []
  /// Numbers of nodes by all that their steps depend on.
  private var numbers: [[String]: Int] = [:]

  /// A function that says whether a step of the version was counted before, and counts it. Steps that wait are the same
  /// where what the plan says of them, and of all that they read, is the same.
  func counter(_ session: Session, _ resolution: Resolution) -> (StepIndex) -> Bool {
    let (plan, inputs) = (session.plan, session.request.inputs)
    // Lines of the plan begin with what they tell of: `node NAME`, `axis NAME`.
    let lines = Dictionary(grouping: plan.content) { line in
      line.split { " :[".contains($0) }.prefix(2).joined(separator: " ")
    }
    var nodes: [Int: Int] = [:]
    return { [self] step in
      if let key = resolution.key(of: step) { return !counted.insert(.known(key)).inserted }
      let node = nodes[step.node] ?? number(step.node, of: plan, lines, inputs)
      nodes[step.node] = node
      return !counted.insert(.waiting(node: node, ids: resolution.name(of: step).ids ?? [])).inserted
    }
  }

  private func number(
    _ node: Int, of plan: Plan, _ lines: [String: [String]], _ inputs: [String: ArtifactReference]
  ) -> Int {
    var (reached, open) = (Set([node]), [node])
    while let next = open.popLast() { open += plan.sources(of: next).filter { reached.insert($0).inserted } }
    let axes = Set(reached.flatMap { plan.nodes[$0].axes }).sorted().map { "axis \(plan.axes[$0].name)" }
    let names = reached.sorted().map { "node \(plan.nodes[$0].name)" } + axes
    let bytes = inputs.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.digest)" }
    let facts = names.flatMap { lines[$0] ?? [] } + bytes
    if let known = numbers[facts] { return known }
    numbers[facts] = numbers.count
    return numbers.count - 1
  }
}
