import Console
import JSON
import Texts

/// The abilities of the server, as it answers at the beginning.
enum Capabilities {
  /// The requests about a text that are answered.
  static let methods = Set(
    [
      "diagnostic", "documentSymbol", "foldingRange", "codeLens", "codeAction", "completion", "hover", "definition",
      "references", "documentHighlight", "prepareRename", "rename",
    ].map { "textDocument/" + $0 })

  /// The command that tells why a stage runs or does not.
  static let why = "bioarc.why"

  static func json(_ client: Client) -> JSON {
    let capabilities: JSON = [
      "positionEncoding": .string(client.encoding.rawValue),
      "textDocumentSync": ["openClose": true, "change": 2, "save": ["includeText": false]],
      "completionProvider": ["triggerCharacters": ["$", ".", " "], "resolveProvider": true], "hoverProvider": true,
      "definitionProvider": true, "referencesProvider": true, "documentHighlightProvider": true,
      "documentSymbolProvider": true, "foldingRangeProvider": true, "renameProvider": ["prepareProvider": true],
      "codeLensProvider": ["resolveProvider": true], "codeActionProvider": ["codeActionKinds": ["quickfix"]],
      "executeCommandProvider": ["commands": [.string(why)]],
    ]
    let pull: JSON = ["interFileDependencies": true, "workspaceDiagnostics": false]
    let words = Version.text.split(separator: " ").map(String.init)
    return [
      "capabilities": capabilities.with(["diagnosticProvider": client.pullsDiagnostics ? pull : nil]),
      "serverInfo": ["name": .string(words[0]), "version": .string(words[words.count - 1])],
    ]
  }
}
