import TestSupport
import Testing

@testable import Figures

/// Boxes in layers, and arrows between them.
@Suite struct DiagramTests {
  @Test func `an arrow leads to a box further right, by a bend in each layer between`() {
    var random = RandomNumbers(seed: 11)
    for _ in 0..<200 {
      let count = Int.random(in: 1...14, using: &random)
      let arrows = (0..<count).flatMap { to in
        (0..<to).filter { _ in Int.random(in: 0..<4, using: &random) == 0 }.map { (from: $0, to: to) }
      }
      let layout = DiagramLayout(count: count, arrows: arrows)
      var layerOf: [DiagramLayout.Place: Int] = [:]
      for (layer, places) in layout.layers.enumerated() { for place in places { layerOf[place] = layer } }
      #expect(layout.layers.joined().compactMap(\.box).sorted() == Array(0..<count))
      #expect(layout.routes.count == arrows.count)
      for (route, arrow) in zip(layout.routes, arrows) {
        #expect(route.first == .box(arrow.from) && route.last == .box(arrow.to))
        let layers = route.compactMap { layerOf[$0] }
        #expect(zip(layers, layers.dropFirst()).allSatisfy { $0 + 1 == $1 } && layers.count == route.count)
      }
    }
  }

  @Test func `arrows that need not cross do not`() {
    // Two chains, given so that the order of boxes crosses them.
    let layout = DiagramLayout(count: 4, arrows: [(0, 3), (1, 2)])
    let order = layout.layers.map { $0.compactMap(\.box) }
    #expect(order == [[0, 1], [3, 2]] || order == [[1, 0], [2, 3]])
  }

  @Test func `a circle ends nothing, and names are escaped`() {
    let diagram = Diagram(
      "graph", title: "a<b", boxes: [Diagram.Box(["<x>", "1 step"], .done), Diagram.Box(["y"], .failed)],
      arrows: [(0, 1), (1, 0)])
    let svg = diagram.svg()
    #expect(svg.contains("&lt;x&gt;") && !svg.contains("<x>") && svg == diagram.svg() && !svg.contains("nan"))
    #expect(Diagram("graph", title: "empty", boxes: [], arrows: []).svg().contains("</svg>"))
  }
}
