import Artifacts
import Plans

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
