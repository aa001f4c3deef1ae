package import Artifacts
import Catalogs
import Plans
package import Resolving
import Syntax
package import YAML

/// The fields of a step that are in its key and those that are not: the answer to "why was this not rerun?".
package struct KeyTable: Sendable {
  package enum Place: Hashable, Sendable {
    case inKey
    /// The value is left out of the key; any other would be in it.
    case neutral
    case notInKey
    /// The field is in the key as soon as the step that it names has run.
    case notYet
  }

  package enum Source: Hashable, Sendable {
    /// The file says so, or an option: see the position.
    case written
    case axis(String)
    /// The declaration's default.
    case standard
    /// The program, as the version of a stage; of a lab's own stage the file that declares it.
    case code(file: String?)
  }

  package struct Row: Hashable, Sendable {
    package let name: String
    package let value: String
    package let place: Place
    package let source: Source
    package let position: Position?
  }

  package let step: String
  package let key: Digest?
  package let stage: [Row]
  package let parameters: [Row]
  package let ports: [Row]

  package init(_ step: StepIndex, in resolution: Resolution) throws {
    self.step = resolution.address(step)
    key = resolution.key(of: step)
    let facts = try resolution.facts(of: step)
    let declaration = resolution.plan.nodes[step.node].declaration
    let code = Source.code(file: resolution.plan.nodes[step.node].command?.file)
    stage = [
      Row(
        name: "stage", value: declaration.name, place: .inKey, source: .written,
        position: resolution.plan.nodes[step.node].position),
      Row(name: "behaviour version", value: "\(declaration.version)", place: .inKey, source: code, position: nil),
    ]
    parameters = Self.parameters(step, resolution)
    ports = Self.ports(step, facts, resolution)
  }

  private static func parameters(_ step: StepIndex, _ resolution: Resolution) -> [Row] {
    let plan = resolution.plan
    let node = plan.nodes[step.node]
    let values = resolution.parameters(of: step)
    return node.declaration.parameters.compactMap { parameter in
      guard let binding = node.parameters[parameter.name] else { return nil }
      // Nothing is known of the item where an axis of the step is not.
      let value = values[parameter.name]
      var source = binding.position == nil ? Source.standard : .written
      if case .axis(let axis, _) = binding.source { source = .axis(plan.axes[axis].name) }
      let isNeutral = value.map(parameter.isNeutral) ?? false
      return Row(
        name: parameter.name, value: value?.description ?? plan.words(binding),
        place: parameter.role == .resource ? .notInKey : isNeutral ? .neutral : .inKey, source: source,
        position: binding.position)
    }
  }

  private static func ports(_ step: StepIndex, _ facts: StepFacts, _ resolution: Resolution) -> [Row] {
    let comparison = FieldComparison(resolution, readsContent: false)
    let node = resolution.plan.nodes[step.node]
    // An own stage binds its command beyond its ports.
    let command = (resolution.catalog.commands.content(of: step.node)?.facts ?? []).map { name, value in
      Row(name: name, value: value, place: .inKey, source: .code(file: node.command?.file), position: nil)
    }
    return command
      + node.places.map { name in
        let (origin, position) = comparison.origin(of: name, step)
        let bound = facts.identity.ports[name]
        let words = [
          facts.texts[name], bound.map { comparison.words($0) },
          origin.map { (bound == nil ? "" : "from ") + $0 },
        ]
        return Row(
          name: name, value: words.compactMap { $0 }.joined(separator: " "), place: bound == nil ? .notYet : .inKey,
          source: .written, position: position)
      }
  }
}
