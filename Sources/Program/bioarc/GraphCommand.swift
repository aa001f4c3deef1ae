import ArgumentParser
import Artifacts
import Plans
import Scheduling

/// `bioarc graph`
struct GraphCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case mermaid, dot }

  static let configuration = CommandConfiguration(
    commandName: "graph", abstract: "Draw the stages of a pipeline; a stage over axes is one node.",
    discussion: """
      Examples:
        bioarc graph pipelines/promoters.yaml                 Mermaid, for Markdown
        bioarc graph pipelines/promoters.yaml -f dot | dot -Tsvg > graph.svg
        bioarc graph pipelines/promoters.yaml --json
      """)

  @OptionGroup var options: PipelineOptions
  @Option(name: .shortAndLong, help: "mermaid or dot.") var format = Format.mermaid
  @Flag(help: "Print inputs, stages and edges as JSON.") var json = false

  func run() throws {
    let planned = try Session.planned(options.request())
    Session.complain(planned.findings, planned.sources)
    guard let plan = planned.plan else { throw ExitCode(2) }
    let graph = Graph(plan)
    if json { return try printJSON(graph) }
    Terminal.print(format == .dot ? graph.dot : graph.mermaid)
  }
}

/// A plan as nodes and labelled edges.
struct Graph: Encodable {
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

  init(_ plan: Plan) {
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
        let gather = binding.over.values.flatMap { $0 }.map { plan.axes[$0].name }
        let words = gather.isEmpty ? port : "\(port) over \(gather.joined(separator: ", "))"
        switch binding.source {
        case .input(let input):
          let name = plan.inputs[input].name
          edges.append(Edge(from: inputID(name, name, &self), to: "s\(index)", label: words))
        case .output(let upstream, _): edges.append(Edge(from: "s\(upstream)", to: "s\(index)", label: words))
        case .axis(let axis):
          switch plan.axes[axis].items {
          case .inputs(let items):
            let name = "\(plan.axes[axis].name) (\(items.count) inputs)"
            edges.append(Edge(from: inputID(name, name, &self), to: "s\(index)", label: words))
          case .members(let upstream, _): edges.append(Edge(from: "s\(upstream)", to: "s\(index)", label: words))
          case .values: break
          }
        case .text: break
        }
      }
    }
  }

  /// Mermaid flowchart text.
  var mermaid: String {
    var lines = ["flowchart LR"]
    for input in inputs { lines.append("  \(input.id)[(\"\(input.label)\")]") }
    for stage in stages { lines.append("  \(stage.id)[\"\(stage.label.joined(separator: "<br/>"))\"]") }
    for edge in edges { lines.append("  \(edge.from) -- \"\(edge.label)\" --> \(edge.to)") }
    return lines.joined(separator: "\n")
  }

  /// Graphviz text.
  var dot: String {
    var lines = ["digraph pipeline {", "  rankdir=LR; node [shape=box, fontname=\"sans-serif\"];"]
    for input in inputs { lines.append("  \(input.id) [shape=cylinder, label=\"\(input.label)\"];") }
    for stage in stages { lines.append("  \(stage.id) [label=\"\(stage.label.joined(separator: "\\n"))\"];") }
    for edge in edges { lines.append("  \(edge.from) -> \(edge.to) [label=\"\(edge.label)\"];") }
    return lines.joined(separator: "\n") + "\n}"
  }
}
