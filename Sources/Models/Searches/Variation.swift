import Blocks
import Randomness
package import Spaces

/// Neighbours of good architectures, for a search that goes on where another has ended.
package struct Variation: Sendable {
  /// A change of one architecture.
  package enum Operation: String, Sendable, CaseIterable {
    /// Another module for one layer.
    case mutate
    /// The first layers of one and the last of another.
    case cross
    /// The next larger, or smaller, width for one layer.
    case widen, narrow
    /// One layer more, or less.
    case deepen, shorten
  }

  /// A new architecture and where it is from.
  package struct Child: Hashable, Sendable, Codable {
    package let architecture: Architecture
    /// The texts of its parent, or of both.
    package let parents: [String]
    package let operation: String
  }

  /// Constraints; those of the sampling are not read.
  package let space: SearchSpace
  private let operations: [Operation]

  package init(_ space: SearchSpace, operations: [Operation]) { (self.space, self.operations) = (space, operations) }

  /// The smallest space that has all these: their modules, depths and widths, widths that never decrease and end in the
  /// largest if all of theirs do.
  package static func space(of architectures: [Architecture]) -> SearchSpace {
    let layers = architectures.flatMap(\.layers)
    var space = SearchSpace(
      modules: Set(layers.map { Module($0.kind, options: $0.options) }).sorted { $0.text < $1.text },
      depths: Set(architectures.map(\.depth)).sorted(), widths: Set(layers.map(\.width)).sorted(), minimumDistance: 0,
      monotonic: true)
    space.monotonic = architectures.allSatisfy { space.admits($0) }
    return space
  }

  /// Draws in a row that may find nothing new.
  private static let tries = 20_000

  /// As many as `count` new architectures of the space, without these and `others`; fewer when draws find no more.
  ///
  /// A draw t is at counters (t, 0 ...): the parent, uniform; the operation, uniform; the layer and what becomes of it.
  package func children(of parents: [Architecture], without others: [Architecture], count: Int, seed: Int) -> [Child] {
    let random = Philox(seed: seed, stream: .variation)
    var seen = Set(parents + others)
    var children: [Child] = []
    var (draw, last) = (0, 0)
    while children.count < count, draw - last < Self.tries {
      defer { draw += 1 }
      let pick = { (bound: Int, place: Int) in random.integer(below: bound, draw, place) }
      let operation = operations[pick(operations.count, 1)]
      let parent = parents[pick(parents.count, 0)]
      let partner = parents[pick(parents.count, 2)]
      guard let layers = change(parent.layers, partner.layers, operation, pick), !layers.isEmpty else { continue }
      let child = Architecture(layers: layers, embedding: parent.embedding)
      guard space.admits(child), seen.insert(child).inserted else { continue }
      last = draw
      let both = operation == .cross ? [parent.text, partner.text] : [parent.text]
      children.append(Child(architecture: child, parents: both, operation: operation.rawValue))
    }
    return children
  }

  private func change(
    _ layers: [Layer], _ other: [Layer], _ operation: Operation, _ pick: (Int, Int) -> Int
  ) -> [Layer]? {
    var layers = layers
    let place = pick(layers.count, 3)
    let widths = space.widths.sorted()
    switch operation {
    case .mutate: layers[place] = space.modules[pick(space.modules.count, 4)].layer(width: layers[place].width)
    case .cross:
      let cut = pick(other.count, 4)
      layers = Array(layers[...place] + other[cut...])
    case .widen, .narrow:
      guard let now = widths.firstIndex(of: layers[place].width) else { return nil }
      let next = now + (operation == .widen ? 1 : -1)
      guard widths.indices.contains(next) else { return nil }
      let layer = layers[place]
      layers[place] = Layer(layer.kind, width: widths[next], options: layer.options)
    case .deepen:
      let module = space.modules[pick(space.modules.count, 4)]
      layers.insert(module.layer(width: layers[place].width), at: place)
    case .shorten: layers.remove(at: place)
    }
    return layers
  }
}
