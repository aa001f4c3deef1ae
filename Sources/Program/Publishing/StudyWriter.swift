package import Artifacts
import Catalogs
import Console
import JSON
import Plans
import Resolving
import Sessions
import Stores
import Syntax
import System

/// Publishes a pipeline as a study: its file, its own stages and what its inputs were become a result, which is sent as
/// any other, and which others clone.
package enum StudyWriter {
  /// The names under which an edition is found: its own, and that of the newest study of all.
  private static func names(_ name: String) -> [String] { name.isEmpty ? [""] : [name, ""] }

  /// Puts a study into the store, and returns the keys of its results.
  ///
  /// - Parameter withData: whether the bytes of all inputs go too.
  package static func publish(_ edition: Edition, as name: String, withData: Bool) throws -> Set<Digest> {
    let (session, store) = (edition.session, edition.session.store)
    let scratch = try ScratchFolder(in: store)
    defer { scratch.remove() }
    let folder = CrateFolder(scratch.path + "/study")
    let recipe = try RecipeFiles(edition, to: folder)
    if let stranger = folder.names.first(where: { !StudyFile.isAllowed($0) || !Self.isName($0) }) {
      throw Complaint.failure(
        "a study cannot have the file '\(PlainText.of(stranger))': its name is hidden or too long, or git's")
    }
    guard !recipe.hasAbsolutePaths else {
      throw Complaint.failure("the pipeline names inputs by absolute paths, which nobody else has: name them relative")
    }
    let (plan, catalog) = (session.plan, session.catalog)
    let document = StudyFile(
      study: name, lab: edition.lab, pipeline: recipe.pipeline, set: session.request.overrides.map(\.text),
      inputs: Self.inputs(of: plan).map { index in
        let input = plan.inputs[index]
        return StudyFile.Input(input.name, StudyFile.place(of: input, in: plan), catalog.reference(index))
      })
    try folder.write(StudyFile.name, JSON.encode(document))
    let files = try folder.names.map { name in
      let object = try store.put(folder.reader(name).allBytes())
      return TreeManifest.Entry(name: FlatName.name(of: name), digest: object.digest, size: object.size)
    }
    var outputs = [StudyFile.files: try output(TreeManifest(files))]
    if withData { outputs[StudyFile.data] = try output(data(session)) }
    let record = ResultRecord(
      outcome: .outputs(outputs), environment: [:], finished: Clock.wall(), duration: 0, peakMemory: 0)
    return try Set(
      names(name).map { name in
        let identity = StudyFile.identity(name)
        try store.keep(identity: identity, sources: [:])
        _ = try store.publish(record, identity.key)
        return identity.key
      })
  }

  private static func isName(_ path: String) -> Bool { FileName.isValid(FlatName.name(of: path)) }

  /// The inputs that stages read.
  private static func inputs(of plan: Plan) -> [Int] {
    Set(plan.nodes.indices.flatMap { plan.inputs(of: $0) }).sorted()
  }

  /// The bytes of input files, as objects of the store, by their digests: of a folder those of its manifest and of its
  /// files. Inputs that are results go as such.
  private static func data(_ session: Session) throws -> TreeManifest {
    var sizes: [Digest: Int] = [:]
    for index in inputs(of: session.plan) where session.catalog.key(of: index) == nil {
      try session.refuse(session.catalog.require(index) { _, _ in })
      let artifact = session.catalog.reference(index)
      sizes[artifact.digest] = artifact.size
      guard artifact.layout == .tree else { continue }
      let manifest = try TreeManifest(decoding: session.store.bytes(artifact.digest, size: artifact.size))
      for entry in manifest.entries { sizes[entry.digest] = entry.size }
    }
    return TreeManifest(sizes.map { .init(name: $0.hex, digest: $0, size: $1) })
  }

  private static func output(_ manifest: TreeManifest) throws -> ResultRecord.Output {
    let bytes = manifest.encoded()
    return .init(
      artifact: .init(
        kind: ArtifactKind(StudyFile.stage), format: "", options: [:], layout: .tree, digest: .of(bytes),
        size: bytes.count), manifest: manifest, inline: [:])
  }
}
