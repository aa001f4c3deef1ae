import Artifacts
import Foundation
import Manual
import Plans
import Stages
import TestSupport
import Testing

@testable import DataStages
@testable import ModelStages
@testable import TaskStages
@testable import YAML

/// The JSON Schema, by which an editor judges a pipeline, and `check` agree.
@Suite struct SchemaTests {
  /// A pipeline that has every part that a pipeline can have.
  private static let whole = """
    {"bioarc": 1, "name": "p", "params": {"n": 3, "ks": [2, 3], "word": "w"},
     "inputs": {
       "genome": {"root": "data", "path": "g.fa", "kind": "sequences", "format": "fasta",
         "options": {"alphabet": "dna", "files": ["a.fa", "b.fa"]}},
       "tasks": {"axis": "task", "items": {
         "tata": {"path": "t.csv", "kind": "labelled-sequences", "format": "csv",
           "options": {"labels": "value", "label": 2, "header": false, "metric": "rmse", "label-part": 1}}}}},
     "stages": {
       "windows": {"stage": "windows", "with": {"length": 64, "step": 32}, "in": {"sequences": "$genome"},
         "resources": {"cores": 2, "memory": "8GB", "time": "2h", "extra": ["--x"]}},
       "tokens": {"stage": "tokenize", "for": {"k": [2, 3]}, "with": {"k": "$k"}, "in": {"sequences": "$windows"}},
       "space": {"stage": "sample-space", "with": {"architectures": ["c8-t8", "c8(kernel=3)"]}},
       "supernet": {"stage": "pretrain", "with": {"steps": 10, "lr": 0.01},
         "in": {"tokens": "$tokens.tokens", "tokenizer": "$tokens.tokenizer", "architecture": "c8-t8"}},
       "scores": {"stage": "fine-tune", "for": {"architecture": "$space.architectures", "seed": {"a": 1, "b": 2}},
         "with": {"seed": "$seed", "epochs": 2, "dropout": 0.5, "linear-probe": true, "checkpoint-steps": [1, 2]},
         "in": {"tokenizer": "$tokens.tokenizer", "architecture": "$architecture", "task": "$tasks"}},
       "ranking": {"stage": "rank", "in": {"scores": {"from": "$scores.metrics",
         "over": {"candidate": ["k", "architecture"], "task": "task", "replicate": ["seed"]}}}}}}
    """

  /// The text that is put in the place of each value.
  private static var values: [Any] {
    [
      NSNull(), true, 0, 1, "@40.0", "@1.0", 1.5, -3, "", "x", "c8-t8", "c8_t8", "40", "$", [Any](), [1, 2], ["x"],
      [[1]],
      [String: Any](), ["x": 1],
    ]
  }

  /// Findings that only the whole file decides: names, and what one value means beside others.
  private static let ofTheWhole = [
    "'seed' must be", "'k' must be", "`label-part` is a number from 1", "`metric`", "unknown name",
    "is not a reference",
    "no axis", "binds neither", "reads text, so this item", "no architecture",
  ]

  private struct Document {
    let change: String
    let text: String
  }

  /// The whole pipeline with one change at each place.
  private static func documents() throws -> [Document] {
    let root = try JSONSerialization.jsonObject(with: Data(whole.utf8))
    var documents: [Document] = []
    let add = { (change: String, changed: Any) in
      let bytes = try JSONSerialization.data(withJSONObject: changed, options: [.sortedKeys])
      // Whole numbers with a point, which the writer of JSON does not write.
      let text = String(decoding: bytes, as: UTF8.self).replacing(/"@([0-9.]+)"/) { $0.1 }
      documents.append(Document(change: change, text: text))
    }
    try add("nothing", root)
    for path in paths(root) {
      for value in values { try add("\(path) = \(value)", set(root, path[...], value)) }
      try add("\(path) is left out", set(root, path[...], nil))
      try add("\(path) has a strange key", set(root, (path + ["strange"])[...], 1))
    }
    return documents
  }

  private static func paths(_ node: Any) -> [[String]] {
    guard let map = node as? [String: Any] else { return [] }
    return map.keys.sorted().flatMap { key in [[key]] + paths(map[key]!).map { [key] + $0 } }
  }

  private static func set(_ node: Any, _ path: ArraySlice<String>, _ value: Any?) -> Any {
    guard let key = path.first, var map = node as? [String: Any] else { return node }
    map[key] = path.count == 1 ? value : set(map[key] ?? [String: Any](), path.dropFirst(), value)
    return map
  }

  private static let script = """
    import json, sys, jsonschema
    schema = json.load(open(sys.argv[1]))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for line in open(sys.argv[2]):
        error = next(validator.iter_errors(json.loads(line)), None)
        place = "" if error is None else "/".join(map(str, error.absolute_path)) + ": "
        print(place if error is None else place + error.message[:80].replace("\\n", " "))
    """

  static let python = Python.program(importing: "jsonschema")
  static let skip: Comment = "needs Python with jsonschema: set BIOARC_PYTHON, or have it in PATH as python3"

  @Test(.enabled(if: python != nil, skip)) func `an editor with the schema and check agree`() throws {
    let workspace = try Workspace()
    let documents = try Self.documents()
    #expect(documents.count > 1000)
    let declarations = BuiltIn.stages.map { $0.declaration }
    try workspace.write("schema.json", PipelineSchema.json(declarations: declarations, formats: BuiltIn.formats))
    try workspace.write("documents", documents.map(\.text).joined(separator: "\n") + "\n")
    try workspace.write("judge.py", Self.script)
    let output = try Python.run(
      try #require(Self.python), ["judge.py", "schema.json", "documents"].map(workspace.path))
    let verdicts = String(decoding: output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .dropLast()
    try #require(verdicts.count == documents.count)
    for (document, verdict) in zip(documents, verdicts) {
      let planned = Planner.plan(
        text: Array(document.text.utf8), file: "p.yaml", overrides: [], declarations: declarations,
        formats: BuiltIn.formats)
      let errors = planned.findings.filter { $0.severity == .error }.map(\.message)
      if errors.isEmpty {
        #expect(verdict == "", "red in an editor, fine in check: \(document.change)")
      } else if verdict == "" {
        let isOfTheWhole = errors.contains { error in Self.ofTheWhole.contains { error.contains($0) } }
        #expect(isOfTheWhole, "red in check, fine in an editor: \(document.change): \(errors)")
      }
    }
  }
}
