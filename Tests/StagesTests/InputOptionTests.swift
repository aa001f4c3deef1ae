import Artifacts
import Plans
import Stages
import Testing

@testable import DataStages
@testable import ModelStages
@testable import TaskStages

/// Options of inputs: each alone and together, as `check` sees them before any file is read.
@Suite struct InputOptionTests {
  private static func format(_ name: String, _ kind: ArtifactKind = .labelledSequences) throws -> InputFormat {
    try #require(BuiltIn.formats.first { $0.name == name && $0.kind == kind })
  }

  @Test(arguments: [
    ("csv", ["fold": "2"], "fold", "option `folds` says how many"),
    ("csv", ["folds": "5", "fold": "6"], "fold", "there are 5 folds, and no fold 6"),
    ("csv", ["folds": "2"], "folds", "not `2`"),
    ("csv", ["map": "a=b"], "map", "NAME=train, dev, test or -"),
    ("csv", ["map": "train"], "map", "NAME=train"),
    ("csv", ["labels": "value", "stratify": "true"], "stratify", "only classes"),
    ("csv", ["labels": "value", "min-rows": "3"], "min-rows", "is of classes"),
    ("csv", ["second": "b", "stratify": "true"], "stratify", "pairs are parted by both partners"),
    ("csv", ["second-group": "b"], "second-group", "beside `second` and `group`"),
    ("csv", ["separator": ";;"], "separator", "one character, or tab"),
    ("csv", ["shares": "80/20"], "shares", "three numbers"),
    ("fasta", ["label": "0"], "label", "a key as in KEY=x"),
    ("fasta", ["split": "a b"], "split", "a key as in KEY=x"),
    ("text", ["record": "word"], "record", "one of file, line"),
  ]) func `options that are wrong or contradict each other are explained`(
    _ name: String, _ options: [String: String], _ option: String, _ message: String
  ) throws {
    let found = try Self.format(name).problems(options)
    #expect(found.map(\.option) == [option])
    #expect(found.first?.message.contains(message) == true, "\(found)")
  }

  @Test(arguments: [
    ("csv", ["folds": "5", "fold": "5", "group": "g", "stratify": "true"]),
    ("csv", ["map": "train_seen=train, val=dev,odd=-", "split": "set", "labels": "name"]),
    ("csv", ["second": "b", "group": "g", "stratify": "true"]),
    ("csv", ["second": "b", "group": "g", "second-group": "h"]),
    ("tsv", ["separator": "tab"]), ("csv", ["separator": " "]), ("fasta", ["label": "OX", "split": "3"]),
    ("text", ["record": "line", "gaps": "strip"]), ("gue", ["min-rows": "2"]),
  ]) func `options that are right have no problems`(_ name: String, _ options: [String: String]) throws {
    #expect(try Self.format(name).problems(options) == [])
  }

  /// Options of older pipelines encode as they did: they are texts, and none is added where none is stated.
  @Test func `every format and option says what it is`() {
    for format in BuiltIn.formats {
      #expect(!format.help.isEmpty && format.help.hasSuffix("."))
      #expect(format.example.contains("format: \(format.name)") && format.example.contains("kind: \(format.kind)"))
      #expect(Set(format.options.map(\.name)).count == format.options.count)
      for option in format.options {
        #expect(option.help.hasSuffix("."), "\(option.name)")
        if let value = option.defaultValue { #expect(option.problem(value) == nil, "\(option.name)") }
      }
    }
  }

  @Test func `a map is an option of its entries`() throws {
    let text = """
      bioarc: 1
      name: p
      inputs:
        task:
          path: d
          kind: labelled-sequences
          format: csv
          options: { split: set, map: { train_seen: train, odd: "-" } }
      stages:
        s: { stage: baseline, in: { task: $task } }

      """
    let planned = Planner.plan(
      text: Array(text.utf8), file: "p.yaml", overrides: [], declarations: BuiltIn.stages.map { $0.declaration },
      formats: BuiltIn.formats)
    #expect(planned.plan?.inputs[0].options["map"] == "train_seen=train, odd=-", "\(planned.findings)")
  }
}
