import Foundation
import TestSupport
import Testing

/// An editor that talks to the built program over pipes.
final class LspClient {
  let process: Process
  private let input = Pipe()
  private let output = Pipe()
  private var buffer = Data()
  private var number = 0
  /// Everything that came, in order.
  private(set) var received: [[String: Any]] = []

  init(_ workspace: Workspace, process id: Int32? = nil, encodings: [String] = ["utf-16"]) throws {
    process = workspace.process(["lsp"])
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let capabilities: [String: Any] = ["general": ["positionEncodings": encodings]]
    _ = try request("initialize", ["processId": id.map { Int($0) } ?? NSNull(), "capabilities": capabilities])
    try notify("initialized", [:])
  }

  // The threads of a suite block other signals, and a child inherits that.
  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  func send(_ message: [String: Any]) throws {
    let body = try JSONSerialization.data(withJSONObject: message)
    try input.fileHandleForWriting.write(contentsOf: Data("Content-Length: \(body.count)\r\n\r\n".utf8) + body)
  }

  func write(_ bytes: Data) throws { try input.fileHandleForWriting.write(contentsOf: bytes) }
  func closeInput() throws { try input.fileHandleForWriting.close() }

  func notify(_ method: String, _ params: [String: Any]) throws {
    try send(["jsonrpc": "2.0", "method": method, "params": params])
  }

  /// The result of a request.
  func request(_ method: String, _ params: [String: Any]) throws -> Any? {
    number += 1
    let id = number
    try send(["jsonrpc": "2.0", "id": id, "method": method, "params": params])
    let answer = try #require(try next { $0["id"] as? Int == id && $0["method"] == nil })
    return answer["result"]
  }

  /// Reads until a message comes that is wanted; nil at the end of all.
  func next(_ isWanted: ([String: Any]) -> Bool) throws -> [String: Any]? {
    while let message = try read() { if isWanted(message) { return message } }
    return nil
  }

  private func read() throws -> [String: Any]? {
    while true {
      if let end = buffer.range(of: Data("\r\n\r\n".utf8)) {
        // Nothing but frames may come.
        let header = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
        let length = try #require(header.wholeMatch(of: #/Content-Length: (\d+)/#), "\(header)").1
        let body = buffer[end.upperBound...].prefix(Int(length)!)
        if body.count == Int(length)! {
          let message = try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
          buffer = Data(buffer[(end.upperBound + body.count)...])
          received.append(message)
          return message
        }
      }
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { return nil }
      buffer += more
    }
  }

  // MARK: One pipeline

  func uri(_ workspace: Workspace) -> String { "file://\(workspace.path("pipelines/small.yaml"))" }

  func open(_ workspace: Workspace, _ text: String) throws -> [String] {
    let item: [String: Any] = ["uri": uri(workspace), "languageId": "yaml", "version": 1, "text": text]
    try notify("textDocument/didOpen", ["textDocument": item])
    return try findings()
  }

  func change(_ workspace: Workspace, _ text: String, version: Int) throws -> [String] {
    try notify(
      "textDocument/didChange",
      ["textDocument": ["uri": uri(workspace), "version": version], "contentChanges": [["text": text]]])
    return try findings()
  }

  /// The next findings that are published.
  func findings() throws -> [String] {
    let message = try #require(try next { $0["method"] as? String == "textDocument/publishDiagnostics" })
    let findings = (message["params"] as? [String: Any])?["diagnostics"] as? [[String: Any]]
    return try #require(findings).map { $0["message"] as? String ?? "" }
  }

  /// The texts of all lenses, by stage.
  func lenses(_ workspace: Workspace) throws -> [String: String] {
    let lenses = try request("textDocument/codeLens", ["textDocument": ["uri": uri(workspace)]]) as? [[String: Any]]
    var texts: [String: String] = [:]
    for lens in lenses ?? [] {
      let stage = (lens["data"] as? [String: Any])?["stage"] as? String ?? ""
      let command = (try request("codeLens/resolve", lens) as? [String: Any])?["command"] as? [String: Any]
      texts[stage] = command?["title"] as? String
    }
    return texts
  }

  /// Waits for the end of the program; returns its code.
  func end() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }
}
