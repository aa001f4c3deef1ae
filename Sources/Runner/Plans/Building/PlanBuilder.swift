import Artifacts
import Syntax
import YAML

/// Looks up every name of a pipeline and makes its plan. Faults become findings; a part that rests on a fault is passed
/// over in silence, so that one mistake is one finding.
struct PlanBuilder {
  /// The thing that a name stands for. Axes are looked up in the stage that uses them.
  enum Entity {
    case param(Int)
    /// Index into `inputs`.
    case input(Int)
    /// Index into the syntax's collections.
    case collection(Int)
    /// Index into the syntax's stages.
    case stage(Int)
    case axis

    var words: String {
      switch self {
      case .param: "a param"
      case .input: "an input"
      case .collection: "a collection of inputs"
      case .stage: "a stage"
      case .axis: "an axis"
      }
    }
  }

  let syntax: PipelineSyntax
  let file: String
  let declarations: [String: StageDeclaration]
  let own: OwnStages
  let formats: [InputFormat]
  let findings: Findings

  private(set) var paramIndices: [String: Int]
  var names: [String: (entity: Entity, span: Span)] = [:]
  private(set) var sortedNames: [String] = []
  var axes: [Plan.Axis] = []
  var axisIndices: [String: [Int]] = [:]
  /// By axis, the places of its name and of its items.
  var axisSpans: [(name: Span, items: [Span])] = []
  var inputs: [Plan.Input] = []
  var collectionAxes: [Int?] = []
  /// By stage of the syntax; nil until it has been visited.
  var drafts: [NodeDraft?]
  var nodeCount = 0
  var usedParams: Set<Int> = []
  var usedNames: Set<String> = []
  /// By axis of maps, the fields that parameters read.
  var readFields: [Int: Set<String>] = [:]

  init(
    syntax: PipelineSyntax, file: String, declarations: [StageDeclaration], own: OwnStages,
    formats: [InputFormat], findings: Findings
  ) {
    self.syntax = syntax
    self.file = file
    self.declarations = Dictionary(
      (declarations + own.stages.values.map(\.declaration)).map { ($0.name, $0) }
    ) { first, _ in first }
    self.own = own
    self.formats = formats
    self.findings = findings
    paramIndices = Dictionary(syntax.params.enumerated().map { ($1.name.text, $0) }) { first, _ in first }
    drafts = Array(repeating: nil, count: syntax.stages.count)
  }

  /// The plan, worthless when findings hold an error.
  mutating func build() -> Plan {
    declareNames()
    sortedNames = names.keys.sorted()
    readInputs()
    let order = visitingOrder()
    for index in order { visit(index) }
    if !findings.hasErrors { warn() }
    return Plan(
      name: syntax.name?.text ?? "", file: file, axes: axes, inputs: inputs,
      nodes: order.compactMap { drafts[$0]?.node })
  }

  private mutating func declareNames() {
    for (index, param) in syntax.params.enumerated() { declare(param.name, .param(index)) }
    for (index, input) in syntax.inputs.enumerated() { declare(input.name, .input(index)) }
    for (index, collection) in syntax.collections.enumerated() {
      declare(collection.name, .collection(index))
      declare(collection.axis, .axis)
    }
    for (index, stage) in syntax.stages.enumerated() { declare(stage.name, .stage(index)) }
    for stage in syntax.stages {
      for axis in stage.axes { declare(axis.name, .axis) }
    }
  }

  private mutating func declare(_ name: Name, _ entity: Entity) {
    guard let first = names[name.text] else {
      names[name.text] = (entity, name.span)
      return
    }
    if case .axis = entity, case .axis = first.entity { return }
    findings.error(
      "'\(name.text)' is already the name of \(first.entity.words)", at: name.span,
      help: "params, inputs, stages and axes share one name space",
      notes: [.init("first defined here", at: first.span)])
  }

  /// Warns of names that nothing refers to, often a reference that was forgotten, and of values that stages
  /// advise against.
  private func warn() {
    for (index, param) in syntax.params.enumerated() where !usedParams.contains(index) {
      findings.warning("the param '\(param.name.text)' is not used", at: param.name.span)
    }
    for name in syntax.inputs.map(\.name) + syntax.collections.map(\.name) where !usedNames.contains(name.text) {
      findings.warning("the input '\(name.text)' is not used", at: name.span)
    }
    for (index, axis) in axes.enumerated() {
      guard case .records(let items) = axis.items, let read = readFields[index] else { continue }
      for field in Set(items.flatMap(\.fields.keys)).subtracting(read).sorted() {
        findings.warning("no parameter reads the field '\(field)' of '\(axis.name)'", at: axisSpans[index].name)
      }
    }
    for draft in drafts.compactMap({ $0 }) {
      warnOfIdleAxes(draft)
      report(draft, warnings: true)
    }
  }

  /// Adds an axis, or finds the one of the same name and items.
  mutating func axis(_ name: Name, _ items: Plan.Axis.Items, spans: [Span]) -> Int {
    for index in axisIndices[name.text, default: []] where axes[index].items.isSame(as: items) { return index }
    axes.append(Plan.Axis(name: name.text, items: items, position: name.span.position))
    axisSpans.append((name.span, spans))
    axisIndices[name.text, default: []].append(axes.count - 1)
    return axes.count - 1
  }
}

extension Plan.Axis.Items {
  /// Whether two axes of one name are the same axis.
  func isSame(as other: Self) -> Bool {
    switch (self, other) {
    case (.values(let a), .values(let b)): a.elementsEqual(b) { $0.id == $1.id && $0.value == $1.value }
    case (.records(let a), .records(let b)): a.elementsEqual(b) { $0.id == $1.id && $0.fields == $1.fields }
    case (.inputs(let a), .inputs(let b)): a.elementsEqual(b) { $0.id == $1.id && $0.input == $1.input }
    case (.members(let node, let port), .members(let other, let name)): node == other && port == name
    default: false
    }
  }
}
