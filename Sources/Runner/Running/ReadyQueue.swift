import Plans
import Resolving

/// Ready steps: those with the longest way to the end first, among equals in the order of the plan and of `StepOrder`.
/// A binary heap.
struct ReadyQueue {
  private let height: [Int]
  private var heap: [Entry] = []
  /// By node, once a step of it was ready.
  private var orders: [StepOrder?]

  private struct Entry {
    let step: StepIndex
    let rank: (Int, Int, Int)
  }

  init(plan: Plan) {
    var height = [Int](repeating: 0, count: plan.nodes.count)
    for index in plan.nodes.indices.reversed() {
      for source in plan.sources(of: index) { height[source] = max(height[source], height[index] + 1) }
    }
    self.height = height
    orders = Array(repeating: nil, count: plan.nodes.count)
  }

  var isEmpty: Bool { heap.isEmpty }
  var count: Int { heap.count }
  var first: StepIndex? { heap.first?.step }

  private func precedes(_ a: Entry, _ b: Entry) -> Bool { a.rank < b.rank }

  private mutating func place(of step: StepIndex, in resolution: Resolution) -> Int {
    if let order = orders[step.node] { return order.place(of: step.item) }
    guard let grid = resolution.grid(of: step.node) else { return step.item }
    let order = StepOrder(grid)
    orders[step.node] = order
    return order.place(of: step.item)
  }

  mutating func add(_ steps: [StepIndex], of resolution: Resolution) {
    for step in steps {
      let place = place(of: step, in: resolution)
      heap.append(Entry(step: step, rank: (-height[step.node], step.node, place)))
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
