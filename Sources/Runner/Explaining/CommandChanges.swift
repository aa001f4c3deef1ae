import Artifacts
import Catalogs
import Plans
import Resolving
import Stores
import Syntax

/// The differences between the commands of two steps of an own stage: file by file, and field by field.
struct CommandChanges {
  let catalog: CommandCatalog
  let store: Store

  /// The changes at the port `$command` of `node`, which bound `old` before.
  func changes(_ old: PortIdentity?, _ new: PortIdentity?, of node: Plan.Node, _ index: Int) -> [Change] {
    guard case .one(let reference)? = old, let content = catalog.content(of: index),
      let manifest = try? TreeManifest(decoding: store.bytes(reference.digest, size: reference.size))
    else {
      return [
        .port(
          name: "command", old: Self.digest(old), new: Self.digest(new), from: node.command?.file, position: nil)
      ]
    }
    var changes: [Change] = []
    for name in Set(manifest.entries.map(\.name) + content.manifest.entries.map(\.name)).sorted() {
      let (before, after) = (manifest[name], content.manifest[name])
      guard before != after else { continue }
      if name == CommandTree.stage, let entry = before,
        let command = try? StageCommand(decoding: store.bytes(entry.digest, size: entry.size))
      {
        changes += Self.changes(command, content.command, node)
      } else {
        let path = CommandTree.path(ofName: name)
        let file = content.files.first { $0.code == path }?.path
        changes.append(
          .port(
            name: path.map { "code/" + $0 } ?? "command", old: before?.digest.short ?? "(none)",
            new: after?.digest.short ?? "(none)", from: file, position: nil))
      }
    }
    return changes
  }

  private static func changes(_ old: StageCommand, _ new: StageCommand, _ node: Plan.Node) -> [Change] {
    let ports = { (command: StageCommand) in
      command.outputs.map { "\($0.name) (\($0.kind), \($0.layout.rawValue))" }.joined(separator: ", ")
    }
    let neutral = { (command: StageCommand) in
      command.neutral.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }
    let fields = [
      ("command", old.arguments.joined(separator: " "), new.arguments.joined(separator: " ")),
      ("environment", old.environment.joined(separator: " "), new.environment.joined(separator: " ")),
      ("outputs", ports(old), ports(new)), ("neutral values", neutral(old), neutral(new)),
    ]
    return fields.filter { $0.1 != $0.2 }.map {
      .port(name: $0.0, old: $0.1, new: $0.2, from: node.command?.file, position: nil)
    }
  }

  private static func digest(_ port: PortIdentity?) -> String {
    if case .one(let reference)? = port { reference.digest.short } else { "(a built-in stage)" }
  }
}
