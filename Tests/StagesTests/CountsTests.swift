import Artifacts
import Foundation
import Inputs
import Stages
import Synchronization
@testable import Tables
import Testing

@testable import DataStages
@testable import ModelStages
@testable import TaskStages

/// Nothing is left out without a word: letters, rows, sequences and regions are counted in the artifact, shown, and
/// warned of.
@Suite struct CountsTests {
  private static func fasta(_ records: [String]) -> MemoryArtifact {
    let text = records.enumerated().map { ">r\($0)\n\($1)\n" }.joined()
    return MemoryArtifact(.sequences, ["": Array(text.utf8)], format: "fasta")
  }

  private func table(_ header: String, _ rows: [String]) -> MemoryArtifact {
    MemoryArtifact(
      .labelledSequences, ["": Array((([header] + rows).joined(separator: "\n") + "\n").utf8)], format: "csv",
      options: ["split": "set"])
  }

  private func run(
    _ stage: any Stage.Type, _ parameters: [String: Value], _ inputs: [String: any InputArtifact]
  ) throws -> MemoryRun {
    let run = MemoryRun()
    try run.run(stage, parameters, inputs)
    return run
  }

  /// The rows of a table of counts, as `show` has them: train and held-out.
  private func counts(_ run: MemoryRun) throws -> [String: [String]] {
    let view = try ArtifactView(run.output("counts", .counts))
    let rows = try #require(view.tables.first).rows
    return Dictionary(uniqueKeysWithValues: rows.map { ($0[0].trimmingCharacters(in: .whitespaces), [$0[1], $0[2]]) })
  }

  private func json(_ artifact: MemoryArtifact) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(artifact.bytes())) as? [String: Any])
  }

  /// Bytes of older versions are written with neutral values.
  @Test func `neutral values give the bytes of older versions`() throws {
    let promoters = try run(SynthesizeStage.self, ["train": .int(80), "dev": .int(20), "test": .int(20)], [:])
    let tokens = try run(
      TokenizeStage.self, ["k": .int(2), "tail": .string("drop")],
      ["sequences": promoters.output("sequences", .labelledSequences)])
    let windows = try run(
      WindowsStage.self, ["length": .int(20), "step": .int(10), "held-out": .float(0.25), "rest": .string("drop")],
      ["sequences": MemoryArtifact(.sequences, ["": Array(StageTests.genome.utf8)], format: "fasta")])
    for run in [tokens, windows] { run.files.withLock { $0["counts"] = nil } }
    #expect(tokens.digest == "132bafde6bf08ad07a71325714952798606a58a53968c60fcc3b98c6f4dbd9ed")
    #expect(windows.digest == "8687c0302230d99c49caebb7d3388984d371919852deacee562ccc5c920df059")
  }

  @Test func `letters in no token are counted and warned of`() throws {
    let sequences = Self.fasta(["ACGTACGTAC", "ACG", "ACGTNN", "NNNNNN"])
    let dropped = try run(TokenizeStage.self, ["k": .int(6), "tail": .string("drop")], ["sequences": sequences])
    let old = try counts(dropped)
    #expect(old["letters"] == ["25", "0"] && old["letters in no token"] == ["7", "0"], "\(old)")
    #expect(old["sequences without a token"] == ["1", "0"] && old["unknown tokens, [UNK]"] == ["2", "0"], "\(old)")
    #expect(old["sequences of unknown tokens alone"] == ["2", "0"], "\(old)")
    for words in [
      "7 of 25 letters (28.0 %) are in no token", "'tail: letters'", "1 of 4 sequences (25.0 %) have no token",
      "2 of 3 tokens (66.7 %) are [UNK]", "2 of 4 sequences (50.0 %) have no token but [UNK]",
    ] { #expect(dropped.warnings.contains { $0.contains(words) }, "\(words): \(dropped.warnings)") }
    let kept = try run(TokenizeStage.self, ["k": .int(6)], ["sequences": sequences])
    let new = try counts(kept)
    #expect(new["letters in no token"] == ["0", "0"] && new["sequences without a token"] == ["0", "0"], "\(new)")
    #expect(new["tokens"] == ["10", "0"], "\(new)")
    let apart = try run(TokenizeStage.self, ["k": .int(2), "stride": .int(4)], ["sequences": Self.fasta(["ACGTACGT"])])
    #expect(
      apart.warnings.contains { $0.contains("4 of 8 letters") && $0.contains("lower 'stride'") }, "\(apart.warnings)")
    let plain = try run(TokenizeStage.self, ["k": .int(3)], ["sequences": Self.fasta(["ACGTACGT"])])
    #expect(plain.warnings.isEmpty, "\(plain.warnings)")
    let view = try ArtifactView(dropped.output("tokens", .tokens))
    #expect(view.tables[0].columns.contains("without a token") && view.tables[0].rows[1].contains("2"))
  }

  @Test func `letters in no window are counted and warned of`() throws {
    let genome = String(repeating: "ACGTTGCAAC", count: 40)
    let contigs = Self.fasta([genome, String(repeating: "G", count: 15), genome + String(repeating: "N", count: 100)])
    let whole = try run(WindowsStage.self, ["length": .int(30)], ["sequences": contigs])
    let found = try counts(whole)
    #expect(found["letters"] == ["824", "91"] && found["letters in no window"] == ["50", "50"], "\(found)")
    #expect(found["in gaps"] == ["50", "50"] && found["records in no window"] == ["0", "1"], "\(found)")
    #expect(whole.warnings.isEmpty, "\(whole.warnings)")
    let dropped = try run(
      WindowsStage.self, ["length": .int(30), "step": .int(40), "rest": .string("drop")], ["sequences": contigs])
    let some = try counts(dropped)
    #expect(some["records in no window"]?[0] == "1" && some["in pieces shorter than a window"]?[0] == "14", "\(some)")
    for words in ["'step' (40) is larger than 'length' (30)", "shorter than a window", "after the last window"] {
      #expect(dropped.warnings.contains { $0.contains(words) }, "\(words): \(dropped.warnings)")
    }
    let short = try run(
      WindowsStage.self, ["length": .int(100), "rest": .string("drop")], ["sequences": Self.fasta([genome])])
    #expect(short.warnings.contains { $0.contains("the held-out split has no window: each held-out part") })
    let gaps = Self.fasta([String(repeating: genome.prefix(20).appending("N"), count: 9)])
    let failure = #expect(throws: StageFailure.self) {
      try run(WindowsStage.self, ["length": .int(60), "rest": .string("drop")], ["sequences": gaps])
    }
    #expect(failure?.message.contains("'min-gap'") == true, "\(failure?.message ?? "")")
    #expect(throws: Never.self) { _ = try run(WindowsStage.self, ["length": .int(60)], ["sequences": gaps]) }
  }

  /// Names of records of either split, and letters.
  private func splits(_ run: MemoryRun) throws -> (train: Set<Substring>, heldOut: Set<Substring>) {
    let windows = run.output("sequences", .sequences)
    let names = try [SequenceSource.train, SequenceSource.heldOut].map { file in
      Set(
        String(decoding: try windows.bytes(file), as: UTF8.self).split(separator: "\n")
          .filter { $0.hasPrefix(">") }.map { $0.dropFirst().prefix { $0 != ":" } })
    }
    return (names[0], names[1])
  }

  @Test func `windows hold out records by name, by hash, and blocks`() throws {
    let records = (0..<16).map { (number: Int) in ">chr\(number)\n\(TaskTests.sequence(number, 400))\n" }
    let genome = MemoryArtifact(.sequences, ["": Array(records.joined().utf8)], format: "fasta")
    func cut(_ parameters: [String: Value]) throws -> MemoryRun {
      try run(
        WindowsStage.self, ["length": .int(50), "step": .int(50)].merging(parameters) { $1 }, ["sequences": genome])
    }
    let named = try cut([
      "held-out-by": .string("records"), "held-out-records": .list([.string("chr14"), .string("chr15")]),
    ])
    let (train, heldOut) = try splits(named)
    #expect(heldOut == ["chr14", "chr15"] && train.count == 14 && train.isDisjoint(with: heldOut))
    #expect(try counts(named)["letters"] == ["5,600", "800"] && named.warnings.isEmpty)
    let hashed = try cut(["held-out-by": .string("records"), "held-out": .float(0.3)])
    let sides = try splits(hashed)
    #expect(sides.train.isDisjoint(with: sides.heldOut) && sides.train.count + sides.heldOut.count == 16)
    #expect((1...9).contains(sides.heldOut.count))
    let blocks = try cut(["held-out-by": .string("blocks"), "held-out-block": .int(100), "held-out": .float(0.25)])
    #expect(try counts(blocks)["letters"] == ["4,800", "1,600"])
    #expect(try splits(blocks).heldOut.count == 16)
    let few = try cut(["held-out-by": .string("blocks"), "held-out": .float(0.25)])
    #expect(few.warnings.contains { $0.contains("a smaller 'held-out-block'") }, "\(few.warnings)")
    for (parameters, says) in [
      (["held-out-records": .list([.string("chr1")])], "'held-out-records' belongs to 'held-out-by: records'"),
      (["held-out-block": .int(9)], "'held-out-block' belongs to 'held-out-by: blocks'"),
      (
        ["held-out-by": .string("records"), "held-out-records": .list([.string("chrX")])],
        "names 'chrX', but no record is called that"
      ),
      (
        ["held-out-by": .string("records"), "held-out-records": .list([.string("chr14")]), "rows": .int(9)],
        "names 'chr14', but 'rows' takes the first 9 records, and none of them is called that"
      ),
      (
        ["held-out-by": .string("records"), "held-out-records": .list((0..<16).map { .string("chr\($0)") })],
        "every record is held out"
      ),
    ] as [([String: Value], String)] {
      let failure = #expect(throws: StageFailure.self) { try cut(parameters) }
      #expect(failure?.message.contains(says) == true, "\(failure?.message ?? "")")
    }
  }

  /// Half of the records are of unknown letters, or too short to predict from.
  @Test(arguments: ["mm", "ntp", "cl"]) func `sequences with nothing to learn from are left out`(_ objective: String)
    throws
  {
    let records = (0..<24).map { number in
      number % 2 == 0 ? String(repeating: "N", count: 30) : TaskTests.sequence(number, 30)
    }
    let tokens = try run(TokenizeStage.self, ["k": .int(6)], ["sequences": Self.fasta(records + ["ACGTAC"])])
    let inputs: [String: any InputArtifact] = [
      "tokens": tokens.output("tokens", .tokens), "tokenizer": tokens.output("tokenizer", .tokenizer),
      "architecture": MemoryArtifact(.architecture, ["": Array("c8\n".utf8)]),
    ]
    let parameters: [String: Value] = ["objective": .string(objective), "steps": .int(40), "batch": .int(2)]
    let trained = try run(PretrainStage.self, parameters, inputs)
    let left = objective == "ntp" ? 13 : 12
    #expect(trained.warnings.contains { $0.hasPrefix("\(left) of 25 sequences") }, "\(trained.warnings)")
    #expect(try json(trained.output("history", .history))["leftOut"] as? Int == left)
    let view = try ArtifactView(trained.output("history", .history))
    #expect(view.lines.contains { $0.contains("\(left) sequences left out") }, "\(view.lines)")
    let nothing = try run(TokenizeStage.self, ["k": .int(6)], ["sequences": Self.fasta(["NNNNNN"])])
    let failure = #expect(throws: StageFailure.self) {
      try run(
        PretrainStage.self, parameters, inputs.merging(["tokens": nothing.output("tokens", .tokens)]) { $1 })
    }
    #expect(failure?.code == "no-tokens" && failure?.message.contains("known letters") == true)
  }

  private func tune(
    _ task: MemoryArtifact, _ parameters: [String: Value], scheme: [String: Value]
  ) throws -> MemoryRun {
    let tokens = try run(TokenizeStage.self, scheme, ["sequences": Self.fasta(["ACGTACGT"])])
    return try run(
      FineTuneStage.self, ["epochs": .int(1)].merging(parameters) { $1 },
      [
        "tokenizer": tokens.output("tokenizer", .tokenizer), "task": task,
        "architecture": MemoryArtifact(.architecture, ["": Array("c8\n".utf8)]),
      ])
  }

  @Test func `duplicates and lost classes are counted and warned of`() throws {
    let row = { (number: Int, label: String, set: String) in "\(TaskTests.sequence(number, 20)),\(label),\(set)" }
    var rows = (0..<60).map { row($0, ["a", "b"][$0 % 2], "train") }
    rows += (0..<3).map { row(100 + $0, "rare", "train") }
    rows += (0..<3).map { row(100 + $0, "rare", "dev") } + (0..<10).map { row(50 + $0, "a", "dev") }
    rows += (200..<220).map { row($0, ["a", "b"][$0 % 2], "test") }
    let task = table("sequence,label,set", rows)
    let dropped = try tune(task, [:], scheme: ["k": .int(1)])
    #expect(
      dropped.warnings.contains {
        $0.contains("13 training rows are also in dev or test") && $0.contains("50 are left")
          && $0.contains("class rare: 0")
      }, "\(dropped.warnings)")
    #expect(dropped.warnings.contains { $0.contains("no row of class rare is left") }, "\(dropped.warnings)")
    let document = try json(dropped.output("metrics", .metrics))
    let counts = try #require(document["rows"] as? [String: Any])
    #expect(counts["classesNotTrained"] as? [String] == ["rare"] && counts["droppedFromTrain"] as? Int == 13)
    let lines = try ArtifactView(dropped.output("metrics", .metrics)).lines
    #expect(lines.contains { $0.contains("no row of class rare is trained on") }, "\(lines)")
    let kept = try tune(task, ["duplicates": .string("keep")], scheme: ["k": .int(1)])
    #expect(kept.warnings.contains { $0.contains("13 training rows") && $0.contains("are trained on") })
    let all = try #require(try json(kept.output("metrics", .metrics))["rows"] as? [String: Any])
    #expect((all["train"] as? Int ?? 0) + (all["holdOut"] as? Int ?? 0) == 63 && all["droppedFromTrain"] as? Int == 0)
    let first = try tune(task, ["rows": .int(40), "hold-out": .float(0.3)], scheme: ["k": .int(1)])
    // A sample has rows of the rare class, where the first rows of the file had none.
    #expect(!first.warnings.contains { $0.contains("'rows' takes") }, "\(first.warnings)")
    let sampled = try #require(try json(first.output("metrics", .metrics))["rows"] as? [String: Any])
    #expect(sampled["beyondLimit"] as? Int == 23)
  }

  /// Sequences without a token, cut ones and unknown letters are in the metrics, by split.
  @Test func `letters that a task loses are in its metrics`() throws {
    let rows = (0..<80).map { number in
      let length = number % 10 == 0 ? 3 : number % 10 == 1 ? 60 : 20
      return "\(TaskTests.sequence(number, length)),\(number % 2),\(["train", "train", "dev", "test"][number / 10 % 4])"
    }
    let run = try tune(
      table("sequence,label,set", rows), ["max-length": .int(8), "hold-out": .float(0.3)],
      scheme: ["k": .int(6), "tail": .string("drop")])
    let splits = try #require(try json(run.output("metrics", .metrics))["encoded"] as? [[String: Any]])
    #expect(splits.map { $0["split"] as? String } == ["train", "hold-out", "dev", "test"])
    let total = { (key: String) in splits.reduce(0) { $0 + ($1[key] as? Int ?? 0) } }
    #expect(total("withoutToken") > 0 && total("withoutToken") <= 8 && total("cut") > 0)
    #expect(total("lettersCut") == total("cut") * 12)
    #expect(total("lettersInNoToken") > total("withoutToken") * 3)
    let lines = try ArtifactView(run.output("metrics", .metrics)).lines.joined(separator: "\n")
    for words in ["sequences (", "without a token", "in no token", "cut, of"] {
      #expect(lines.contains(words), "\(lines)")
    }
    #expect(run.warnings.contains { $0.contains("is read as one [UNK]") }, "\(run.warnings)")
    #expect(run.warnings.contains { $0.contains("were cut at their end") && $0.contains("are not read") })
  }

  /// Splits on which no model can be told from another are named before it is trained, and constant predictions after.
  @Test func `splits of little worth are warned of`() throws {
    let rows = (0..<60).map { number in
      let split = number < 40 ? "train" : number < 44 ? "dev" : "test"
      return "\(TaskTests.sequence(number, 12)),\(split == "test" ? 1 : number % 2),\(split)"
    }
    let run = try tune(
      table("sequence,label,set", rows), ["epochs": .int(1), "hold-out": .float(0.3)], scheme: ["k": .int(1)])
    #expect(run.warnings.contains("dev has 4 rows: they say little about a model"), "\(run.warnings)")
    #expect(
      run.warnings.contains("the 16 rows of test have one label: they say little about a model"), "\(run.warnings)")
    let document = try json(run.output("metrics", .metrics))
    let dev = try #require((document["metrics"] as? [String: Any])?["dev"] as? [String: Any])
    let confusion = try #require(dev["confusion"] as? [[Int]])
    let isConstant = (0..<2).contains { column in confusion.allSatisfy { $0[column] == 0 } }
    #expect(
      run.warnings.contains { $0.hasPrefix("dev: every row is predicted to be") } == isConstant, "\(run.warnings)")
  }

  /// Sequences whose labels are all ignored are left out of training, and no batch is without a label.
  @Test func `sequences without a label that counts are left out`() throws {
    let rows = (0..<80).map { number in
      let text = TaskTests.sequence(number, 12)
      let labels =
        number % 3 == 0 ? String(repeating: ".", count: 12) : text.map { "AC".contains($0) ? "x" : "y" }.joined()
      return "\(text),\(labels),\(["train", "train", "dev", "test"][number / 10 % 4])"
    }
    let run = try tune(
      MemoryArtifact(
        .labelledSequences, ["": Array((["sequence,label,set"] + rows).joined(separator: "\n").utf8)], format: "csv",
        options: ["split": "set", "labels": "letters", "ignore": "."]),
      ["batch": .int(1), "hold-out": .float(0.3)], scheme: ["k": .int(1)])
    let splits = try #require(try json(run.output("metrics", .metrics))["encoded"] as? [[String: Any]])
    let left = try #require(splits[0]["withoutLabel"] as? Int)
    #expect(left > 3 && splits[2]["withoutLabel"] as? Int == 0)
    #expect(
      run.warnings.contains { $0.contains("\(left) of") && $0.contains("has a label that counts") }, "\(run.warnings)")
  }
}
