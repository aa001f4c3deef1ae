package import Artifacts
package import Plans
import Stores

extension Resolution {
  /// The steps of this plan whose outputs `step` reads and the store no longer holds. With `isThorough`,
  /// after an attempt has found damage, records are read whole.
  package func stepsToRedo(for step: StepIndex, isThorough: Bool) throws -> Set<StepIndex> {
    var result: Set<StepIndex> = []
    try forEachRead(by: step) { source, port in
      if try redoing[source] != nil || isGone(source, port, isThorough: isThorough) { result.insert(source) }
    }
    return result
  }

  /// The steps with a result that will run again all the same: a step that is ready reads their bytes, which are gone,
  /// or one of these does.
  package func stepsToRedo() throws -> Set<StepIndex> {
    var result: Set<StepIndex> = []
    var seen: Set<StepIndex> = []
    var pending = ready
    while let step = pending.popLast() {
      try forEachRead(by: step) { source, port in
        let isNew = isSettled(source) && seen.insert(source).inserted
        guard isNew, try isGone(source, port, isThorough: false) else { return }
        result.insert(source)
        pending.append(source)
      }
    }
    return result
  }

  /// Calls `body` with each step whose output, or a member of it, `step` reads, as often as it reads it, and with the
  /// port of that output.
  private func forEachRead(by step: StepIndex, _ body: (StepIndex, _ port: String) throws -> Void) rethrows {
    for (place, read) in reading[step.node].enumerated() {
      guard let map = nodes[step.node].sources[place] else { continue }
      if read.choosing != nil {
        if let item = chosenItem(at: place, of: step) {
          try body(StepIndex(node: read.source, item: item), output(readAt: read.port, by: step))
        }
        continue
      }
      // A choice is in the record of its step.
      if place > 0, reading[step.node][place - 1].choosing != nil { continue }
      let base = map.base(step.item)
      let port = output(readAt: read.port, by: step)
      for offset in map.offsets { try body(StepIndex(node: read.source, item: base + offset), port) }
    }
    for case .axis(let axis) in plan.nodes[step.node].ports.values.map(\.source) {
      guard case .members(let source, let port) = plan.axes[axis].items else { continue }
      try body(StepIndex(node: source, item: 0), port)
    }
  }

  /// The output that a port is bound to.
  private func output(readAt port: String, by step: StepIndex) -> String {
    switch plan.nodes[step.node].ports[port]?.source {
    case .output(_, let port)?, .chosen(_, let port, _)?: port
    default: preconditionFailure("\(port) reads no output")
    }
  }

  /// The outputs on demand to be stored when the step runs: those that another stage binds for all items, that waits
  /// for them, or that the run or a parameter `keep` asks for; of a pinned step all.
  package func keptOutputs(of step: StepIndex) -> Set<String> {
    let ports = outputsOnDemand[step.node]
    if ports.isEmpty { return [] }
    if let key = key(of: step), pinned.contains(key) { return ports }
    var kept = boundOnDemand[step.node].union(askedOutputs(of: step))
    if case .string(let name)? = parameters(of: step, .resource)["keep"] { kept.insert(name) }
    for waiter in redoing[step] ?? [] { forEachRead(by: waiter) { if $0 == step { kept.insert($1) } } }
    return ports.intersection(kept)
  }

  /// The outputs on demand that the run asks for, of a step with a result too.
  func askedOutputs(of step: StepIndex) -> Set<String> {
    let grid = nodes[step.node].grid
    let asked = grid.map { selection.keeps(node: step.node, grid: $0, item: step.item, plan: plan) }
    return outputsOnDemand[step.node].intersection(asked ?? [])
  }

  /// Whether a step has a result whose bytes can neither be read nor fetched: all, but for outputs on demand other than
  /// `port`.
  private func isGone(_ step: StepIndex, _ port: String, isThorough: Bool) throws -> Bool {
    guard let missing = try missing(step, port, isThorough: isThorough) else { return true }
    return !missing.allSatisfy { others?.offers($0.digest) ?? false }
  }

  /// The objects of the result of a step that the store lacks, but for those at outputs on demand other than `port`;
  /// none of a step without a result; nil where its record is gone.
  private func missing(
    _ step: StepIndex, _ port: String, isThorough: Bool
  ) throws -> [(digest: Digest, size: Int)]? {
    guard nodes[step.node].standings[step.item] == .done, let key = key(of: step) else { return [] }
    let ports = outputsOnDemand[step.node]
    if ports.isEmpty, !isThorough {
      guard let row = try store.row(key) else { return nil }
      if try store.holds(row, key, orEvicted: false) { return [] }
    }
    return try store.result(key).map { try store.missing($0, besides: ports.subtracting([port])) }
  }

  /// The objects that `step` reads, which the store lacks and others have.
  package func objectsToFetch(for step: StepIndex) throws -> [(digest: Digest, size: Int)] {
    guard let others else { return [] }
    var sizes: [Digest: Int] = [:]
    try forEachRead(by: step) { source, port in
      for object in try missing(source, port, isThorough: false) ?? [] where others.offers(object.digest) {
        sizes[object.digest] = object.size
      }
    }
    return sizes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The inputs of the plan that `step` reads.
  package func inputs(of step: StepIndex) -> [Int] {
    guard let grid = nodes[step.node].grid else { return [] }
    return plan.nodes[step.node].ports.values.flatMap { binding -> [Int] in
      switch binding.source {
      case .input(let index): return [index]
      case .axis(let axis):
        guard case .inputs(let inputs)? = axes[axis]?.payload else { return [] }
        guard let position = grid.position(ofAxis: axis) else { return inputs }
        return [inputs[grid.index(of: step.item, at: position)]]
      case .output, .chosen, .text: return []
      }
    }
  }

  /// The inputs that steps read which have no result yet.
  package var pendingInputs: Set<Int> {
    var result: Set<Int> = []
    for (node, table) in nodes.enumerated() where selection.wants(node: node) {
      let isPending = { (item: Int) in table.standings[item] == .waiting || table.standings[item] == .ready }
      let pending = table.grid.map { grid in (0..<grid.count).filter(isPending) }
      if let pending, pending.isEmpty { continue }
      for binding in plan.nodes[node].ports.values {
        switch binding.source {
        case .input(let input): result.insert(input)
        case .axis(let axis):
          guard case .inputs(let inputs)? = axes[axis]?.payload else { continue }
          if let pending, let grid = table.grid, let position = grid.position(ofAxis: axis) {
            for item in pending { result.insert(inputs[grid.index(of: item, at: position)]) }
          } else {
            // The items are not known: all inputs that the step may read count.
            result.formUnion(inputs)
          }
        case .output, .chosen, .text: continue
        }
      }
    }
    return result
  }

  /// The string that a port of `step` is bound to, if it is one.
  package func text(_ binding: Plan.PortBinding, of step: StepIndex) -> String? {
    switch binding.source {
    case .text(let text): return text
    case .axis(let axis):
      guard case .values(let values)? = axes[axis]?.payload, let index = index(of: step, on: axis) else { return nil }
      return values[index].description
    case .input, .output, .chosen: return nil
    }
  }

  /// Puts the strings that `step` reads as files into the store.
  package func keepTexts(of step: StepIndex) throws {
    for binding in plan.nodes[step.node].ports.values {
      guard let text = text(binding, of: step) else { continue }
      let bytes = Array((text + "\n").utf8)
      guard try !store.claim(.of(bytes)) else { continue }
      _ = try store.put(bytes)
    }
  }
}
