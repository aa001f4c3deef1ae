import Artifacts
import Catalogs
import Compression
import Console
import Glibc
import Plans
import Resolving
import Sessions
import Syntax

/// The pipeline's file and the files of the own stages that its steps run, as a crate has them.
struct RecipeFiles {
  /// The path of the pipeline in the crate.
  let pipeline: String
  /// The files of own stages, by the names of the stages; the first of each declares it.
  private(set) var stages: [String: [String]] = [:]
  /// Whether an input has an absolute path in the pipeline file.
  let hasAbsolutePaths: Bool

  /// Writes them. Throws a `Complaint` for code that leads out of its folder, or that has changed since the session
  /// began.
  init(_ edition: Edition, to folder: CrateFolder) throws {
    let session = edition.session
    let name = session.request.pipeline.split(separator: "/").last.map(String.init) ?? ""
    pipeline = "pipelines/" + (name.isEmpty || name == Places.standardInput ? "pipeline.yaml" : name)
    try folder.write(pipeline, session.request.text)
    let isAbsolute = session.plan.file.hasPrefix("/")
    hasAbsolutePaths = !isAbsolute && session.plan.inputs.contains { $0.source.localPath?.hasPrefix("/") ?? false }
    for (index, node) in session.plan.nodes.enumerated() {
      guard let stage = node.command, stages[stage.declaration.name] == nil else { continue }
      let content = session.catalog.commands.content(of: index)
      stages[stage.declaration.name] = try Self.write(stage, content, to: folder)
    }
  }

  private static func write(
    _ stage: CommandStage, _ content: CommandCatalog.Content?, to folder: CrateFolder
  ) throws -> [String] {
    let declaration = "stages/\(stage.declaration.name).yaml"
    try folder.write(declaration, try Places.read(stage.file))
    var names = [declaration]
    for (code, path) in content?.files ?? [] {
      let name = "stages/" + code
      names.append(name)
      if folder.files[name] != nil { continue }
      guard isInside(path, stage.folder) else {
        throw Complaint.failure("'\(path)' is a link that leads out of '\(stage.folder)': a crate cannot have it")
      }
      let bytes = try Places.read(path)
      let expected = content?.manifest[CommandTree.name(ofCode: code)]?.digest
      let isSame = try Digest.of(bytes) == expected || digestOfContent(bytes) == expected
      guard isSame else { throw Complaint.failure("'\(path)' has changed just now: begin again") }
      try folder.write(name, bytes)
    }
    return names
  }

  /// The digest under which a key knows a file that is compressed.
  private static func digestOfContent(_ bytes: [UInt8]) throws -> Digest {
    .of(try Decompressing.reader(over: MemoryReader(bytes[...])).allBytes())
  }

  /// Whether a path leads to something in a folder, links followed.
  private static func isInside(_ path: String, _ folder: String) -> Bool {
    guard let place = realpath(path, nil), let base = realpath(folder, nil) else { return false }
    defer { for text in [place, base] { free(text) } }
    let root = String(cString: base)
    return String(cString: place).hasPrefix(root == "/" ? root : root + "/")
  }
}
