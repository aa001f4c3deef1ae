import Artifacts
import JSON
import Plans
import Resolving
import System

/// `ro-crate-metadata.json`: a Provenance Run Crate 0.5 of RO-Crate 1.1.
struct CrateMetadata {
  static let name = "ro-crate-metadata.json"

  private static let profiles = [
    ("https://w3id.org/ro/wfrun/process/0.5", "Process Run Crate", "0.5"),
    ("https://w3id.org/ro/wfrun/workflow/0.5", "Workflow Run Crate", "0.5"),
    ("https://w3id.org/ro/wfrun/provenance/0.5", "Provenance Run Crate", "0.5"),
    (workflow, "Workflow RO-Crate", "1.0"),
    (CrateWorkflow.parameterProfile, "FormalParameter", "1.0-RELEASE"),
    (CrateWorkflow.workflowProfile, "ComputationalWorkflow", "1.0-RELEASE"),
  ]
  private static let workflow = "https://w3id.org/workflowhub/workflow-ro-crate/1.0"

  let edition: Edition
  let imprint: Imprint
  let recipe: RecipeFiles
  let models: [ModelFolders.Model]
  let ledger: Ledger
  let folder: CrateFolder

  /// The document.
  func text() throws -> [UInt8] {
    let graph = CrateGraph()
    var descriptor = Entity(Self.name, "CreativeWork")
    descriptor.refer("conformsTo", ["https://w3id.org/ro/crate/1.1", Self.workflow])
    descriptor.refer("about", "./")
    graph.add(descriptor)
    // The parts of the root are known at the end, and it is read first.
    let rest = CrateGraph()
    let actions = try CrateActions(edition, imprint, ledger, rest).add(pipeline: recipe.pipeline)
    CrateWorkflow(edition, imprint, recipe, rest, in: folder).add(actions)
    let parts = addFiles(to: rest)
    addAgents(to: rest, actions.labs)
    for (id, name, version) in Self.profiles {
      var profile = Entity(id, "CreativeWork")
      profile.state("name", name)
      profile.state("version", version)
      rest.add(profile)
    }
    let license = addLicense(to: rest)
    graph.add(root(parts: parts + actions.artifacts, mentions: actions.all, license: license))
    let entities = (graph.complete + rest.complete).map(\.json)
    return JSON.object([
      (
        "@context",
        .array([
          .string("https://w3id.org/ro/crate/1.1/context"),
          .string("https://w3id.org/ro/terms/workflow-run/context"),
        ])
      ), ("@graph", .array(entities)),
    ]).bytes(.page) + [UInt8(ascii: "\n")]
  }

  private func root(parts: [String], mentions: [String], license: String) -> Entity {
    var root = Entity("./", "Dataset")
    root.state("name", imprint.title)
    root.state("description", "The pipeline '\(edition.resolution.plan.name)' with its results and their provenance.")
    root.state("datePublished", UTC.text(ledger.all.finished, zone: "+00:00"))
    root.refer("license", license)
    root.refer("conformsTo", Self.profiles.prefix(4).map(\.0))
    root.refer("mainEntity", IRI.path(recipe.pipeline))
    root.refer("author", imprint.authors.isEmpty ? [IRI.lab(imprint.lab)] : imprint.authors.indices.map(person))
    root.refer("publisher", IRI.lab(imprint.lab))
    root.refer("hasPart", parts)
    root.refer("mentions", mentions)
    return root
  }

  // MARK: Files

  /// Describes the files of the crate but for blobs; returns the ids of what the root has.
  private func addFiles(to graph: CrateGraph) -> [String] {
    var parts: [String] = []
    for name in folder.names where !name.hasPrefix(CrateNames.results + "/") && name != Self.name {
      parts.append(IRI.path(name))
      graph.add(file(name))
    }
    var sums = Entity(CrateNames.sums, "File")
    sums.state("name", CrateNames.sums)
    sums.state("description", "The SHA-256 of every other file, as 'sha256sum --check' reads it.")
    sums.state("encodingFormat", "text/plain")
    graph.add(sums)
    var results = Entity(CrateNames.results + "/", "Dataset")
    results.state("name", CrateNames.results)
    results.state(
      "description", "Claims, records and bytes of results as an OCI image layout, which 'bioarc import' takes.")
    graph.add(results)
    for model in models {
      var entity = Entity(IRI.path(model.path) + "/", "Dataset")
      entity.state("name", model.name)
      entity.state("description", "The weights of \(model.name), exported for other programs.")
      entity.refer("hasPart", model.files.map(IRI.path))
      graph.add(entity)
    }
    return parts + [CrateNames.sums, CrateNames.results + "/"] + models.map { IRI.path($0.path) + "/" }
  }

  private func file(_ name: String) -> Entity {
    var entity = Entity(IRI.path(name), "File")
    entity.state("name", name)
    entity.state("description", CrateFileNotes.description(name))
    entity.state("encodingFormat", CrateFileNotes.mediaType(name))
    if name == CrateReadme.name { entity.refer("about", "./") }
    if let model = models.first(where: { $0.signature == name }) { entity.refer("about", IRI.path(model.path) + "/") }
    if let file = folder.files[name] {
      entity.state("contentSize", String(file.size))
      entity.state("sha256", file.digest.hex)
    }
    return entity
  }

  // MARK: Agents and terms

  private func person(_ index: Int) -> String { imprint.authors[index].url ?? "#author/\(index + 1)" }

  private func addAgents(to graph: CrateGraph, _ labs: [String]) {
    for (index, author) in imprint.authors.enumerated() {
      var entity = Entity(person(index), "Person")
      entity.state("name", author.name)
      entity.state("givenName", author.given)
      entity.state("familyName", author.family)
      entity.refer("affiliation", IRI.lab(imprint.lab))
      graph.add(entity)
    }
    for lab in [imprint.lab] + labs {
      var entity = Entity(IRI.lab(lab), "Organization")
      entity.state("name", lab)
      graph.add(entity)
    }
  }

  /// Returns the id of the license, which the graph then has.
  private func addLicense(to graph: CrateGraph) -> String {
    let id: String
    var name = "License"
    switch imprint.license {
    // The text is a file of the crate, and described as one.
    case .text: return License.file
    case .url(let url): id = url
    case .spdx(let identifier): (id, name) = ("https://spdx.org/licenses/\(identifier)", identifier)
    }
    var entity = Entity(id, "CreativeWork")
    entity.state("name", name)
    entity.state("description", "The terms under which the crate is published.")
    if case .spdx(let identifier) = imprint.license { entity.state("identifier", identifier) }
    graph.add(entity)
    return id
  }
}
