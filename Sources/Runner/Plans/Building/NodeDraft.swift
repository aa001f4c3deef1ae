import Artifacts
import Syntax
import YAML

/// A stage while it is being planned.
struct NodeDraft {
  /// An axis of the stage, and the place that brought it in.
  struct OwnAxis {
    let index: Int
    let span: Span
  }

  let index: Int
  let syntax: PipelineSyntax.Stage
  let declaration: StageDeclaration?
  /// The command of a lab's own stage; nil for a built-in one.
  var command: CommandStage?
  /// In the order of `Plan.Node.axes`.
  var axes: [OwnAxis] = []
  /// False: something that might bring axes is wrong, so that a missing axis is no finding.
  var areAxesKnown = true
  /// Whether an axis was asked for that the stage does not have: a stage that reads it may have expected that axis too.
  var lacksAxis = false
  /// Axes that its ports gather away, with the place that says so.
  var gathered: [OwnAxis] = []
  /// Axes on which choices say the items that its ports read, with the places of these.
  var decided: [OwnAxis] = []
  /// Axes that a parameter or a port uses.
  var used: Set<Int> = []
  var parameters: [String: Plan.ParameterBinding] = [:]
  var ports: [String: Plan.PortBinding] = [:]
  /// The terms that the file states by parameter or port, with the values of params.
  var terms: [String: Term] = [:]
  var resources = Resources()

  var name: String { syntax.name.text }
  var what: String { "the stage '\(name)'" }

  /// The node, if enough is known of it.
  var node: Plan.Node? {
    declaration.map {
      Plan.Node(
        name: name, declaration: $0, command: command, axes: axes.map(\.index), parameters: parameters,
        ports: ports, resources: resources, position: syntax.name.span.position)
    }
  }
}
