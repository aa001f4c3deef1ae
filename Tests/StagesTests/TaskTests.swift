import Artifacts
import Foundation
import Inputs
import Labelled
import Rankings
import Sequences
import Stages
import Synchronization
import Tables
import Testing

@testable import DataStages
@testable import ModelStages
@testable import TaskStages

/// Fine-tunes of every kind of label, from the text of a file to the metrics.
@Suite struct TaskTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let format: String
    let options: [String: String]
    let files: [String: String]
    var parameters: [String: Value] = [:]
    let primary: String
    var warning: String?
    var testDescription: String { name }
  }

  /// Letters that follow from a number.
  static func sequence(_ number: Int, _ length: Int) -> String {
    var state = UInt64(number &+ 1) &* 0x9E37_79B9_7F4A_7C15
    return String(
      (0..<length).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Array("ACGT")[Int(state >> 60 & 3)]
      })
  }

  private static func table(_ header: String, _ separator: String = ",", _ row: (Int) -> [String]) -> String {
    header + (0..<120).map { row($0).joined(separator: separator) + "\n" }.joined()
  }

  private static func split(_ number: Int) -> String { number % 4 == 0 ? "test" : number % 4 == 1 ? "dev" : "train" }

  static let cases = [
    Case(
      name: "values", format: "csv", options: ["labels": "value", "split": "set", "metric": "rmse"],
      files: [
        "": table("sequence,label,set\n") { [sequence($0, 20), "\(Double($0 % 13) - 4.5)", split($0)] }
      ], parameters: ["class-weights": .string("balanced")], primary: "rmse", warning: "'class-weights' is not read"),
    Case(
      name: "sets", format: "tsv",
      options: ["labels": "set", "split": "3", "header": "false", "sequence": "1", "label": "2"],
      files: ["": table("", "\t") { [sequence($0, 20), ["a", "b;a", "", "c"][$0 / 4 % 4], split($0)] }],
      parameters: ["class-weights": .string("balanced"), "pooling": .string("max")], primary: "auroc"),
    Case(
      name: "letters", format: "csv", options: ["labels": "letters", "split": "set", "ignore": "."],
      files: [
        "": table("sequence,label,set\n") { number in
          let text = sequence(number, 12 + number % 9)
          return [text, text.map { $0 == "A" ? "x" : $0 == "T" ? "." : "y" }.joined(), split(number)]
        }
      ],
      parameters: [
        "max-length": .int(16), "cut": .string("middle"), "class-weights": .string("balanced"),
        "pooling": .string("max"),
      ], primary: "mcc", warning: "'pooling' is not read"),
    Case(
      name: "pairs", format: "tsv",
      options: [
        "header": "false", "sequence": "1", "second": "2", "label": "3", "metric": "accuracy", "shares": "30/30/40",
      ],
      files: [
        "sequences": (0..<40).map { ">P\($0)\n\(sequence($0, 20))\n" }.joined(),
        "table": table("", "\t") { ["P\($0 * 7 % 40)", "P\($0 * 11 % 37)", "\($0 / 2 % 2)"] },
      ], parameters: ["pooling": .string("last"), "hold-out": .float(0.3)], primary: "accuracy"),
    Case(
      name: "headers", format: "fasta", options: ["label": "2", "label-separator": "-", "label-part": "1"],
      files: [
        "train": (0..<80).map { ">s\($0) \($0 % 3 == 0 ? "in" : "out")-M\n\(sequence($0, 20))\n" }.joined(),
        "test": (80..<110).map { ">s\($0) \($0 % 3 == 0 ? "in" : "out")-U\n\(sequence($0, 20))\n" }.joined(),
      ], parameters: ["linear-probe": .bool(true), "direction": .string("causal")], primary: "mcc"),
  ]

  static func inputs(
    _ test: Case, scheme: [String: Value] = ["scheme": .string("character")]
  ) throws -> [String: any InputArtifact] {
    let tokens = MemoryRun()
    try tokens.run(
      TokenizeStage.self, scheme,
      ["sequences": MemoryArtifact(.sequences, ["": Array(">a\nACGTACGT\n".utf8)], format: "fasta")])
    return [
      "tokenizer": tokens.output("tokenizer", .tokenizer),
      "architecture": MemoryArtifact(.architecture, ["": Array("c8-t8\n".utf8)]),
      "task": MemoryArtifact(
        .labelledSequences, test.files.mapValues { Array($0.utf8) }, format: test.format, options: test.options),
    ]
  }

  /// Pairs share sequences: their intervals, and what a ranking and an ensemble make of them, are by sequences.
  @Test func `intervals of pairs are by their sequences`() throws {
    let test = try #require(Self.cases.first { $0.name == "pairs" })
    let runs = try (1...2).map { seed in
      let run = MemoryRun()
      try run.run(
        FineTuneStage.self, test.parameters.merging(["epochs": .int(1), "seed": .int(seed)]) { $1 }, Self.inputs(test))
      return run
    }
    let decode = { (run: MemoryRun) in
      try JSONArtifact.decode(MetricsDocument.self, run.output("metrics", .metrics).bytes())
    }
    let (metrics, split) = try (
      decode(runs[0]).metrics, #require(PredictionsArtifact(runs[0].output("predictions", .predictions)).splits["dev"])
    )
    let sequences = try #require(metrics.dev.sequences)
    #expect(split.partners?.count == sequences && sequences > 1 && sequences < 2 * metrics.dev.rows)
    #expect(split.sequences.allSatisfy { $0.utf8.count == 33 && $0.contains(",") })
    #expect(
      try ArtifactView(runs[0].output("metrics", .metrics)).lines.contains { $0.hasPrefix("dev: intervals are by") })
    let members = runs.enumerated().flatMap { number, run in
      [("metrics", ArtifactKind.metrics), ("predictions", .predictions)].map { port, kind in
        StageInput(ids: ["member": ["m\(number)"]], artifact: run.output(port, kind))
      }
    }
    let together = MemoryRun()
    try together.run(EnsembleStage.self, items: ["members": members])
    #expect(try decode(together).metrics.dev.sequences == sequences)
    let ranking = MemoryRun()
    try ranking.run(
      RankStage.self,
      items: ["scores": members.map { StageInput(ids: ["candidate": $0.ids["member"]!], artifact: $0.artifact) }])
    let document = try JSONArtifact.decode(
      RankingDocument.self, ranking.output("ranking", .ranking).bytes())
    #expect(document.ranking.rows.count == 2 && document.ranking.rows[1].isTied != nil)
  }

  /// A file sorted by label, and the other strand of a row of dev in train.
  @Test func `a sample of rows has all labels, and the other strand is a duplicate`() throws {
    let rows = (0..<200).map { "\(Self.sequence($0, 40)),\($0 / 100)" }
    let dev = (300..<320).map { "\(Self.sequence($0, 40)),\($0 % 2)" }
    let complement = String(decoding: Complement.reversed(Array(Self.sequence(300, 40).utf8)), as: UTF8.self)
    let files = ["train": rows + ["\(complement),0"], "dev": dev, "test": dev.reversed()].mapValues {
      Array((["sequence,label"] + $0).joined(separator: "\n").utf8)
    }
    let task = MemoryArtifact(
      .labelledSequences, Dictionary(uniqueKeysWithValues: files.map { ($0.key + ".csv", $0.value) }), format: "gue")
    let whole = try TaskSplits(task, alphabet: .dna, rows: 0, holdOut: 0.2) { _ in }
    #expect(whole.rows.droppedFromTrain == 1)
    #expect(whole.train.count + whole.holdOut.count == 200)
    let redrawn = try TaskSplits(task, alphabet: .dna, rows: 0, holdOut: 0.2, holdOutSeed: 1) { _ in }
    #expect(redrawn.train.count + redrawn.holdOut.count == 200)
    let both = redrawn.holdOut.count { whole.holdOut.contains($0) }
    #expect(both < redrawn.holdOut.count / 2 && (20...60).contains(redrawn.holdOut.count), "\(both)")
    // The letters are those that the input states, whatever the stage says: proteins have one strand.
    let stated = MemoryArtifact(.labelledSequences, task.files, format: "gue", options: ["alphabet": "protein"])
    let proteins = try TaskSplits(stated, alphabet: .dna, rows: 0, holdOut: 0.2) { _ in }
    #expect(proteins.alphabet == .protein && proteins.rows.droppedFromTrain == 0 && proteins.rows.devNearTrain == nil)
    #expect(proteins.train.count + proteins.holdOut.count == 201)
    let sample = try TaskSplits(task, alphabet: .dna, rows: 60, holdOut: 0.2) { _ in }
    let labels = (sample.train + sample.holdOut).map(\.number)
    #expect(labels.count >= 59 && (15...45).contains(labels.count { $0 == 0 }), "\(labels)")
    #expect(sample.rows.beyondLimit == 141)
  }

  @Test(arguments: cases) func `a fine-tune on any kind of label gives its metrics`(_ test: Case) throws {
    let parameters = test.parameters.merging(["epochs": .int(2), "batch": .int(3)]) { $1 }
    let inputs = try Self.inputs(test)
    let whole = MemoryRun()
    try whole.run(FineTuneStage.self, parameters, inputs)
    let json = try JSONSerialization.jsonObject(with: Data(whole.output("metrics", .metrics).bytes()))
    let metrics = try #require((json as? [String: Any])?["metrics"] as? [String: Any])
    #expect(metrics["primary"] as? String == test.primary)
    #expect(metrics["higherIsBetter"] as? Bool == (test.primary != "rmse"))
    let found = (metrics["test"] as? [String: Any])?["entries"] as? [[String: Any]] ?? []
    for entry in found {
      let estimate = try #require(entry["estimate"] as? [String: Any])
      let value = try #require(estimate["value"] as? Double, "\(entry["metric"] ?? "")")
      #expect(try #require(estimate["low"] as? Double) <= value)
      #expect(try #require(estimate["high"] as? Double) >= value)
    }
    #expect(found.count >= 3)
    // The predictions give the same metrics, and name every row.
    let document = try JSONArtifact.decode(MetricsDocument.self, whole.output("metrics", .metrics).bytes())
    let predictions = try PredictionsArtifact(whole.output("predictions", .predictions))
    #expect(predictions.splits.keys.sorted() == ["dev", "hold-out", "test"])
    for (name, metrics) in [("dev", document.metrics.dev), ("test", document.metrics.test)] {
      let again = try #require(predictions.splits[name]).predictions.metrics()
      #expect(again.rows == metrics.rows && again.confusion == metrics.confusion)
      for (a, b) in zip(again.entries, metrics.entries) {
        #expect(a.metric == b.metric && abs((a.estimate.value ?? 0) - (b.estimate.value ?? 0)) < 1e-9, "\(a), \(b)")
      }
    }
    #expect(try ArtifactView(whole.output("predictions", .predictions)).tables[0].rows.count >= 9)
    let unread = whole.warnings.filter { $0.contains("is not read") }
    #expect(unread.allSatisfy { $0.contains(test.warning ?? "?") }, "\(unread)")
    #expect(unread.isEmpty == (test.warning == nil), "\(unread)")
    #expect(try !ArtifactView(whole.output("metrics", .metrics)).tables.isEmpty)
    #expect(try !ArtifactView(inputs["task"]!).tables.isEmpty)
    // Interrupted after some steps, it goes on to the same bytes on more threads.
    let first = MemoryRun(interruptAfter: 3)
    #expect(throws: Interrupted.self) { try first.run(FineTuneStage.self, parameters, inputs) }
    let second = MemoryRun()
    second.segments.withLock { $0 = first.segments.withLock { $0 } }
    try second.run(FineTuneStage.self, parameters, inputs, threads: 3)
    #expect(second.digest == whole.digest)
  }

  @Test func `tasks that cannot be read fail with their codes`() throws {
    let fails = { (code: String, index: Int, parameters: [String: Value], options: [String: String]) in
      let test = Self.cases[index]
      var inputs = try Self.inputs(test)
      inputs["task"] = MemoryArtifact(
        .labelledSequences, test.files.mapValues { Array($0.utf8) }, format: test.format,
        options: test.options.merging(options) { $1 })
      if parameters["k"] != nil {
        let tokens = MemoryRun()
        try tokens.run(
          TokenizeStage.self, ["k": .int(2)],
          ["sequences": MemoryArtifact(.sequences, ["": Array(">a\nACGTACGT\n".utf8)], format: "fasta")])
        inputs["tokenizer"] = tokens.output("tokenizer", .tokenizer)
      }
      do {
        try MemoryRun().run(FineTuneStage.self, parameters.filter { $0.key != "k" }, inputs)
        Issue.record("\(code) was not thrown")
      } catch let failure as StageFailure { #expect(failure.code == code, "\(failure)") }
    }
    try fails("tokens-of-letters", 2, ["k": .int(2)], [:])
    try fails("bad-options", 0, [:], ["labels": "number"])
    try fails("bad-options", 0, [:], ["metric": "mcc"])
    try fails("bad-options", 0, [:], ["shares": "1/2"])
    try fails("bad-options", 2, [:], ["second": "set"])
    try fails("bad-data", 4, [:], ["label": "place"])
    try fails("other-alphabet", 0, [:], ["alphabet": "protein"])
    try fails("bad-data", 0, [:], ["label": "sequence"])
    try fails("one-class", 4, ["hold-out": .float(0.3)], ["ignore": "out"])
    try fails("bad-data", 0, [:], ["sequence": "none"])
  }

  /// Written by Python's zipfile: `b.csv`, stored.
  private static let archive = Array(
    Data(
      base64Encoded: [
        "UEsDBBQAAAAAAAAAIVzNVqnREwAAABMAAAAFAAAAYi5jc3ZzZXF1ZW5jZSxsYWJlbCxzZXQKUEsBAhQDFAAAAAAAAAAhXM1WqdET",
        "AAAAEwAAAAUAAAAAAAAAAAAAAIABAAAAAGIuY3N2UEsFBgAAAAABAAEAMwAAADYAAAAAAA==",
      ].joined())!)

  @Test func `a member that an archive lacks is named`() throws {
    var inputs = try Self.inputs(Self.cases[0])
    let run = { (member: String) throws -> StageFailure? in
      inputs["task"] = MemoryArtifact(
        .labelledSequences, ["": Self.archive], format: "csv",
        options: ["labels": "value", "split": "set", "member": member])
      return #expect(throws: StageFailure.self) { try MemoryRun().run(FineTuneStage.self, [:], inputs) }
    }
    #expect(try run("a.csv")?.message.contains("no member `a.csv`; it has b.csv") == true)
    #expect(try run("b.csv")?.message.contains("member") == false)
  }

  /// Groups are held out as a whole, the first by their hashes, however few there are.
  @Test(arguments: [2, 4, 40]) func `groups are held out as a whole`(_ groups: Int) throws {
    let table = Self.table("sequence,label,set,species\n") {
      [Self.sequence($0, 20), "\($0 / 4 % 2)", Self.split($0), "s\($0 / 8 % groups)"]
    }
    let run = MemoryRun()
    try run.run(
      BaselineStage.self, ["c": .list([.float(1)]), "position-weights": .list([.float(0)])],
      [
        "task": MemoryArtifact(
          .labelledSequences, ["": Array(table.utf8)], format: "csv", options: ["split": "set", "group": "species"])
      ])
    let bytes = try #require(run.files.withLock { $0["metrics"]?[""] })
    let document = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    let rows = try #require(document["rows"] as? [String: Any])
    let (train, holdOut) = (rows["train"] as? Int ?? 0, rows["holdOut"] as? Int ?? 0)
    #expect(train > 0 && holdOut > 0 && train + holdOut == 60, "\(rows)")
    #expect(holdOut % 4 == 0, "a group has four rows of train, or eight, and so on: \(holdOut)")
  }
}
