import Foundation
import Sequences
import TestSupport
import Testing

/// Numbers for random tests: SplitMix64. The seed is in the failure's comment.
struct RandomNumbers: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func letters(_ alphabet: String, _ count: Int) -> [UInt8] {
    let letters = Array(alphabet.utf8)
    return (0..<count).map { _ in letters.randomElement(using: &self)! }
  }
}

/// A fresh seed, or `BIOARC_SEED`.
let seed: UInt64 = ProcessInfo.processInfo.environment["BIOARC_SEED"].flatMap(UInt64.init) ?? .random(in: 0..<1 << 32)

let goldens = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens")
private let isRecording = ProcessInfo.processInfo.environment["BIOARC_RECORD"] == "1"

/// Compares text with a golden file. With BIOARC_RECORD=1 it writes the file instead, and fails saying so.
func checkGolden(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let url = goldens.appendingPathComponent(name)
  if isRecording {
    try Data(text.utf8).write(to: url)
    Issue.record("\(name) was recorded", sourceLocation: sourceLocation)
    return
  }
  let expected =
    (try? String(contentsOf: url, encoding: .utf8)) ?? "(there is no golden; record it with BIOARC_RECORD=1)"
  #expect(text == expected, "\(name)", sourceLocation: sourceLocation)
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

/// Letters that fill the bytes which a reader holds back to see what a file is, or none: the bytes after them are read
/// as they come.
func lead(_ random: inout RandomNumbers) -> [UInt8] {
  Bool.random(using: &random) ? random.letters("ACGT", Int.random(in: 480...530, using: &random)) : []
}

/// Cuts bytes into chunks of random sizes and gives them one by one.
func inChunks(
  _ bytes: [UInt8], _ random: inout RandomNumbers, _ body: (UnsafeRawBufferPointer) throws -> Void
) rethrows {
  var rest = bytes[...]
  while !rest.isEmpty {
    let chunk = Array(rest.prefix(Int.random(in: 1...9, using: &random)))
    rest = rest.dropFirst(chunk.count)
    try chunk.withUnsafeBytes(body)
  }
}

/// A Python that can import tokenizers.
enum TokenizersPython {
  static let program = Python.program(importing: "tokenizers")
  static let skip: Comment = "needs Python with tokenizers: set BIOARC_PYTHON, or have it in PATH as python3"
  static let skipData: Comment =
    "needs Python with tokenizers (BIOARC_PYTHON) and real data (BIOARC_DATA or ../shared/data)"

  /// Runs `Peers/tokenizers_peer.py`.
  @discardableResult
  static func peer(_ arguments: String...) throws -> [UInt8] {
    let script = goldens.deletingLastPathComponent().appendingPathComponent("Peers/tokenizers_peer.py").path
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
