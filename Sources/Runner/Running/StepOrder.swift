import Plans
package import Resolving

extension Resolution {
  /// The steps of a node in the order in which they are listed; none while a run-time axis is unknown.
  package func steps(of node: Int) -> [StepIndex] {
    grid(of: node).map { StepOrder($0).items.map { StepIndex(node: node, item: $0) } } ?? []
  }

  /// The steps of a node that have no result which counts, by how they stand: those that run, that wait, that failed or
  /// are skipped. Item 0 of a node that is not expanded stands for its steps.
  package func unsettled(_ node: Int) -> [[StepIndex]] {
    let steps = grid(of: node) == nil ? [StepIndex(node: node, item: 0)] : steps(of: node)
    var groups: [[StepIndex]] = [[], [], [], []]
    for step in steps where isWanted(node: node) {
      switch state(step) {
      case .ready, .running: groups[0].append(step)
      case .waiting: if !isShared(step) { groups[1].append(step) }
      case .failed: groups[2].append(step)
      case .skipped, .broken: groups[3].append(step)
      case .unwanted, .done: continue
      }
    }
    return groups.filter { !$0.isEmpty }
  }
}

/// The order in which the steps of one node start and are listed: ids of an axis that are all numbers count as numbers,
/// so that `steps: [100, 200, 1000]` trains the trunk first; those of other axes come by their bytes, as in keys,
/// manifests and gathers.
package struct StepOrder: Sendable {
  private let grid: Grid
  /// By axis, the place of each id; nil where that is its index.
  private let places: [[Int]?]

  package init(_ grid: Grid) {
    self.grid = grid
    places = grid.ids.map(Self.places)
  }

  /// The place of an item among those of its node.
  package func place(of item: Int) -> Int {
    places.indices.reduce(0) { sum, axis in
      let index = grid.index(of: item, at: axis)
      return sum + (places[axis]?[index] ?? index) * grid.strides[axis]
    }
  }

  /// All items, in order.
  package var items: [Int] {
    guard places.contains(where: { $0 != nil }) else { return Array(0..<grid.count) }
    var items = [Int](repeating: 0, count: grid.count)
    for item in 0..<grid.count { items[place(of: item)] = item }
    return items
  }

  private static func places(_ ids: [String]) -> [Int]? {
    var numbers: [(value: Double, index: Int)] = []
    for (index, id) in ids.enumerated() {
      guard let value = Double(id), value.isFinite else { return nil }
      numbers.append((value, index))
    }
    numbers.sort { ($0.value, $0.index) < ($1.value, $1.index) }
    guard numbers.indices.contains(where: { numbers[$0].index != $0 }) else { return nil }
    var places = [Int](repeating: 0, count: ids.count)
    for (place, number) in numbers.enumerated() { places[number.index] = place }
    return places
  }
}
