package import Artifacts
import Plans

/// The items of one axis once they are known, ascending by id.
package struct AxisItems: Sendable {
  /// The things that the items stand for, in the order of `ids`.
  package enum Payload: Sendable {
    case values([Value])
    case inputs([Int])
    case members([ArtifactReference])
  }
  package let ids: [String]
  package let payload: Payload
}

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

/// From the items of one grid to those of another that agree with them on all axes that both have.
///
/// An item goes to as many items as the axes that only the other grid has together have items.
package struct GridMap: Sendable {
  private struct Term {
    /// The stride of the axis in the grid that is mapped.
    let stride: Int
    let count: Int
    /// The stride of the same axis in the other grid.
    let factor: Int
  }
  private let terms: [Term]
  /// The numbers to add for the items of the axes that only the other grid has, ascending.
  package let offsets: [Int]

  package init(from grid: Grid, to other: Grid) {
    var terms: [Term] = []
    var offsets = [0]
    for position in other.axes.indices {
      let factor = other.strides[position]
      if let place = grid.position(ofAxis: other.axes[position]) {
        terms.append(Term(stride: grid.strides[place], count: grid.ids[place].count, factor: factor))
      } else {
        let total = other.ids[position].count
        offsets = offsets.flatMap { offset in (0..<total).map { offset + $0 * factor } }
      }
    }
    self.terms = terms
    self.offsets = offsets
  }

  /// The item to which `offsets` are added.
  package func base(_ item: Int) -> Int {
    var base = 0
    for term in terms { base += item / term.stride % term.count * term.factor }
    return base
  }

  /// The items that `item` goes to, ascending.
  package func items(_ item: Int) -> [Int] {
    let base = base(item)
    return offsets.map { base + $0 }
  }
}
