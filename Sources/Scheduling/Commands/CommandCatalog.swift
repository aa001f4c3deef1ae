package import Artifacts
import FoundationEssentials
package import Plans
package import Stores

/// The commands of a plan as artifacts: a digest of what each runs, code included, and its bytes in the store once a
/// step needs them. A worker reads them there, so that it needs nothing of the lab's folder.
package final class CommandCatalog {
  /// What the steps of a node run.
  struct Content {
    let command: StageCommand
    let manifest: TreeManifest
    /// Where each code file lies, by its path.
    let files: [(code: String, path: String)]
  }

  private let plan: Plan
  private let store: Store
  private let stats: StatCache
  /// By the name of the stage.
  private var contents: [String: Content] = [:]
  private var stored: Set<String> = []

  init(plan: Plan, store: Store, stats: StatCache) {
    self.plan = plan
    self.store = store
    self.stats = stats
  }

  /// Digests the code of every command; returns what is wrong.
  func resolve() -> [InputFinding] {
    var findings: [InputFinding] = []
    for case let stage? in plan.nodes.map(\.command) where contents[stage.declaration.name] == nil {
      do { contents[stage.declaration.name] = try content(of: stage) } catch let finding as InputFinding {
        findings.append(finding)
      } catch {
        findings.append(InputFinding(position: plan.nodes[0].position, message: "\(stage.file): \(error)"))
      }
    }
    return findings
  }

  /// What the steps of `node` run; nil for a built-in stage.
  func content(of node: Int) -> Content? { contents[plan.nodes[node].declaration.name] }

  /// What the steps of `node` bind at the port `$command`; nil for a built-in stage.
  package func port(of node: Int) -> PortIdentity? {
    content(of: node).map { content in
      let bytes = content.manifest.encoded()
      return .one(
        ArtifactReference(
          kind: CommandTree.kind, format: "", options: [:], layout: .tree, digest: .of(bytes), size: bytes.count))
    }
  }

  /// Brings what the steps of `node` run into the store. Throws an `InputFinding` when a code file changed since it
  /// was digested.
  func require(_ node: Int) throws {
    guard let content = content(of: node), let stage = plan.nodes[node].command,
      stored.insert(stage.declaration.name).inserted
    else { return }
    for (code, path) in content.files {
      let digest = try store.importFile(path, stats).digest
      guard digest == content.manifest[CommandTree.name(ofCode: code)]?.digest else {
        throw InputFinding(
          position: plan.nodes[node].position, message: "'\(path)' changed while it was read; run again")
      }
    }
    try store.put(content.command.encoded())
    try store.put(content.manifest.encoded())
  }

  private func content(of stage: CommandStage) throws -> Content {
    var files: [(code: String, path: String)] = []
    for code in stage.code {
      let path = stage.folder + "/" + code.path
      switch FileKind(path) {
      case .missing:
        throw InputFinding(position: code.position, message: "there is no file or folder '\(path)'")
      case .file: files.append((code.path, path))
      case .folder: files += try Self.files(below: path).map { (code.path + "/" + $0, path + "/" + $0) }
      }
    }
    let command = stage.command.encoded()
    let entry = TreeManifest.Entry(name: CommandTree.stage, digest: .of(command), size: command.count)
    // A file may be named, and its folder too.
    let unique = Dictionary(files.map { ($0.code, $0) }) { first, _ in first }.values.sorted { $0.code < $1.code }
    let code = try store.manifest(ofFiles: unique.map { (CommandTree.name(ofCode: $0.code), $0.path) }, stats)
    return Content(command: stage.command, manifest: TreeManifest([entry] + code.entries), files: unique)
  }

  /// The files below a folder, by their paths from there: all but hidden ones and what Python keeps of its own.
  private static func files(below folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted().flatMap { name -> [String] in
      guard !name.hasPrefix("."), name != "__pycache__" else { return [] }
      switch FileKind(folder + "/" + name) {
      case .missing: return []
      case .file: return [name]
      case .folder: return try files(below: folder + "/" + name).map { name + "/" + $0 }
      }
    }
  }
}
