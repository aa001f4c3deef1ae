package import Plans

extension Plan {
  /// The names of the nodes that read what one made, at once or by way of others.
  package func nodes(after name: String) -> Set<String> {
    var found: Set<Int> = []
    var open = nodes.indices.filter { nodes[$0].name == name }
    let sources = nodes.indices.map(sources(of:))
    while let node = open.popLast() {
      open += nodes.indices.filter { sources[$0].contains(node) && found.insert($0).inserted }
    }
    return Set(found.map { nodes[$0].name })
  }

  /// The names of the axes that a port of some node gathers under a role, as `replicate`: those of the outputs of one
  /// node, or of all.
  package func axes(gatheredAs role: String, of source: String? = nil) -> Set<String> {
    var names: Set<String> = []
    for binding in nodes.lazy.flatMap(\.ports.values) {
      if let source {
        guard case .output(let node, _) = binding.source, nodes[node].name == source else { continue }
      }
      names.formUnion((binding.over[role] ?? []).compactMap(\.axis).map { axes[$0].name })
    }
    return names
  }
}
