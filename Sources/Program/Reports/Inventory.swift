import Artifacts
import Plans
package import Resolving
import Running

/// One output of one step in the list of all that a pipeline has to show.
package struct Inventory: Encodable {
  package let step: String
  package let output: String
  package let kind: String
  package let state: String
  package let bytes: Int?

  /// The outputs of a step. The bytes are those of the files, before they were compressed.
  private static func rows(
    of step: StepIndex, _ resolution: Resolution, _ inHand: StepsInHand
  ) throws -> [Inventory] {
    let standing = try Standing.step(step, resolution, inHand)
    var outputs: [String: ResultRecord.Output] = [:]
    if case .outputs(let found)? = try resolution.record(of: step)?.outcome { outputs = found }
    return resolution.plan.nodes[step.node].declaration.outputs.map { declared in
      let output = outputs[declared.name]
      return Inventory(
        step: standing.step, output: declared.name, kind: declared.kind.name, state: standing.state,
        bytes: output.map { $0.manifest.map { $0.entries.reduce(0) { $0 + $1.size } } ?? $0.artifact.size })
    }
  }

  /// The outputs of a pipeline, at most `limit` steps of each stage (0: all), and notes on those that are left out.
  package static func all(_ resolution: Resolution, limit: Int) throws -> (rows: [Inventory], notes: [String]) {
    let inHand = try StepsInHand(resolution)
    var (rows, notes): ([Inventory], [String]) = ([], [])
    for (index, node) in resolution.plan.nodes.enumerated() {
      guard resolution.grid(of: index) != nil else {
        rows += node.declaration.outputs.map {
          Inventory(step: node.name, output: $0.name, kind: $0.kind.name, state: "waiting", bytes: nil)
        }
        notes.append("the steps of \(node.name) are known when what it reads has run")
        continue
      }
      let steps = resolution.steps(of: index)
      let shown = limit > 0 ? steps.prefix(limit) : steps[...]
      rows += try shown.flatMap { try Inventory.rows(of: $0, resolution, inHand) }
      if shown.count < steps.count {
        notes.append("\(steps.count - shown.count) more steps of \(node.name); --rows 0 lists all")
      }
    }
    return (rows, notes)
  }
}
