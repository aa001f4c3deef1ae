package import Plans

extension Plan {
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
