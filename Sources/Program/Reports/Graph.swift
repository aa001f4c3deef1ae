import Artifacts
package import Figures
package import Plans

/// A plan as nodes and labelled edges.
package struct Graph: Encodable {
  private struct Edge: Hashable, Encodable {
    let from: String
    let to: String
    let label: String
  }
  private struct Input: Encodable {
    let id: String
    let label: String
  }
  private struct Stage: Encodable {
    let id: String
    let name: String
    /// The stage of the registry that it runs.
    let stage: String
    let axes: [String]
    var label: [String] {
      [name] + (stage == name ? [] : ["(\(stage))"]) + (axes.isEmpty ? [] : ["over " + axes.joined(separator: ", ")])
    }
  }
  private var inputs: [Input] = []
  private var stages: [Stage] = []
  private var edges: [Edge] = []

  package init(_ plan: Plan) {
    var inputIDs: [String: String] = [:]
    let inputID = { (name: String, label: String, graph: inout Graph) -> String in
      if let id = inputIDs[name] { return id }
      let id = "i\(inputIDs.count)"
      inputIDs[name] = id
      graph.inputs.append(Input(id: id, label: label))
      return id
    }
    for (index, node) in plan.nodes.enumerated() {
      stages.append(
        Stage(
          id: "s\(index)", name: node.name, stage: node.declaration.name, axes: node.axes.map { plan.axes[$0].name }))
      for (port, binding) in node.ports.sorted(by: { $0.key < $1.key }) {
        let gather = binding.over.values.flatMap { $0.compactMap(\.axis) }.map { plan.axes[$0].name }
        let words = gather.isEmpty ? port : "\(port) over \(gather.joined(separator: ", "))"
        switch binding.source {
        case .input(let input):
          let name = plan.inputs[input].name
          edges.append(Edge(from: inputID(name, name, &self), to: "s\(index)", label: words))
        case .output(let upstream, _): edges.append(Edge(from: "s\(upstream)", to: "s\(index)", label: words))
        case .chosen(let upstream, _, let choosing):
          edges.append(Edge(from: "s\(upstream)", to: "s\(index)", label: words))
          edges.append(Edge(from: "s\(choosing.node)", to: "s\(index)", label: "chooses \(words)"))
        case .axis(let axis):
          switch plan.axes[axis].items {
          case .inputs(let items):
            let name = "\(plan.axes[axis].name) (\(items.count) inputs)"
            edges.append(Edge(from: inputID(name, name, &self), to: "s\(index)", label: words))
          case .members(let upstream, _): edges.append(Edge(from: "s\(upstream)", to: "s\(index)", label: words))
          case .values, .records: break
          }
        case .text: break
        }
      }
    }
  }

  /// Mermaid flowchart text.
  package var mermaid: String {
    var lines = ["flowchart LR"]
    for input in inputs { lines.append("  \(input.id)[(\"\(input.label)\")]") }
    for stage in stages { lines.append("  \(stage.id)[\"\(stage.label.joined(separator: "<br/>"))\"]") }
    for edge in edges { lines.append("  \(edge.from) -- \"\(edge.label)\" --> \(edge.to)") }
    return lines.joined(separator: "\n")
  }

  /// Graphviz text.
  package var dot: String {
    var lines = ["digraph pipeline {", "  rankdir=LR; node [shape=box, fontname=\"sans-serif\"];"]
    for input in inputs { lines.append("  \(input.id) [shape=cylinder, label=\"\(input.label)\"];") }
    for stage in stages { lines.append("  \(stage.id) [label=\"\(stage.label.joined(separator: "\\n"))\"];") }
    for edge in edges { lines.append("  \(edge.from) -> \(edge.to) [label=\"\(edge.label)\"];") }
    return lines.joined(separator: "\n") + "\n}"
  }

  /// The graph as a picture: a box for each input and stage, with further lines of each stage and its kind by its name.
  package func diagram(_ title: String, _ stage: (String) -> (lines: [String], kind: Diagram.Box.Kind)) -> Diagram {
    let ids = inputs.map(\.id) + stages.map(\.id)
    let places = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) })
    let boxes =
      inputs.map { Diagram.Box([$0.label], .given) }
      + stages.map { own in
        let (lines, kind) = stage(own.name)
        return Diagram.Box(own.label + lines, kind)
      }
    var seen: Set<[String]> = []
    let arrows = edges.compactMap { edge -> (from: Int, to: Int)? in
      guard seen.insert([edge.from, edge.to]).inserted, let from = places[edge.from], let to = places[edge.to] else {
        return nil
      }
      return (from, to)
    }
    return Diagram("graph", title: title, boxes: boxes, arrows: arrows)
  }
}
