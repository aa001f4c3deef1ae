import Blocks
import Searches
import Spaces
import Testing

/// Neighbours of architectures.
@Suite struct VariationTests {
  private static let parents = ["c32-t64", "h32-h64-c64", "c64-c64"].map { try! Architecture(parsing: $0) }

  private func children(
    _ operations: [Variation.Operation], count: Int = 20, seed: Int = 1, without: [Architecture] = []
  ) -> [Variation.Child] {
    Variation(Variation.space(of: Self.parents), operations: operations)
      .children(of: Self.parents, without: without, count: count, seed: seed)
  }

  @Test func `children are new, of the space, and one change from their parents`() throws {
    let space = Variation.space(of: Self.parents)
    #expect(space.monotonic && space.depths == [2, 3] && space.widths == [32, 64])
    for operation in Variation.Operation.allCases {
      let children = children([operation])
      #expect(Set(children.map(\.architecture)).count == children.count)
      for child in children {
        #expect(space.admits(child.architecture) && !Self.parents.contains(child.architecture))
        #expect(child.operation == operation.rawValue && child.parents.count == (operation == .cross ? 2 : 1))
        let parent = try Architecture(parsing: child.parents[0])
        let (own, old) = (child.architecture.layers, parent.layers)
        switch operation {
        case .mutate: #expect(own.map(\.width) == old.map(\.width) && zip(own, old).count { $0 != $1 } == 1)
        case .widen: #expect(zip(own, old).count { $0.width > $1.width } == 1 && own.map(\.kind) == old.map(\.kind))
        case .narrow: #expect(zip(own, old).count { $0.width < $1.width } == 1 && own.map(\.kind) == old.map(\.kind))
        case .deepen: #expect(own.count == old.count + 1)
        case .shorten: #expect(own.count == old.count - 1)
        case .cross:
          let other = try Architecture(parsing: child.parents[1]).layers
          #expect(own.first == old.first && own.last == other.last)
        }
      }
    }
    #expect(!children([.mutate]).isEmpty && !children([.deepen]).isEmpty && !children([.cross]).isEmpty)
  }

  @Test func `one seed makes the same children, and what is known is not made again`() {
    let all = Variation.Operation.allCases
    let first = children(all, count: 8)
    #expect(first.count == 8 && children(all, count: 8) == first && children(all, count: 8, seed: 2) != first)
    // More extend fewer.
    #expect(Array(children(all, count: 12).prefix(8)) == first)
    let next = children(all, count: 8, without: first.map(\.architecture))
    #expect(Set(next.map(\.architecture)).isDisjoint(with: first.map(\.architecture)))
  }

  @Test func `a space without neighbours has no children`() throws {
    let one = [try Architecture(parsing: "c32")]
    let variation = Variation(Variation.space(of: one), operations: Variation.Operation.allCases)
    #expect(variation.children(of: one, without: [], count: 4, seed: 0).isEmpty)
  }

  @Test func `a bound on parameters holds`() throws {
    var space = Variation.space(of: Self.parents)
    let most = Self.parents.map { $0.parameters(embedding: space.embedding) }.max()!
    space.maximumParameters = most
    let children = Variation(space, operations: [.widen, .deepen, .mutate])
      .children(of: Self.parents, without: [], count: 12, seed: 3)
    #expect(!children.isEmpty)
    for child in children { #expect(child.architecture.parameters(embedding: space.embedding) <= most) }
  }
}
