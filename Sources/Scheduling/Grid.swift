package import Artifacts
package import Plans

/// The items of one axis once they are known, ascending by id.
package struct AxisItems: Sendable {
  package enum Payload: Sendable {
    case values([Value])
    case inputs([Int])
    case members([ArtifactReference])
  }
  package let ids: [String]
  package let payload: Payload
}

/// The steps of one node: the product of its axes, in mixed-radix order with the last axis fastest.
package struct Grid: Sendable {
  /// Indices into `Plan.axes`.
  package let axes: [Int]
  package let ids: [[String]]
  package let count: Int
  private let strides: [Int]

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

  package func position(ofAxis axis: Int) -> Int? { axes.firstIndex(of: axis) }

  /// The ids of `item`, in the order of the axes.
  package func ids(of item: Int) -> [String] { axes.indices.map { ids[$0][index(of: item, at: $0)] } }

  /// All items whose index on each axis of `fixed` (plan axis to index) is as given; axes that this grid lacks are
  /// ignored.
  package func items(where fixed: [Int: Int]) -> [Int] {
    var items = [0]
    for position in axes.indices {
      if let index = fixed[axes[position]] {
        for i in items.indices { items[i] += index * strides[position] }
      } else {
        let total = ids[position].count
        var next: [Int] = []
        next.reserveCapacity(items.count * total)
        for item in items { for index in 0..<total { next.append(item + index * strides[position]) } }
        items = next
      }
    }
    return items
  }

  /// The item of this grid that agrees with `item` of `other`, which has every axis of this grid.
  package func item(matching item: Int, of other: Grid) -> Int {
    var result = 0
    for position in axes.indices {
      guard let place = other.position(ofAxis: axes[position]) else { preconditionFailure("an axis is missing") }
      result += other.index(of: item, at: place) * strides[position]
    }
    return result
  }

  /// The indices of `item`, by plan axis.
  package func coordinates(of item: Int) -> [Int: Int] {
    var result: [Int: Int] = [:]
    for position in axes.indices { result[axes[position]] = index(of: item, at: position) }
    return result
  }
}
