import Artifacts
import Plans
import Stores

extension Resolution {
  /// The item of the source at that place of `reading` which a choice names for `step`; nil when the choice is not
  /// known yet or names an item that the source does not have.
  package func chosenItem(at place: Int, of step: StepIndex) -> Int? {
    let read = reading[step.node][place]
    guard let choosing = read.choosing, let choice = choice(at: place, of: step),
      choice.ids.count == choosing.names.count, let grid = nodes[read.source].grid,
      let map = nodes[step.node].sources[place]
    else { return nil }
    var item = map.base(step.item)
    for (axis, place) in choosing.axes {
      guard let position = grid.position(ofAxis: axis), let index = grid.ids[position].place(of: choice.ids[place])
      else { return nil }
      item += index * grid.strides[position]
    }
    return item
  }

  /// The step whose output a port of `step` reads alone, and the name of that output; nil where the port reads none,
  /// many, or one that is not known yet.
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

  /// The choice for `step`, once the step that chooses has a result.
  private func choice(at place: Int, of step: StepIndex) -> Choice? {
    guard let choosing = reading[step.node][place].choosing, let map = nodes[step.node].sources[place + 1] else {
      return nil
    }
    return choices[ChoiceName(step: StepIndex(node: choosing.node, item: map.base(step.item)), port: choosing.port)]
  }

  /// The state of `step` where an item that was chosen for it is not there; nil where all are.
  func obstacleOfChoice(_ step: StepIndex) -> StepState? {
    for (place, read) in reading[step.node].enumerated() {
      guard let choosing = read.choosing else { continue }
      guard let item = chosenItem(at: place, of: step) else {
        let ids = choice(at: place, of: step)?.ids ?? []
        let name = "\(plan.nodes[choosing.node].name).\(choosing.port)"
        guard ids.count == choosing.names.count else {
          let words = ids.count == 1 ? "1 id" : "\(ids.count) ids"
          return .broken(
            "the choice \(name) has \(words), and its items have \(choosing.names.count): "
              + choosing.names.joined(separator: ", "))
        }
        let items = choosing.axes.map { "\(plan.axes[$0.axis].name)=\(ids[$0.place])" }.joined(separator: ",")
        return .broken("the choice \(name) is \(items), and '\(plan.nodes[read.source].name)' has no such item")
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

  /// Notes what a step has chosen at its ports.
  func learn(_ ports: [String], from step: StepIndex) throws {
    guard let record = try record(of: step) else { return }
    for port in ports {
      guard let bytes = try choice(at: port, in: record) else { continue }
      choices[ChoiceName(step: step, port: port)] = Choice(decoding: bytes)
    }
  }

  /// The bytes of the choice at a port of a record, or of the store where that lacks them; nil where they are gone.
  func choice(at port: String, in record: ResultRecord) throws -> [UInt8]? {
    guard case .outputs(let outputs) = record.outcome, let output = outputs[port] else { return nil }
    if let bytes = output.inline[output.artifact.digest] { return bytes }
    guard try store.holds(output) else { return nil }
    return try store.bytes(output.artifact.digest, size: output.artifact.size)
  }
}
