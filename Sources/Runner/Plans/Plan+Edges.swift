import Artifacts

extension Plan {
  /// The nodes whose outputs a port reads, or the members of whose output it reads through an axis; none for an input
  /// and for values of the file itself.
  package func sources(of binding: PortBinding) -> [Int] {
    switch binding.source {
    case .output(let node, _): [node]
    case .chosen(let node, _, let choosing): [node, choosing.node]
    case .axis(let axis): source(ofAxis: axis).map { [$0] } ?? []
    case .input, .text: []
    }
  }

  /// The node that makes the items of a run-time axis.
  package func source(ofAxis axis: Int) -> Int? {
    if case .members(let node, _) = axes[axis].items { node } else { nil }
  }

  /// The nodes that the one at `index` reads, each once, ascending: at its ports, and for the items of its axes.
  package func sources(of index: Int) -> [Int] {
    let node = nodes[index]
    return Set(node.ports.values.flatMap(sources(of:)) + node.axes.compactMap(source(ofAxis:))).sorted()
  }
}

extension Plan.Node {
  /// The names of the bound places: those of a port in the order stated, ports in the order of the declaration.
  package var places: [String] {
    let bound = Dictionary(grouping: ports.keys.map { PortPlace($0) }, by: \.port)
    return declaration.inputs.flatMap { bound[$0.name, default: []].sorted().map(\.name) }
  }
}

extension Plan {
  /// Steps that a node may have: more are a mistake rather than a plan, and would need gigabytes before anything ran.
  package static let stepLimit = 10_000_000

  /// The number of steps over axes with so many items; nil: more than a node may have.
  package static func stepCount(_ items: [Int]) -> Int? {
    var product = 1
    for count in items {
      let (next, isTooLarge) = product.multipliedReportingOverflow(by: count)
      guard !isTooLarge, next <= stepLimit else { return nil }
      product = next
    }
    return product
  }
}
