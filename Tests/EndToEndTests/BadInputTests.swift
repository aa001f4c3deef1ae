import Foundation
import TestSupport
import Testing

/// Bad data and bad usage: the program says what is wrong, exits with 2 and runs nothing.
@Suite struct BadInputTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    var kind = "sequences"
    var format = "fasta"
    /// By path below the folder of the pipeline; none: the input is missing.
    let files: [String: String]
    var path = "data.fa"
    var testDescription: String { name }
  }

  static let fine = "sequence,label\nACGTACGT,0\nTTGCATGC,1\n"

  static let cases: [Case] = [
    Case(name: "missing-file", files: [:]),
    Case(name: "a-folder-for-a-file", files: ["data.fa/inner": "x"]),
    Case(name: "illegal-letter", files: ["data.fa": ">a\nACGT\n>b\nACGJ\n"]),
    Case(name: "text-before-header", files: ["data.fa": "ACGT\n>a\nACGT\n"]),
    Case(name: "header-without-name", files: ["data.fa": ">\nACGT\n"]),
    Case(name: "empty-record", files: ["data.fa": ">a\n>b\nACGT\n"]),
    Case(name: "empty-file", files: ["data.fa": ""]),
    Case(name: "binary", files: ["data.fa": ">a\nAC\u{0}GT\n"]),
    Case(name: "truncated-gzip", files: ["data.fa": "\u{1F}\u{8B}\u{8}"]),
    Case(name: "no-such-column", format: "csv", files: ["data.fa": "id,seq\na,ACGT\n"]),
    Case(name: "ragged-row", format: "csv", files: ["data.fa": "sequence,x\nACGT,1\nACGT\n"]),
    Case(name: "unclosed-quote", format: "csv", files: ["data.fa": "sequence\n\"ACGT\n"]),
    Case(
      name: "a-file-for-a-folder", kind: "labelled-sequences", format: "gue", files: ["data.fa": fine]),
    Case(
      name: "missing-split", kind: "labelled-sequences", format: "gue",
      files: ["task/train.csv": fine, "task/dev.csv": fine], path: "task"),
    Case(
      name: "label-unseen-in-train", kind: "labelled-sequences", format: "gue",
      files: ["task/train.csv": fine, "task/dev.csv": fine, "task/test.csv": "sequence,label\nACGT,7\n"], path: "task"),
    Case(
      name: "class-missing-in-train", kind: "labelled-sequences", format: "gue",
      files: [
        "task/train.csv": "sequence,label\nACGT,0\nACGG,2\n", "task/dev.csv": fine, "task/test.csv": fine,
      ], path: "task"),
  ]

  @Test(arguments: cases) func `bad data are named and nothing runs`(_ test: Case) throws {
    let workspace = try Workspace()
    for (path, text) in test.files {
      // Bytes as they are: a scalar below 256 is one byte.
      let url = workspace.folder.appendingPathComponent("pipelines/" + path)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.unicodeScalars.map { UInt8($0.value) }).write(to: url)
    }
    try workspace.write(
      "pipelines/bad.yaml",
      """
      bioarc: 1
      name: bad
      inputs:
        data: { path: \(test.path), kind: \(test.kind), format: \(test.format) }
      stages:
        cut: { stage: tokenize, with: { k: 1 }, in: { sequences: $data } }
      """)
    let run = try workspace.bioarc("run", "pipelines/bad.yaml")
    #expect(run.status == 2, "\(run.errors)")
    #expect(run.output.isEmpty)
    let check = try workspace.bioarc("check", "pipelines/bad.yaml")
    #expect(check.status == 2)
    try Golden.check(test.name, check.errors)
    let said = run.errors.split(separator: "\n").filter { !$0.hasPrefix("input ") }.joined(separator: "\n")
    #expect(said + "\n" == check.errors)
    let results = FileManager.default.enumerator(atPath: workspace.path("cache/results"))?.allObjects ?? []
    #expect(!results.contains { "\($0)".contains(".") }, "something ran")
  }

  static let usages: [(name: String, arguments: [String])] = [
    ("no-pipeline", ["run", "pipelines/none.yaml"]),
    ("unknown-verb", ["rum", "pipelines/small.yaml"]),
    ("unknown-option", ["run", "pipelines/small.yaml", "--job", "2"]),
    ("bad-jobs", ["run", "pipelines/small.yaml", "-j", "0"]),
    ("unknown-step", ["why", "pipelines/small.yaml", "score"]),
    ("unknown-axis", ["run", "pipelines/small.yaml", "--only", "scores[depth=3]"]),
    ("bad-set", ["run", "pipelines/small.yaml", "--set", "scores.epoch=3"]),
    ("bad-set-value", ["run", "pipelines/small.yaml", "--set", "scores.epochs=many"]),
    ("unknown-stage", ["stages", "tokenise"]),
    ("no-result-yet", ["show", "pipelines/small.yaml", "space"]),
    ("unknown-output", ["show", "pipelines/small.yaml", "space.weights"]),
    ("not-a-store", ["fsck", "--store", "pipelines"]),
  ]

  @Test(arguments: usages.indices) func `bad usage is explained with status 2`(_ index: Int) throws {
    let (name, arguments) = Self.usages[index]
    let lab = try Lab()
    let run = try Workspace.finish(lab.workspace.process(arguments))
    #expect(run.status == (name == "no-result-yet" ? 1 : 2), "\(run.errors)")
    #expect(run.output.isEmpty)
    try Golden.check("usage-" + name, run.errors)
  }
}

/// Texts recorded in `Goldens/`.
enum Golden {
  static func check(_ name: String, _ text: String) throws {
    let url = Repository.root.appendingPathComponent("Tests/EndToEndTests/Goldens/\(name).txt")
    if ProcessInfo.processInfo.environment["BIOARC_RECORD"] == "1" {
      try Data(text.utf8).write(to: url)
      Issue.record("recorded \(name).txt")
    }
    #expect(try String(contentsOf: url, encoding: .utf8) == text)
  }
}
