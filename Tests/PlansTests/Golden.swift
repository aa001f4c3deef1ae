import Foundation
import Testing

@testable import Plans
@testable import Syntax
@testable import YAML

/// Files beside the tests, and comparison with them. `BIOARC_RECORD=1` writes them anew, and then the test fails.
enum Golden {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens")

  static func names(in part: String) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(part).path)) ?? []
    return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
  }

  static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(path)))
  }

  static func check(_ actual: String, _ path: String, _ location: SourceLocation = #_sourceLocation) throws {
    let url = folder.appendingPathComponent(path)
    if ProcessInfo.processInfo.environment["BIOARC_RECORD"] == "1" {
      try Data(actual.utf8).write(to: url)
      Issue.record("recorded \(path)", sourceLocation: location)
      return
    }
    let expected = (try? Data(contentsOf: url)).map { String(decoding: $0, as: UTF8.self) }
    #expect(actual == expected, "\(path); BIOARC_RECORD=1 writes it anew", sourceLocation: location)
  }
}

/// Plans `text` against the fake stages.
func plan(_ text: String, file: String = "p.yaml", set overrides: [String] = []) -> Planned {
  Planner.plan(
    text: Array(text.utf8), file: file, overrides: overrides.map { Override($0) }, declarations: FakeStages.all,
    formats: FakeStages.formats)
}

extension Planned {
  var messages: String { findings.rendered(sources: sources, color: false) + (findings.isEmpty ? "" : "\n") }
}
