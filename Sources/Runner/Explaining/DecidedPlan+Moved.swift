package import Artifacts
import Catalogs
import Plans
package import Resolving
package import Syntax

extension DecidedPlan {
  /// All that moved, causes before their consequences. A step that got its result in the meantime has not moved.
  package func moved(
    in resolution: Resolution, pipeline text: [UInt8], declarations: [StageDeclaration],
    stageFiles: [StageFile] = [], formats: [InputFormat]
  ) -> [Moved] {
    let plan = resolution.plan
    var moved: [Moved] = []
    let (old, new) = (Digest.of(Array(pipeline.utf8)), Digest.of(text))
    if old != new {
      moved.append(.pipeline(file: plan.file, old: old, new: new))
      let before = Planner.plan(
        text: Array(pipeline.utf8), file: plan.file, overrides: request.set.map { Override($0) },
        declarations: declarations, stageFiles: stageFiles, formats: formats)
      if let before = before.plan { moved += Self.edits(from: before, to: plan) }
    }
    moved += movedInputs(resolution)
    for stage in stages {
      guard let node = plan.nodes.firstIndex(where: { $0.name == stage.name }) else { continue }
      let declaration = plan.nodes[node].declaration
      if declaration.name == stage.stage, declaration.version != stage.version {
        moved.append(.version(stage: stage.name, old: stage.version, new: declaration.version))
      } else if old == new, Self.code(node, resolution) != stage.code {
        moved.append(.code(stage: stage.name, file: plan.nodes[node].command?.file))
      }
      moved += Self.moved(stage, node, resolution)
    }
    return moved
  }

  private static func edits(from old: Plan, to new: Plan) -> [Moved] {
    var moved: [Moved] = []
    for node in old.nodes where new.node(node.name) == nil { moved.append(.stageRemoved(node.name)) }
    for node in new.nodes {
      guard let before = old.node(node.name) else {
        moved.append(.stageAdded(node.name, node.position))
        continue
      }
      for (name, binding) in node.parameters.sorted(by: { $0.key < $1.key }) {
        guard let earlier = before.parameters[name] else { continue }
        let (from, to) = (old.words(earlier), new.words(binding))
        guard from != to else { continue }
        moved.append(.parameter(stage: node.name, name: name, old: from, new: to, position: binding.position))
      }
    }
    return moved
  }

  private func movedInputs(_ resolution: Resolution) -> [Moved] {
    let known = Set(resolution.selection.inputs(of: resolution.plan))
    var moved: [Moved] = []
    for input in inputs {
      guard let index = resolution.plan.inputs.firstIndex(where: { $0.name == input.name }), known.contains(index),
        let old = Digest(hex: input.digest)
      else { continue }
      let (path, new) = (resolution.plan.inputs[index].source.place, resolution.catalog.reference(index).digest)
      if new != old {
        moved.append(.input(name: input.name, path: path, old: old, new: new))
      } else if path != input.path {
        moved.append(.inputPath(name: input.name, old: input.path, new: path))
      }
    }
    return moved
  }

  private static func moved(_ stage: Stage, _ node: Int, _ resolution: Resolution) -> [Moved] {
    // A stage whose steps were not known then, or are not now, for another reason, has nothing to be held against.
    guard !stage.steps.isEmpty, let grid = resolution.grid(of: node) else { return [] }
    let now = Self.stage(node, resolution)
    if now.axes != stage.axes {
      let changed = zip(stage.axes, now.axes).filter { $0 != $1 }.map { old, new in
        Moved.axis(stage: stage.name, name: new.name, old: old.count, new: new.count)
      }
      return changed.isEmpty
        ? [.axis(stage: stage.name, name: "", old: stage.axes.count, new: now.axes.count)] : changed
    }
    if now.steps == stage.steps && now.keys == stage.keys { return [] }
    var keyMoves: [(step: StepIndex, old: String, new: String)] = []
    var gone: [StepIndex] = []
    var unblocked: [StepIndex] = []
    var waiting: [StepIndex] = []
    var keys = Substring(stage.keys).utf8
    var item = 0
    for run in stage.steps {
      for _ in 0..<min(run.count, grid.count - item) {
        let step = StepIndex(node: node, item: item)
        item += 1
        let state = state(step, resolution)
        guard run.state == .runs else {
          guard state == .runs || state == .waits else { continue }
          if run.state == .reused { gone.append(step) } else if run.state == .skipped { unblocked.append(step) }
          continue
        }
        let (old, new) = (String(decoding: keys.prefix(64), as: UTF8.self), resolution.key(of: step)?.hex)
        keys = keys.dropFirst(64)
        // One of the steps with one key runs, no matter which.
        if old == new { continue }
        if let new { keyMoves.append((step, old, new)) } else if state == .waits { waiting.append(step) }
      }
    }
    var moved: [Moved] = []
    if let first = keyMoves.first {
      moved.append(
        .key(
          step: resolution.address(first.step), old: first.old, new: first.new, others: keyMoves.count - 1))
    }
    if let first = gone.first { moved.append(.resultGone(step: resolution.address(first), others: gone.count - 1)) }
    if let first = unblocked.first {
      moved.append(.unblocked(step: resolution.address(first), others: unblocked.count - 1))
    }
    if let first = waiting.first { moved.append(.waits(step: resolution.address(first), others: waiting.count - 1)) }
    return moved
  }
}

extension Plan {
  /// The value or the axis of a parameter, in words.
  func words(_ binding: ParameterBinding) -> String {
    switch binding.source {
    case .value(let value): return value.description
    case .axis(let axis, _):
      guard let ids = axes[axis].ids else { return "$" + axes[axis].name }
      return "$\(axes[axis].name): \(ids.prefix(8).joined(separator: ", "))\(ids.count > 8 ? ", ..." : "")"
    }
  }
}
