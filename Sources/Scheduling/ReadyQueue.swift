import Plans

/// Ready steps: those with the longest way to the end first, in the order of the plan among equals. A binary heap.
struct ReadyQueue {
  private let height: [Int]
  private var heap: [StepIndex] = []

  init(plan: Plan) {
    var height = [Int](repeating: 0, count: plan.nodes.count)
    for index in plan.nodes.indices.reversed() {
      for source in plan.sources(of: index) { height[source] = max(height[source], height[index] + 1) }
    }
    self.height = height
  }

  var isEmpty: Bool { heap.isEmpty }
  var count: Int { heap.count }
  var first: StepIndex? { heap.first }

  private func precedes(_ a: StepIndex, _ b: StepIndex) -> Bool {
    (-height[a.node], a.node, a.item) < (-height[b.node], b.node, b.item)
  }

  mutating func add(_ steps: [StepIndex]) {
    for step in steps {
      heap.append(step)
      var index = heap.count - 1
      while index > 0, precedes(heap[index], heap[(index - 1) / 2]) {
        heap.swapAt(index, (index - 1) / 2)
        index = (index - 1) / 2
      }
    }
  }

  mutating func removeFirst() {
    guard let last = heap.popLast(), !heap.isEmpty else { return }
    heap[0] = last
    var index = 0
    while true {
      var best = index
      for child in [2 * index + 1, 2 * index + 2] where child < heap.count && precedes(heap[child], heap[best]) {
        best = child
      }
      if best == index { return }
      heap.swapAt(index, best)
      index = best
    }
  }
}
