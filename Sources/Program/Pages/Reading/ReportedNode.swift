package import Artifacts
package import Plans
package import Resolving

/// A stage of a reported run, with the keys of its steps.
package struct ReportedNode: Sendable {
  package let name: String
  /// The node of the plan; nil where the run's log has no pipeline that can be planned.
  package let planned: Plan.Node?
  /// nil where the run did not come to know its steps, or the store lost the list of them.
  package let bindings: Bindings?
  /// By ids, the keys of steps that a run began which has no end; their node may have had none when it was logged.
  let begun: [[String]: Digest]

  package var count: Int { bindings?.count ?? 0 }
  package func address(_ item: Int) -> String { bindings?.address(of: name, at: item) ?? name }
  package func key(_ item: Int) -> Digest? {
    bindings?.key(at: item) ?? (begun.isEmpty ? nil : begun[ids(item)])
  }

  /// The ids of a step on the axes, in their order.
  package func ids(_ item: Int) -> [String] { bindings?.ids(at: item) ?? [] }
}
