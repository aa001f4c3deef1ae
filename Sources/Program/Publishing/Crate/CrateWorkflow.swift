import Artifacts
import Plans
import Resolving

/// The pipeline in a crate: its file, its stages as steps of it, what these run, and the ports and parameters of all.
struct CrateWorkflow {
  static let parameterProfile = "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"
  static let workflowProfile = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
  private static let language = "#language"

  private let edition: Edition
  private let imprint: Imprint
  private let recipe: RecipeFiles
  private let graph: CrateGraph
  private let file: CrateFolder.File?
  private var plan: Plan { edition.resolution.plan }

  /// - Parameter folder: the folder in which the pipeline file is already.
  init(
    _ edition: Edition, _ imprint: Imprint, _ recipe: RecipeFiles, _ graph: CrateGraph, in folder: CrateFolder
  ) {
    (self.edition, self.imprint, self.recipe, self.graph) = (edition, imprint, recipe, graph)
    file = folder.files[recipe.pipeline]
  }

  func add(_ actions: CrateActions.Added) {
    var tools: [String] = []
    for node in plan.nodes where graph.add(tool(node)) {
      addParameters(node.declaration)
      // A tool that has run nowhere is a part of nothing that has run.
      if actions.stages.contains(node.declaration.name) { tools.append(IRI.stage(node.declaration.name)) }
    }
    for (index, node) in plan.nodes.enumerated() { graph.add(step(index, node)) }
    var language = Entity(Self.language, "ComputerLanguage")
    language.state("name", "bioarc")
    language.state("alternateName", "pipeline file of bioarc")
    language.state("version", "1")
    graph.add(language)
    var engine = Entity(CrateActions.engine, "SoftwareApplication")
    engine.state("name", "bioarc")
    engine.state("softwareVersion", imprint.program)
    graph.add(engine)
    for (name, type) in actions.inputs + actions.results {
      var parameter = Entity(name, "FormalParameter")
      parameter.state("name", String(name.drop { $0 != "/" }.dropFirst()))
      parameter.state("additionalType", type)
      parameter.refer("conformsTo", Self.parameterProfile)
      graph.add(parameter)
    }
    addPipeline(tools, actions)
  }

  private func addPipeline(_ tools: [String], _ actions: CrateActions.Added) {
    var entity = Entity(
      IRI.path(recipe.pipeline), "File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo")
    entity.state("name", plan.name)
    entity.state("description", "The pipeline file.")
    entity.state("encodingFormat", "application/yaml")
    entity.refer("programmingLanguage", Self.language)
    entity.refer("conformsTo", Self.workflowProfile)
    entity.refer("input", actions.inputs.map(\.name))
    entity.refer("output", actions.results.map(\.name))
    entity.refer("hasPart", tools)
    entity.refer("step", plan.nodes.map { IRI.step($0.name) })
    if let file {
      entity.state("contentSize", String(file.size))
      entity.state("sha256", file.digest.hex)
      entity.state("version", file.digest.short)
    }
    graph.add(entity)
  }

  // MARK: Steps and tools

  /// A stage of the pipeline file.
  private func step(_ index: Int, _ node: Plan.Node) -> Entity {
    var entity = Entity(IRI.step(node.name), "HowToStep")
    entity.state("name", node.name)
    entity.state("position", String(index + 1))
    entity.refer("workExample", IRI.stage(node.declaration.name))
    let axes = node.axes.map { plan.axes[$0].name }
    entity.state("description", axes.isEmpty ? nil : "For each of " + axes.joined(separator: ", ") + ".")
    entity.refer("connection", node.places.flatMap { connections(node, $0) })
    return entity
  }

  /// Adds the connections to a port; returns their ids.
  private func connections(_ node: Plan.Node, _ place: String) -> [String] {
    guard let binding = node.ports[place] else { return [] }
    let sources = self.sources(binding.source)
    return sources.enumerated().map { index, source in
      let number = sources.count == 1 ? "" : "/\(index + 1)"
      var entity = Entity(
        "#connection/\(IRI.path(node.name))/\(IRI.path(place))\(number)", "ParameterConnection")
      entity.refer("sourceParameter", source)
      entity.refer("targetParameter", IRI.input(node.declaration.name, PortPlace(place).port))
      graph.add(entity)
      return entity.id
    }
  }

  /// The parameters of the crate that a port is bound to; none for a text.
  private func sources(_ source: Plan.PortBinding.Source) -> [String] {
    let output = { (node: Int, port: String) in IRI.output(plan.nodes[node].declaration.name, port) }
    switch source {
    case .input(let index): return [IRI.input(plan.inputs[index].name)].filter(graph.contains)
    case .output(let node, let port), .chosen(let node, let port, _): return [output(node, port)]
    case .text: return []
    case .axis(let axis):
      switch plan.axes[axis].items {
      case .inputs(let items): return items.map { IRI.input(plan.inputs[$0.input].name) }.filter(graph.contains)
      case .members(let node, let port): return [output(node, port)]
      case .values, .records: return []
      }
    }
  }

  /// The program of a stage.
  private func tool(_ node: Plan.Node) -> Entity {
    let declaration = node.declaration
    var entity = Entity(IRI.stage(declaration.name), "SoftwareApplication")
    entity.state("name", declaration.name)
    entity.state("description", PlainText.of(declaration.summary))
    entity.state("softwareVersion", String(declaration.version))
    let values = declaration.parameters.filter { $0.role != .resource }
    entity.refer(
      "input",
      declaration.inputs.map { IRI.input(declaration.name, $0.name) }
        + values.map { IRI.parameter(declaration.name, $0.name) })
    entity.refer("output", declaration.outputs.map { IRI.output(declaration.name, $0.name) })
    // The code of a lab's own stage is in the crate.
    entity.refer("isBasedOn", (recipe.stages[declaration.name] ?? []).map(IRI.path))
    return entity
  }

  private func addParameters(_ declaration: StageDeclaration) {
    for port in declaration.inputs {
      let id = IRI.input(declaration.name, port.name)
      addParameter(
        id, port.name, graph.ofFolders.contains(id) ? "Dataset" : "File", port.help,
        isList: !port.roles.isEmpty || port.acceptsSeveral)
    }
    for port in declaration.outputs {
      addParameter(
        IRI.output(declaration.name, port.name), port.name, port.layout == .tree ? "Dataset" : "File", port.help)
    }
    for parameter in declaration.parameters where parameter.role != .resource {
      addParameter(
        IRI.parameter(declaration.name, parameter.name), parameter.name, Self.type(parameter.type), parameter.help)
    }
  }

  private func addParameter(_ id: String, _ name: String, _ type: String, _ help: String, isList: Bool = false) {
    var entity = Entity(id, "FormalParameter")
    entity.state("name", name)
    entity.state("description", PlainText.of(help))
    entity.state("additionalType", type)
    if isList { entity.state("multipleValues", "True") }
    entity.refer("conformsTo", Self.parameterProfile)
    graph.add(entity)
  }

  private static func type(_ type: ParameterType) -> String {
    switch type {
    case .bool: "Boolean"
    case .int: "Integer"
    case .float: "Float"
    case .string, .choice, .list: "Text"
    }
  }
}
