package import Artifacts
package import Syntax
package import YAML

/// A valid pipeline, ready to run: nodes in an order in which each comes after all that it reads.
///
/// A node is a stage of the file; over its axes it stands for many steps. Facts that depend on content (digests, keys,
/// the items of run-time axes) are not in here.
package struct Plan: Sendable {
  package let name: String
  /// The pipeline file as it was named.
  package let file: String
  package let axes: [Axis]
  package let inputs: [Input]
  package let nodes: [Node]

  package init(name: String, file: String, axes: [Axis], inputs: [Input], nodes: [Node]) {
    self.name = name
    self.file = file
    self.axes = axes
    self.inputs = inputs
    self.nodes = nodes
  }

  /// The node of that name.
  package func node(_ name: String) -> Node? { nodes.first { $0.name == name } }

  /// One axis: its name and the source of its items.
  package struct Axis: Sendable {
    /// The items of an axis, by their source.
    package enum Items: Sendable {
      /// Values of the file, ascending by the bytes of their ids.
      case values([(id: String, value: Value)])
      /// Maps of values of the file, by the names of parameters, ascending by the bytes of their ids.
      case records([(id: String, fields: [String: Value])])
      /// Input files, ascending by id: indices into `inputs`.
      case inputs([(id: String, input: Int)])
      /// The members of a collection that a node writes.
      case members(node: Int, port: String)
    }
    package let name: String
    package let items: Items
    package let position: Position
    package init(name: String, items: Items, position: Position) {
      self.name = name
      self.items = items
      self.position = position
    }

    /// The ids of the items, ascending by their bytes; nil for members of a collection, known when it has run.
    package var ids: [String]? {
      switch items {
      case .values(let items): items.map(\.id)
      case .records(let items): items.map(\.id)
      case .inputs(let items): items.map(\.id)
      case .members: nil
      }
    }

    /// The number of items; nil for members of a collection.
    package var count: Int? {
      switch items {
      case .values(let items): items.count
      case .records(let items): items.count
      case .inputs(let items): items.count
      case .members: nil
      }
    }
  }

  /// One input file or folder.
  package struct Input: Sendable {
    /// As `genome`, or `tasks[tata]` for an item of a keyed collection.
    package let name: String
    package let source: InputSource
    package let kind: ArtifactKind
    /// Empty for a result.
    package let format: String
    package let options: [String: String]
    /// Positions of the values of options.
    package let optionPositions: [String: Position]
    package let position: Position
    package init(
      name: String, source: InputSource, kind: ArtifactKind, format: String, options: [String: String],
      optionPositions: [String: Position], position: Position
    ) {
      self.name = name
      self.source = source
      self.kind = kind
      self.format = format
      self.options = options
      self.optionPositions = optionPositions
      self.position = position
    }
  }

  /// One stage of the file.
  package struct Node: Sendable {
    package let name: String
    package let declaration: StageDeclaration
    /// The command of a lab's own stage; nil for a built-in one.
    package let command: CommandStage?
    /// Indices into `axes`: those of its inputs in the order of its ports, then those of its `for`.
    package let axes: [Int]
    /// Every declared parameter, defaults filled in.
    package let parameters: [String: ParameterBinding]
    /// Only bound ports, by the names of their places.
    package let ports: [String: PortBinding]
    /// The resources that each of its steps may use.
    package let resources: Resources
    package let position: Position
    package init(
      name: String, declaration: StageDeclaration, command: CommandStage? = nil, axes: [Int],
      parameters: [String: ParameterBinding], ports: [String: PortBinding], resources: Resources, position: Position
    ) {
      self.name = name
      self.declaration = declaration
      self.command = command
      self.axes = axes
      self.parameters = parameters
      self.ports = ports
      self.resources = resources
      self.position = position
    }
  }

  /// The value of one parameter in all steps of a node.
  package struct ParameterBinding: Sendable {
    /// The value itself, or the axis that gives it.
    package enum Source: Sendable {
      case value(Value)
      /// The value of the step's item on an axis: of each item the one that the parameter's type accepts.
      case axis(Int, [Value])
    }
    package let source: Source
    /// The place in the file; nil for a default.
    package let position: Position?
    package init(source: Source, position: Position?) {
      self.source = source
      self.position = position
    }
  }

  /// The source of one bound place of a port in all steps of a node.
  package struct PortBinding: Sendable {
    /// An input or a node of the plan by index, an axis by index, or a text.
    package enum Source: Sendable {
      case input(Int)
      case output(node: Int, port: String)
      /// The output of that step of a node which a choice names.
      case chosen(node: Int, port: String, by: Choosing)
      /// The item of an axis of inputs, of members, or of strings (a text item, where the port accepts text).
      case axis(Int)
      /// A string, at a port that accepts text.
      case text(String)
    }
    package let source: Source
    /// The `choice` by which a step of another node is found.
    package struct Choosing: Sendable {
      /// The node and the port that write it.
      package let node: Int
      package let port: String
      /// The axes of the other node that it decides, each with the place of its id in the choice.
      package let axes: [(axis: Int, place: Int)]
      /// The names of the axes of its ids, in their order.
      package let names: [String]
    }
    /// One id of each gathered item.
    package enum GatheredID: Hashable, Sendable {
      /// The id of the item on an axis of the source.
      case axis(Int)
      /// One for all items of the source, under the name of an axis that other sources have.
      case constant(axis: String, id: String)

      package var axis: Int? { if case .axis(let axis) = self { axis } else { nil } }
    }
    /// For a gathering port: by role, the ids of items, in the order of the file. It has every role of the port.
    package let over: [String: [GatheredID]]
    package let position: Position
    package init(source: Source, over: [String: [GatheredID]], position: Position) {
      self.source = source
      self.over = over
      self.position = position
    }
  }
}
