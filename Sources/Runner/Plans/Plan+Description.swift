internal import Artifacts
import Syntax
import YAML

extension Plan: CustomStringConvertible {
  /// The plan in lines: axes, inputs, then nodes in their order, with parameters and ports by name.
  package var description: String {
    (["plan \(name) of \(file)"] + lines { " \($0.place)" }).joined(separator: "\n") + "\n"
  }

  /// The lines that tell of axes, inputs and nodes, without the places where they are written and without resources,
  /// which are in no key; lines of a node begin with its name.
  package var content: [String] {
    var node = ""
    return lines { _ in "" }.compactMap { line in
      if line.hasPrefix("  ") { return line.hasPrefix("  resources ") ? nil : node + line.dropFirst() }
      node = String(line.prefix { $0 != ":" })
      return line
    }
  }

  private func lines(_ place: (Position) -> String) -> [String] {
    var lines = axes.map { "axis \($0.name)\(place($0.position)): \(words($0.items))" }
    for input in inputs {
      let options = input.options.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
      let form = "\(input.kind) \(input.format)\(options)"
      lines.append("input \(input.name)\(place(input.position)): \(input.source.place) \(form)")
    }
    for node in nodes { lines += describe(node, place) }
    return lines
  }

  private func describe(_ node: Node, _ place: (Position) -> String) -> [String] {
    let names = node.axes.map { axes[$0].name }.joined(separator: ", ")
    let stage = "\(node.declaration.name)/\(node.declaration.version)"
    var lines = ["node \(node.name)\(names.isEmpty ? "" : "[\(names)]")\(place(node.position)): \(stage)"]
    for (name, binding) in node.parameters.sorted(by: { $0.key < $1.key }) {
      let source =
        switch binding.source {
        case .value(let value): value.description
        case .axis(let axis, _): "$" + axes[axis].name
        }
      lines.append("  with \(name) = \(source)" + (binding.position.map(place) ?? ""))
    }
    for name in node.places {
      guard let binding = node.ports[name], let port = node.declaration.input(at: name) else { continue }
      var line = "  in \(name) = \(words(binding.source))\(place(binding.position))"
      for role in port.roles {
        let gathered = binding.over[role, default: []].map(words).joined(separator: ", ")
        line += " \(role)=[\(gathered)]"
      }
      lines.append(line)
    }
    if !node.resources.isEmpty { lines.append("  resources \(node.resources)") }
    return lines
  }

  private func words(_ id: PortBinding.GatheredID) -> String {
    switch id {
    case .axis(let axis): axes[axis].name
    case .constant(let axis, let id): "\(axis): \(id)"
    }
  }

  private func words(_ source: PortBinding.Source) -> String {
    switch source {
    case .input(let index): "input " + inputs[index].name
    case .output(let node, let port): "\(nodes[node].name).\(port)"
    case .chosen(let node, let port, let choosing):
      "\(nodes[node].name).\(port) of \(nodes[choosing.node].name).\(choosing.port)"
    case .axis(let axis): "$" + axes[axis].name
    case .text(let text): "text \(text)"
    }
  }

  private func words(_ items: Axis.Items) -> String {
    switch items {
    case .values(let items):
      items.map { $0.id == $0.value.description ? $0.id : "\($0.id)=\($0.value)" }.joined(separator: ", ")
    case .records(let items):
      items.map { item in
        let fields = item.fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return "\(item.id)={\(fields.joined(separator: ", "))}"
      }.joined(separator: ", ")
    case .inputs(let items): items.map { "\($0.id)=\(inputs[$0.input].name)" }.joined(separator: ", ")
    case .members(let node, let port): "members of \(nodes[node].name).\(port)"
    }
  }
}

extension Position {
  /// "12:5" for a place in the plan's own file; overrides are marked.
  fileprivate var place: String { Override.isFile(file) ? "@\(file):\(line):\(column)" : "@\(line):\(column)" }
}
