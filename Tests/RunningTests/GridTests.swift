import Resolving
import Testing

/// Steps as items of a product of axes.
@Suite struct GridTests {
  static let grid = Grid(axes: [4, 1, 7], ids: [["a", "b"], ["1", "2", "3"], ["x"]])

  @Test func `items of a grid are the product of its axes`() {
    #expect(Self.grid.count == 6)
    #expect(Set((0..<6).map(Self.grid.ids(of:))).count == 6)
    #expect(Self.grid.ids(of: 0) == ["a", "1", "x"])
    #expect(Self.grid.ids(of: 5) == ["b", "3", "x"])
    #expect(Grid(axes: [], ids: []).count == 1)
  }

  @Test func `items of two grids agree on shared axes`() {
    let other = Grid(axes: [1, 9], ids: [["1", "2", "3"], ["p", "q"]])
    let there = GridMap(from: Self.grid, to: other)
    let back = GridMap(from: other, to: Self.grid)
    for item in 0..<6 {
      let items = there.items(item)
      #expect(items.map { other.ids(of: $0) } == ["p", "q"].map { [Self.grid.ids(of: item)[1], $0] })
      for match in items { #expect(back.items(match).contains(item)) }
    }
    for item in 0..<6 { #expect(back.items(item).count == 2 && back.items(item) == back.items(item).sorted()) }
    #expect(GridMap(from: Grid(axes: [], ids: []), to: Self.grid).items(0) == Array(0..<6))
    #expect(GridMap(from: Self.grid, to: Grid(axes: [], ids: [])).items(5) == [0])
  }
}
