import Artifacts
package import Catalogs
import Files
package import Plans
import Wording
import YAML

/// An own stage whose command this machine has not run before, as a person looks at it: what it would run, what it
/// would see of the environment, and its code.
package struct UnknownStage: Encodable {
  struct File: Encodable {
    let path: String
    let bytes: Int
  }

  let stage: String
  /// The digest of the command line, the code and the texts that the pipeline puts into the command line.
  let digest: String
  let command: [String]
  let environment: [String]
  /// The texts of parameters that stand in the command line, as NAME: TEXT.
  let texts: [String]
  let code: [File]

  /// The unknown ones of a plan, each once, in its order.
  package static func all(_ plan: Plan, _ catalog: CommandCatalog) -> [UnknownStage] {
    guard plan.nodes.contains(where: { $0.command != nil }) else { return [] }
    let known = KnownCommands().digests()
    var seen: Set<String> = []
    return plan.nodes.indices.compactMap { node in
      let name = plan.nodes[node].declaration.name
      guard let content = catalog.content(of: node), seen.insert(name).inserted else { return nil }
      let nodes = plan.nodes.filter { $0.declaration.name == name }
      let stage = UnknownStage(name, content, Set(nodes.flatMap { texts(of: $0, content.command) }).sorted())
      return Digest(hex: stage.digest).map(known.contains) ?? false ? nil : stage
    }
  }

  /// The texts that a node puts into its command line: what a shell makes of them is code too.
  private static func texts(of node: Plan.Node, _ command: StageCommand) -> [String] {
    node.parameters.flatMap { name, binding -> [String] in
      guard command.arguments.contains(where: { $0.contains("{with.\(name)}") }) else { return [] }
      let values =
        switch binding.source {
        case .value(let value): [value]
        case .axis(_, let values): values
        }
      return values.compactMap { if case .string(let text) = $0 { "\(name): \(text)" } else { nil } }
    }
  }

  private init(_ name: String, _ content: CommandCatalog.Content, _ texts: [String]) {
    stage = name
    let all = [content.digest.hex] + texts
    digest = texts.isEmpty ? content.digest.hex : Digest.of(Array(all.joined(separator: "\0").utf8)).hex
    self.texts = texts
    (command, environment) = (content.command.arguments, content.command.environment)
    code = content.files.map { code, path in
      File(path: path, bytes: content.manifest[CommandTree.name(ofCode: code)]?.size ?? 0)
    }
  }

  /// The stage in lines, of which no name can break out.
  package var lines: [String] {
    var lines = ["\(stage) runs \(YAMLWriter.list(command))"]
    if !environment.isEmpty { lines.append("  sees \(environment.joined(separator: ", "))") }
    if !texts.isEmpty { lines.append("  with \(YAMLWriter.list(texts))") }
    return lines + code.map { "  code \(YAMLWriter.string($0.path)), \(Words.bytes($0.bytes))" }
  }
}
