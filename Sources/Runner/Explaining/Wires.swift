import Plans

/// The sources of ports as a plan tells them, for comparing two plans.
struct Wires {
  private let plan: Plan
  /// The name that a node has in the other plan.
  private let renamed: (String) -> String

  init(_ plan: Plan, renamed: @escaping (String) -> String = { $0 }) { (self.plan, self.renamed) = (plan, renamed) }

  /// A source in words, equal for equal ones: `$tokens.tokenizer`, with the roles of a port that gathers.
  func words(_ binding: Plan.PortBinding) -> String {
    let over = binding.over.sorted { $0.key < $1.key }.map { role, ids in
      "\(role): [\(ids.map(words).joined(separator: ", "))]"
    }
    let source = words(binding.source)
    return over.isEmpty ? source : "\(source) over { \(over.joined(separator: ", ")) }"
  }

  /// Whether a source is an input of the pipeline, whose content may differ.
  func isInput(_ binding: Plan.PortBinding) -> Bool {
    switch binding.source {
    case .input: true
    case .axis(let axis): if case .inputs = plan.axes[axis].items { true } else { false }
    case .output, .chosen, .text: false
    }
  }

  private func words(_ source: Plan.PortBinding.Source) -> String {
    let output = { (node: Int, port: String) in "$\(renamed(plan.nodes[node].name)).\(port)" }
    switch source {
    case .input(let index): return "$\(plan.inputs[index].name)"
    case .output(let node, let port): return output(node, port)
    case .chosen(let node, let port, let choosing):
      return "\(output(node, port)) of \(output(choosing.node, choosing.port))"
    case .axis(let axis): return "the axis \(plan.axes[axis].name)"
    case .text(let text): return "'\(text)'"
    }
  }

  private func words(_ id: Plan.PortBinding.GatheredID) -> String {
    switch id {
    case .axis(let axis): plan.axes[axis].name
    case .constant(let axis, let id): "\(axis): \(id)"
    }
  }
}
