import JSON
import Texts

/// The abilities of the editor, as it says at the beginning.
struct Client {
  var encoding = PositionEncoding.utf16
  /// Whether it asks for findings, which else are sent.
  var pullsDiagnostics = false
  var refreshesDiagnostics = false
  var refreshesLenses = false
  var showsRelated = false
  var showsMarkdown = false
  var annotatesChanges = false
  var versionsChanges = false
  var watchesFiles = false
  var nestsSymbols = false
  /// The process that started the server.
  var process: Int?

  init() {}

  init(_ params: JSON) {
    func at(_ path: String...) -> JSON? {
      path.reduce(params["capabilities"]) { value, key in value?[key] }
    }
    let offered = at("general", "positionEncodings")?.array?.compactMap(\.string) ?? []
    encoding = .chosen(from: offered)
    pullsDiagnostics = at("textDocument", "diagnostic") != nil
    refreshesDiagnostics = at("workspace", "diagnostics", "refreshSupport")?.bool ?? false
    refreshesLenses = at("workspace", "codeLens", "refreshSupport")?.bool ?? false
    showsRelated = at("textDocument", "publishDiagnostics", "relatedInformation")?.bool ?? false
    let formats = at("textDocument", "hover", "contentFormat")?.array?.compactMap(\.string) ?? []
    showsMarkdown = formats.contains("markdown")
    annotatesChanges = at("workspace", "workspaceEdit", "changeAnnotationSupport") != nil
    versionsChanges = at("workspace", "workspaceEdit", "documentChanges")?.bool ?? false
    watchesFiles = at("workspace", "didChangeWatchedFiles", "dynamicRegistration")?.bool ?? false
    nestsSymbols = at("textDocument", "documentSymbol", "hierarchicalDocumentSymbolSupport")?.bool ?? false
    process = params["processId"]?.int
  }
}
