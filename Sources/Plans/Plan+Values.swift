package import Artifacts

extension Plan {
  /// The value of a parameter in a step whose item on an axis has the id that `id` gives; in the parameter's type.
  package func value(of binding: ParameterBinding, as type: ParameterType, id: (_ axis: Int) -> String) -> Value {
    switch binding.source {
    case .value(let value): return value
    case .axis(let axis):
      let id = id(axis)
      guard let value = axes[axis].value(of: id) else {
        preconditionFailure("axis \(axes[axis].name) has no item \(id)")
      }
      // Planning has accepted every item of the axis.
      guard case .success(let accepted) = type.accept(value) else { preconditionFailure("\(value) is not \(type)") }
      return accepted
    }
  }

  /// Every parameter of a step of `node`, by name.
  package func parameters(of node: Node, id: (_ axis: Int) -> String) -> [String: Value] {
    var result: [String: Value] = [:]
    for parameter in node.declaration.parameters {
      guard let binding = node.parameters[parameter.name] else { continue }
      result[parameter.name] = value(of: binding, as: parameter.type, id: id)
    }
    return result
  }

  /// The node of that name.
  package func node(_ name: String) -> Node? { nodes.first { $0.name == name } }
}

extension Plan.Axis {
  /// The ids of the items, ascending by their bytes; nil for members of a collection, which are known when it has run.
  package var ids: [String]? {
    switch items {
    case .values(let items): items.map(\.id)
    case .inputs(let items): items.map(\.id)
    case .members: nil
    }
  }

  /// The number of items; nil for members of a collection.
  package var count: Int? {
    switch items {
    case .values(let items): items.count
    case .inputs(let items): items.count
    case .members: nil
    }
  }

  /// The value of an item of an axis of values.
  package func value(of id: String) -> Value? {
    guard case .values(let items) = items else { return nil }
    var (low, high) = (0, items.count)
    while low < high {
      let middle = (low + high) / 2
      if items[middle].id.precedesInBytes(id) { low = middle + 1 } else { high = middle }
    }
    return low < items.count && items[low].id == id ? items[low].value : nil
  }
}
