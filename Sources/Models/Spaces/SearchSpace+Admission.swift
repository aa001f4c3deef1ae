import Blocks

extension SearchSpace {
  /// Whether a path is of this space before its reduction: its depth, modules and widths are those of the space, widths
  /// never decrease and end in the largest where that is asked, and its parameters are within the bound.
  package func admits(_ architecture: Architecture) -> Bool {
    let path = architecture.layers.map(\.width)
    guard depths.contains(architecture.depth), path.allSatisfy(widths.contains),
      architecture.layers.allSatisfy({ layer in
        layer.problem() == nil && modules.contains { $0.layer(width: layer.width) == layer }
      })
    else { return false }
    if monotonic, path.last != widths.max() || zip(path, path.dropFirst()).contains(where: { $0 > $1 }) { return false }
    guard let most = maximumParameters else { return true }
    return architecture.parameters(embedding: embedding, vocabulary: vocabulary) <= most
  }
}
