/// The places of the boxes of a graph in layers, so that each arrow leads to the right and few cross.
///
/// A box is in the layer behind the last of those that lead to it (Sugiyama, Tagawa and Toda 1981). An arrow over
/// several layers bends in each between. Within its layer a place is ordered by the mean of its neighbours' in the
/// layer before, then behind, some times; the order with the fewest crossings stays.
struct DiagramLayout {
  enum Place: Hashable {
    case box(Int)
    /// A bend of an arrow in a layer.
    case bend(layer: Int, arrow: Int)

    var box: Int? { if case .box(let box) = self { box } else { nil } }
  }

  /// From left to right; the places of each from top to bottom.
  private(set) var layers: [[Place]] = []
  /// For each arrow the places that it passes, from its first box to its last.
  private(set) var routes: [[Place]] = []

  private static let sweeps = 8

  /// - Parameter arrows: between boxes below `count`. Those that close a circle are left out.
  init(count: Int, arrows: [(from: Int, to: Int)]) {
    var depth = [Int](repeating: 0, count: count)
    // As many times as the longest path is long: what still moves then is on a circle.
    for _ in 0..<count {
      for arrow in arrows where arrow.from != arrow.to {
        depth[arrow.to] = min(count - 1, max(depth[arrow.to], depth[arrow.from] + 1))
      }
    }
    // A box that nothing leads to stands just before the first that reads it.
    for box in 0..<count where !arrows.contains(where: { $0.to == box }) {
      depth[box] = max(0, (arrows.filter { $0.from == box }.map { depth[$0.to] }.min() ?? 1) - 1)
    }
    layers = [[Place]](repeating: [], count: (depth.max() ?? -1) + 1)
    for box in 0..<count { layers[depth[box]].append(.box(box)) }
    for (index, arrow) in arrows.enumerated() where depth[arrow.from] < depth[arrow.to] {
      let bends = (depth[arrow.from] + 1..<depth[arrow.to]).map { Place.bend(layer: $0, arrow: index) }
      for bend in bends { if case .bend(let layer, _) = bend { layers[layer].append(bend) } }
      routes.append([.box(arrow.from)] + bends + [.box(arrow.to)])
    }
    order()
  }

  /// Pairs of neighbouring places on arrows, by the layer of the first.
  private func links() -> [[(Place, Place)]] {
    var home: [Place: Int] = [:]
    for (layer, places) in layers.enumerated() { for place in places { home[place] = layer } }
    var links = [[(Place, Place)]](repeating: [], count: layers.count)
    for route in routes { for pair in zip(route, route.dropFirst()) { links[home[pair.0] ?? 0].append(pair) } }
    return links
  }

  private mutating func order() {
    let links = links()
    var best = (crossings: Self.crossings(layers, links), layers: layers)
    for sweep in 0..<Self.sweeps where best.crossings > 0 {
      if sweep % 2 == 0 {
        for layer in layers.indices.dropFirst() { sort(layer, links[layer - 1].map { ($0.1, $0.0) }, by: layer - 1) }
      } else {
        for layer in layers.indices.dropLast().reversed() { sort(layer, links[layer], by: layer + 1) }
      }
      let crossings = Self.crossings(layers, links)
      if crossings < best.crossings { best = (crossings, layers) }
    }
    layers = best.layers
  }

  /// Orders a layer by the means of the places that its own are linked to, in another layer.
  private mutating func sort(_ layer: Int, _ links: [(Place, Place)], by other: Int) {
    let position = Self.positions(layers[other])
    var sums: [Place: (sum: Double, count: Double)] = [:]
    for (own, neighbour) in links {
      guard let place = position[neighbour] else { continue }
      let old = sums[own] ?? (0, 0)
      sums[own] = (old.sum + Double(place), old.count + 1)
    }
    let keys = layers[layer].enumerated().map { index, place in
      (sums[place].map { $0.sum / $0.count } ?? Double(index), index, place)
    }
    layers[layer] = keys.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }

  private static func positions(_ places: [Place]) -> [Place: Int] {
    Dictionary(uniqueKeysWithValues: places.enumerated().map { ($1, $0) })
  }

  private static func crossings(_ layers: [[Place]], _ links: [[(Place, Place)]]) -> Int {
    var count = 0
    for layer in layers.indices.dropLast() {
      let (left, right) = (positions(layers[layer]), positions(layers[layer + 1]))
      let ends = links[layer].map { (left[$0.0] ?? 0, right[$0.1] ?? 0) }
      for (index, a) in ends.enumerated() {
        for b in ends[(index + 1)...] where (a.0 - b.0) * (a.1 - b.1) < 0 { count += 1 }
      }
    }
    return count
  }
}
