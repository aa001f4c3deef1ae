import Artifacts
import Plans

/// The steps of one node: the product of its axes, in mixed-radix order with the last axis fastest. `Plan.stepLimit`
/// bounds it.
package struct Grid: Sendable {
  /// Indices into `Plan.axes`.
  package let axes: [Int]
  package let ids: [[String]]
  package let count: Int
  package let strides: [Int]

  package init(axes: [Int], ids: [[String]]) {
    self.axes = axes
    self.ids = ids
    var strides = [Int](repeating: 1, count: axes.count)
    for i in stride(from: axes.count - 2, through: 0, by: -1) { strides[i] = strides[i + 1] * ids[i + 1].count }
    self.strides = strides
    count = axes.isEmpty ? 1 : strides[0] * ids[0].count
  }

  /// The index of `item` on the axis at `position` of this grid.
  package func index(of item: Int, at position: Int) -> Int { item / strides[position] % ids[position].count }

  /// The position of an axis of the plan in this grid; nil where the grid lacks it.
  package func position(ofAxis axis: Int) -> Int? { axes.firstIndex(of: axis) }

  /// The ids of `item`, in the order of the axes.
  package func ids(of item: Int) -> [String] { axes.indices.map { ids[$0][index(of: item, at: $0)] } }

  /// The item that has these ids, in the order of the axes.
  package func item(withIDs wanted: [String]) -> Int? {
    guard wanted.count == axes.count else { return nil }
    var item = 0
    for (position, id) in wanted.enumerated() {
      guard let index = ids[position].place(of: id) else { return nil }
      item += index * strides[position]
    }
    return item
  }
}
