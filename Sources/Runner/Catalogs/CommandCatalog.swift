package import Artifacts
import Files
import Glibc
import Plans
import Stores
import Syntax
import System

/// The commands of a plan as artifacts: a digest of each with its code, and their bytes in the store once a step needs
/// them. A worker reads them there, so that it needs nothing of the lab's folder.
package final class CommandCatalog {
  /// The command that the steps of a node run.
  package struct Content {
    package let command: StageCommand
    package let manifest: TreeManifest
    /// The identity that a step binds at the port `$command`.
    let port: PortIdentity
    /// The place of each code file, by its path.
    package let files: [(code: String, path: String)]

    /// The digest of the command line and the code.
    package var digest: Digest { .of(manifest.encoded()) }

    /// The parts of it that are in a key, in words.
    package var facts: [(name: String, value: String)] {
      let code = files.map { code, path in
        ("code/" + code, "\(manifest[CommandTree.name(ofCode: code)]?.digest.short ?? "") from \(path)")
      }
      let names = command.environment
      return [("command", command.arguments.joined(separator: " "))] + code
        + (names.isEmpty ? [] : [("environment", names.joined(separator: " ") + " (the names, not the values)")])
    }
  }

  private let plan: Plan
  private let store: Store
  private let stats: StatCache
  /// By the name of the stage.
  private var contents: [String: Content] = [:]
  /// The names of stages whose commands must not run: nobody has allowed them.
  package var refused: Set<String> = []

  init(plan: Plan, store: Store, stats: StatCache) {
    self.plan = plan
    self.store = store
    self.stats = stats
  }

  /// Digests the code of every command that these nodes run; returns its faults.
  func resolve(_ nodes: [Int]) -> [InputFinding] {
    var findings: [InputFinding] = []
    for node in nodes {
      guard let stage = plan.nodes[node].command, contents[stage.declaration.name] == nil else { continue }
      do throws(InputFinding) { contents[stage.declaration.name] = try content(of: stage) } catch {
        findings.append(error)
      }
    }
    return findings
  }

  /// The command that the steps of `node` run; nil for a built-in stage.
  package func content(of node: Int) -> Content? { contents[plan.nodes[node].declaration.name] }

  /// The identity that the steps of `node` bind at the port `$command`; nil for a built-in stage.
  package func port(of node: Int) -> PortIdentity? { content(of: node)?.port }

  /// Whether the command of the steps of `node` must not run.
  package func isRefused(_ node: Int) -> Bool { refused.contains(plan.nodes[node].declaration.name) }

  /// Brings the command of the steps of `node` into the store, unless it is there. Throws an `InputFinding` when a code
  /// file changed since it was digested, or where the command must not run.
  package func require(_ node: Int) throws {
    guard let content = content(of: node), case .one(let tree) = content.port else { return }
    guard !isRefused(node) else {
      throw InputFinding(
        position: plan.nodes[node].position,
        message: "its command came with the pipeline, and nobody has allowed it: see 'bioarc check'")
    }
    let digests = content.manifest.entries.map(\.digest) + [tree.digest]
    if try digests.allSatisfy({ try store.claim($0) }) { return }
    let position = plan.nodes[node].position
    for (code, path) in content.files {
      let digest: Digest
      do { digest = try store.importFile(path, stats).digest } catch {
        throw InputFinding.of(error, reading: path, position) ?? error
      }
      guard digest == content.manifest[CommandTree.name(ofCode: code)]?.digest else {
        throw InputFinding(
          position: position, message: "'\(path)' has changed since this run began; run again")
      }
    }
    try store.put(content.command.encoded())
    try store.put(content.manifest.encoded())
  }

  private func content(of stage: CommandStage) throws(InputFinding) -> Content {
    let command = stage.command.encoded()
    var entries = [TreeManifest.Entry(name: CommandTree.stage, digest: .of(command), size: command.count)]
    var files: [(code: String, path: String)] = []
    for code in stage.code {
      do {
        // A file may be named, and its folder too.
        let new = try Self.files(stage.folder, code.path).filter { file in !files.contains { $0.code == file.code } }
        entries += try store.manifest(ofFiles: new.map { (CommandTree.name(ofCode: $0.code), $0.path) }, stats).entries
        files += new
      } catch { throw InputFinding(position: code.position, message: "\(error)") }
    }
    let manifest = TreeManifest(entries)
    let bytes = manifest.encoded()
    let tree = ArtifactReference(
      kind: CommandTree.kind, format: "", options: [:], layout: .tree, digest: .of(bytes), size: bytes.count)
    return Content(command: stage.command, manifest: manifest, port: .one(tree), files: files)
  }

  /// The file at `path` in `folder`, or the files below it: all but hidden ones and Python's own leftovers.
  private static func files(
    _ folder: String, _ path: String, depth: Int = 0
  ) throws -> [(code: String, path: String)] {
    let place = folder + "/" + path
    // A link may lead back up.
    guard depth < 32 else { throw SystemError("read \(place)", ELOOP) }
    switch FileKind(place) {
    case .missing: throw UnusableCode("there is no file or folder '\(place)'")
    case .file: return [(path, place)]
    case .pipe, .device, .socket:
      throw UnusableCode("'\(place)' is \(FileKind(place).words): code is plain files and folders of them")
    case .folder:
      return try DiskFileSystem().names(place)
        .filter { !$0.hasPrefix(".") && $0 != "__pycache__" }
        .flatMap { try files(folder, path + "/" + $0, depth: depth + 1) }
    }
  }
}

/// The reason for which a path is no code.
private struct UnusableCode: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
