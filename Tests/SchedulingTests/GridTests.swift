import Scheduling
import Testing

/// Steps as items of a product of axes.
@Suite struct GridTests {
  static let grid = Grid(axes: [4, 1, 7], ids: [["a", "b"], ["1", "2", "3"], ["x"]])

  @Test func itemsAreTheProduct() {
    #expect(Self.grid.count == 6)
    #expect(Set((0..<6).map(Self.grid.ids(of:))).count == 6)
    #expect(Self.grid.ids(of: 0) == ["a", "1", "x"])
    #expect(Self.grid.ids(of: 5) == ["b", "3", "x"])
    #expect(Grid(axes: [], ids: []).count == 1)
  }

  @Test func matchingItemsAgreeOnSharedAxes() {
    let other = Grid(axes: [1], ids: [["1", "2", "3"]])
    for item in 0..<6 {
      let match = other.item(matching: item, of: Self.grid)
      #expect(other.ids(of: match)[0] == Self.grid.ids(of: item)[1])
      #expect(Self.grid.items(where: other.coordinates(of: match)).contains(item))
    }
    #expect(Self.grid.items(where: [:]).sorted() == Array(0..<6))
    #expect(Self.grid.items(where: [4: 1, 99: 0]).map(Self.grid.ids(of:)).allSatisfy { $0[0] == "b" })
  }
}
