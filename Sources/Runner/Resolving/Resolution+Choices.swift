import Artifacts
import Plans
import Stores

extension Resolution {
  /// The item of the source at that place of `reading` which a choice names for `step`; nil when the choice is not known
  /// yet or names an item that the source does not have.
  package func chosenItem(at place: Int, of step: StepIndex) -> Int? {
    let read = reading[step.node][place]
    guard let choosing = read.choosing, let choice = choice(at: place, of: step),
      let grid = nodes[read.source].grid, let map = nodes[step.node].sources[place]
    else { return nil }
    var item = map.base(step.item)
    for (axis, place) in choosing.axes {
      guard let position = grid.position(ofAxis: axis), place < choice.ids.count,
        let index = grid.ids[position].place(of: choice.ids[place])
      else { return nil }
      item += index * grid.strides[position]
    }
    return item
  }

  /// The step whose output a port of `step` reads alone, and the name of that output; nil where the port reads none, many,
  /// or one that is not known yet.
  package func output(readAt port: String, of step: StepIndex) -> (step: StepIndex, port: String)? {
    guard let binding = plan.nodes[step.node].ports[port],
      let place = reading[step.node].firstIndex(where: { $0.port == port }),
      let map = nodes[step.node].sources.indices.contains(place) ? nodes[step.node].sources[place] : nil
    else { return nil }
    switch binding.source {
    case .output(let node, let port) where map.offsets.count == 1:
      return (StepIndex(node: node, item: map.base(step.item)), port)
    case .chosen(let node, let port, _):
      return chosenItem(at: place, of: step).map { (StepIndex(node: node, item: $0), port) }
    case .input, .output, .axis, .text: return nil
    }
  }

  /// What is chosen for `step`, once the step that chooses has a result.
  private func choice(at place: Int, of step: StepIndex) -> Choice? {
    guard let choosing = reading[step.node][place].choosing, let map = nodes[step.node].sources[place + 1] else {
      return nil
    }
    return choices[StepIndex(node: choosing.node, item: map.base(step.item))]
  }

  /// The state of `step` where an item that was chosen for it is not there; nil where all are.
  func obstacleOfChoice(_ step: StepIndex) -> StepState? {
    for (place, read) in reading[step.node].enumerated() {
      guard let choosing = read.choosing else { continue }
      guard let item = chosenItem(at: place, of: step) else {
        let ids = choice(at: place, of: step)?.ids ?? []
        let items = choosing.axes.map { axis, place in
          plan.axes[axis].name + "=" + (place < ids.count ? ids[place] : "?")
        }
        return .broken(
          "the choice of '\(plan.nodes[choosing.node].name)' is \(items.joined(separator: ",")), and "
            + "'\(plan.nodes[read.source].name)' has no such item")
      }
      let source = StepIndex(node: read.source, item: item)
      switch state(source) {
      case .failed: return .skipped(because: address(source), isResult: true)
      case .skipped(let because, let isResult): return .skipped(because: because, isResult: isResult)
      case .broken: return .skipped(because: address(source), isResult: false)
      default: continue
      }
    }
    return nil
  }

  /// Notes what a step has chosen, from its record, or from the store where that lacks it.
  func learnChoice(from step: StepIndex) throws {
    guard let record = try record(of: step), let bytes = try choice(in: record) else { return }
    choices[step] = Choice(decoding: bytes)
  }

  /// The bytes of the choice in a record; nil where it has none or they are gone.
  func choice(in record: ResultRecord) throws -> [UInt8]? {
    guard case .outputs(let outputs) = record.outcome,
      let output = outputs.values.first(where: { $0.artifact.kind == .choice })
    else { return nil }
    if let bytes = output.inline[output.artifact.digest] { return bytes }
    guard try store.holds(output) else { return nil }
    return try store.bytes(output.artifact.digest, size: output.artifact.size)
  }
}
