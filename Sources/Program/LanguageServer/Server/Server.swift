package import JSON
package import Plans
import Syntax
import Texts

/// The language server as a value: messages in, messages out. It reads no clock and starts nothing: `settle` is called
/// when nothing has come for a while; texts are read and errands are carried out elsewhere.
package struct Server {
  private enum Phase { case new, running, shutDown }

  /// A request that is answered once it is known how the stages of a file stand.
  struct Waiting {
    let id: JSON
    let uri: String
    let answer: (OpenFile) -> (result: JSON, besides: [JSON])
  }

  /// The question how a plan stands, which takes long.
  package struct Errand: Sendable {
    let uri: String
    let version: Int
    package let plan: Plan
  }

  let surroundings: any Surroundings
  private var phase = Phase.new
  private(set) var client = Client()
  /// By URI.
  var files: [String: OpenFile] = [:]
  var waiting: [Waiting] = []
  /// The URI of the file whose errand is under way.
  var underWay: String?
  /// The help on the words that were offered last, by their number.
  var offered: [String] = []
  private var requests = 0
  /// The code to end with, once the editor has said so.
  package private(set) var exitCode: Int32?

  package init(_ surroundings: any Surroundings) { self.surroundings = surroundings }

  /// The process whose end ends the server.
  package var parent: Int? { client.process }
  /// The code to end with when nothing more can come.
  package var codeAtEnd: Int32 { phase == .shutDown ? 0 : 1 }
  /// Whether `settle` has something to do.
  package var isDue: Bool { files.values.contains(where: \.needsReading) }

  /// Takes one message of the editor; returns those to it.
  package mutating func handle(_ message: JSON) -> [JSON] {
    guard let method = message["method"]?.string else {
      // Answers to our requests tell nothing; anything else is no message.
      if message["id"] != nil, message["result"] != nil || message["error"] != nil { return [] }
      return [Message.answer(message["id"] ?? .null, Fault(.invalidRequest, "no message of JSON-RPC"))]
    }
    let params = message["params"] ?? .null
    guard let id = message["id"] else { return take(method, params) }
    do throws(Fault) {
      guard let result = try answer(id, method, params) else { return answers() }
      return [Message.answer(id, result)]
    } catch { return [Message.answer(id, error)] }
  }

  /// The answer to a request that nobody wants any more.
  package static func cancelled(_ id: JSON) -> JSON { Message.answer(id, Fault(.requestCancelled, "cancelled")) }

  /// A request to the editor.
  mutating func ask(_ method: String, _ params: JSON? = nil) -> JSON {
    requests += 1
    return Message.request("bioarc-\(requests)", method, params)
  }

  // MARK: Notifications

  private mutating func take(_ method: String, _ params: JSON) -> [JSON] {
    if method == "exit" {
      exitCode = codeAtEnd
      return []
    }
    guard phase == .running else { return [] }
    switch method {
    case "initialized": return client.watchesFiles ? [watch()] : []
    case "textDocument/didOpen": return open(params["textDocument"] ?? .null)
    case "textDocument/didChange": change(params)
    case "textDocument/didClose": return close(params["textDocument"]?["uri"]?.string ?? "")
    case "textDocument/didSave", "workspace/didChangeWatchedFiles": forgetAll()
    case "$/cancelRequest":
      guard let id = params["id"], let place = waiting.firstIndex(where: { $0.id.line == id.line }) else { return [] }
      waiting.remove(at: place)
      return [Self.cancelled(id)]
    default: break
    }
    return []
  }

  private mutating func watch() -> JSON {
    let options: JSON = ["watchers": [["globPattern": "**/stages/*.yaml"]]]
    let stages: JSON = ["id": "stages", "method": "workspace/didChangeWatchedFiles", "registerOptions": options]
    return ask("client/registerCapability", ["registrations": [stages]])
  }

  // MARK: Requests

  /// The answer to a request; nil: it comes later.
  private mutating func answer(_ id: JSON, _ method: String, _ params: JSON) throws(Fault) -> JSON? {
    switch (phase, method) {
    case (.new, "initialize"):
      client = Client(params)
      phase = .running
      return Capabilities.json(client)
    case (.new, _): throw Fault(.serverNotInitialized, "'initialize' comes first")
    case (.shutDown, _), (.running, "initialize"): throw Fault(.invalidRequest, "'\(method)' cannot come now")
    case (.running, "shutdown"):
      phase = .shutDown
      return .null
    case (.running, "completionItem/resolve"): return resolved(params)
    case (.running, "codeLens/resolve"): return resolve(id, params)
    case (.running, "workspace/executeCommand"): return try execute(id, params)
    case (.running, _): return try answer(method, params)
    }
  }

  /// The answer to a request about a text. Editors ask about every file of a kind: those of others have empty ones.
  private mutating func answer(_ method: String, _ params: JSON) throws(Fault) -> JSON {
    guard Capabilities.methods.contains(method) else {
      throw Fault(.methodNotFound, "there is no request '\(method)'")
    }
    guard let uri = params["textDocument"]?["uri"]?.string else {
      throw Fault(.invalidParams, "'textDocument' is missing")
    }
    if method == "textDocument/diagnostic" { return pull(uri, params["previousResultId"]?.string) }
    guard let kind = files[uri]?.kind(), kind != .other else { return .null }
    switch method {
    case "textDocument/documentSymbol": return symbols(uri)
    case "textDocument/foldingRange": return folds(uri)
    case "textDocument/codeLens": return lenses(uri)
    case "textDocument/codeAction": return actions(uri, params)
    default: break
    }
    guard let offset = files[uri]?.document.offset(params["position"]) else {
      throw Fault(.invalidParams, "'position' is missing")
    }
    switch method {
    case "textDocument/completion": return completion(uri, offset)
    case "textDocument/hover": return hover(uri, offset)
    case "textDocument/definition": return definition(uri, offset)
    case "textDocument/references":
      return references(uri, offset, withDefinition: params["context"]?["includeDeclaration"]?.bool ?? true)
    case "textDocument/documentHighlight": return highlights(uri, offset)
    case "textDocument/prepareRename": return prepareRename(uri, offset)
    default: return try rename(uri, offset, to: params["newName"]?.string ?? "")
    }
  }
}
