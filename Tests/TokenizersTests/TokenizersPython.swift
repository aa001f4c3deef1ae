import Foundation
import TestSupport
import Testing

/// A Python that can import tokenizers.
enum TokenizersPython {
  static let program = Python.program(importing: "tokenizers")
  static let skip: Comment = "needs Python with tokenizers: set BIOARC_PYTHON, or have it in PATH as python3"
  static let skipData: Comment =
    "needs Python with tokenizers (BIOARC_PYTHON) and real data (BIOARC_DATA or ../shared/data)"

  /// Runs `Peers/tokenizers_peer.py`.
  @discardableResult
  static func peer(_ arguments: String...) throws -> [UInt8] {
    let script = GoldenFolder().url.deletingLastPathComponent().appendingPathComponent("Peers/tokenizers_peer.py").path
    return try Python.run(program!, [script] + arguments)
  }
}

/// A folder that is removed at the end.
final class Scratchpad {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("sequences-\(UUID().uuidString)")
  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: url) }

  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = url.appendingPathComponent(name)
    try Data(bytes).write(to: file)
    return file.path
  }
  func path(_ name: String) -> String { url.appendingPathComponent(name).path }
  func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: url.appendingPathComponent(name))) }
}
