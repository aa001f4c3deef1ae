/// A step by the names of its node and of its axes, and its ids on them.
package struct StepName: Hashable, Sendable {
  package let node: String
  package let axes: [String]
  /// nil: they are not known, so that any step of the node will do.
  package let ids: [String]?

  package init(node: String, axes: [String], ids: [String]?) { (self.node, self.axes, self.ids) = (node, axes, ids) }

  /// The ids in the order of `others`, the axes of its node at another time. An axis that has another name there goes
  /// by its place: it was renamed.
  package func ids(on others: [String]) -> [String]? {
    guard let ids, others != axes, others.count == axes.count else { return ids }
    var rest = axes.indices.filter { !others.contains(axes[$0]) }[...]
    return others.map { other in axes.firstIndex(of: other) ?? rest.removeFirst() }.map { ids[$0] }
  }
}
