import Plans
import Resolving

/// Steps of one node that other steps read.
struct Upstream {
  var steps: [StepIndex]
  /// The ports that read them; none where they make the items of an axis.
  let ports: Set<String>
}

extension Resolution {
  /// The steps that `steps`, which are of one node, read at the named ports, or at all ports and for the items of axes:
  /// by node, in the order of the plan. A node that is not expanded reads, and is read, as a whole.
  func upstream(of steps: [StepIndex], at ports: Set<String>? = nil) -> [Upstream] {
    guard let node = steps.first?.node else { return [] }
    var readers: [Int: Set<String>] = [:]
    if ports == nil { for source in plan.sources(of: node) { readers[source] = [] } }
    for (name, binding) in plan.nodes[node].ports where ports?.contains(name) ?? true {
      for source in plan.sources(of: binding) { readers[source, default: []].insert(name) }
    }
    return readers.sorted { $0.key < $1.key }.map { source, ports in
      let items = chosen(of: source, readBy: steps, at: ports) ?? items(of: source, readBy: steps)
      return Upstream(steps: items.map { StepIndex(node: source, item: $0) }, ports: ports)
    }
  }

  /// The items of a node that choices name for `steps`; nil where one is not known, or another port reads all.
  private func chosen(of source: Int, readBy steps: [StepIndex], at ports: Set<String>) -> [Int]? {
    guard let node = steps.first?.node, grid(of: node) != nil, !ports.isEmpty else { return nil }
    let places = reading[node].indices.filter {
      reading[node][$0].source == source && ports.contains(reading[node][$0].port)
    }
    guard !places.isEmpty, places.allSatisfy({ reading[node][$0].choosing != nil }) else { return nil }
    var items: Set<Int> = []
    for step in steps {
      for place in places {
        guard let item = chosenItem(at: place, of: step) else { return nil }
        items.insert(item)
      }
    }
    return items.sorted()
  }

  /// The items of a node that `steps`, which are of one node, read.
  private func items(of source: Int, readBy steps: [StepIndex]) -> [Int] {
    guard let other = grid(of: source) else { return [0] }
    guard let grid = grid(of: steps[0].node) else { return Array(0..<other.count) }
    let map = GridMap(from: grid, to: other)
    var items: Set<Int> = []
    for step in steps where items.count < other.count {
      let base = map.base(step.item)
      items.formUnion(map.offsets.lazy.map { base + $0 })
    }
    return items.sorted()
  }
}
