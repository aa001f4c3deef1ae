import Artifacts
import Foundation
import Inputs
import Labelled
import ModelStages
import Sequences
import Testing

@testable import DataStages
@testable import TaskStages
@testable import UseStages

/// Models that fine-tunes write, and what is done with them.
@Suite struct PredictTests {
  /// A fine-tune of a task, and the test rows as sequences.
  private static func trained(
    _ test: TaskTests.Case, _ parameters: [String: Value] = [:], path: String = "c8-t8"
  ) throws -> (run: MemoryRun, rows: MemoryArtifact) {
    var inputs = try TaskTests.inputs(test)
    inputs["architecture"] = MemoryArtifact(.architecture, ["": Array("\(path)\n".utf8)])
    let run = MemoryRun()
    try run.run(
      FineTuneStage.self,
      test.parameters.merging(["epochs": .int(1), "positions": .string("sinusoidal")]) { $1 }.merging(parameters) {
        $1
      },
      inputs)
    let task = try #require(inputs["task"])
    let source = SequenceSource(task, path: SequenceSource.names(at: "task"), alphabet: .dna, rows: 0) { _ in }
    let records = try source.labelled().test
    return (run, fasta(records.flatMap { $0.second.isEmpty ? [$0.sequence] : [$0.sequence, $0.second] }))
  }

  private static func fasta(_ sequences: [[UInt8]]) -> MemoryArtifact {
    let text = sequences.enumerated().map { ">s\($0)\n\(String(decoding: $1, as: UTF8.self))\n" }.joined()
    return MemoryArtifact(.sequences, ["": Array(text.utf8)], format: "fasta")
  }

  private static func predicted(
    _ models: [MemoryRun], _ rows: MemoryArtifact, _ parameters: [String: Value] = [:], threads: Int = 1
  ) throws -> (table: [[String: String]], run: MemoryRun) {
    let run = MemoryRun()
    try run.run(
      PredictStage.self, parameters,
      several: ["model": models.map { $0.output("model", .model) }, "sequences": [rows]], threads: threads)
    return (table(run.output("table", .predicted).files[""]!), run)
  }

  private static func table(_ bytes: [UInt8]) -> [[String: String]] {
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  /// Every figure of every kind of label is that of the step's predictions, to the last digit, on any threads.
  @Test(arguments: TaskTests.cases, [false, true]) func `a model predicts the test rows as its step did`(
    _ test: TaskTests.Case, isProbe: Bool
  ) throws {
    try Self.check(Self.trained(test, isProbe ? ["linear-probe": .bool(true)] : [:]))
  }

  /// A flat head behind poolings has fewer places than a sequence has tokens, and yet reads all of it.
  @Test(arguments: ["mean", "flat", "last"]) func `a model that pools predicts as its step did`(pooling: String) throws
  {
    try Self.check(
      Self.trained(Self.promoters, ["pooling": .string(pooling)], path: "g8(kernel=3)-p8(factor=3)-c8-p8(form=max)"))
  }

  private static func check(_ model: (run: MemoryRun, rows: MemoryArtifact)) throws {
    let (run, rows) = model
    let own = Self.table(run.output("predictions", .predictions).files[""]!).filter { $0["split"] == "test" }
    for threads in [1, 3] {
      let (table, _) = try Self.predicted([run], rows, threads: threads)
      #expect(table.count == own.count && !table.isEmpty)
      for (mine, theirs) in zip(table, own) {
        let columns = theirs.keys.filter { $0 == "predicted" || $0.hasPrefix("score:") }
        #expect(!columns.isEmpty)
        for column in columns { #expect(mine[column] == theirs[column], "\(column)") }
      }
    }
  }

  private static var promoters: TaskTests.Case {
    TaskTests.Case(
      name: "two classes", format: "csv", options: ["split": "set"],
      files: [
        "": "sequence,label,set\n"
          + (0..<120).map {
            "\(TaskTests.sequence($0, 20)),\($0 % 3 == 0 ? "yes" : "no"),\(["test", "dev", "train", "train"][$0 % 4])\n"
          }.joined()
      ], primary: "mcc")
  }

  @Test func `of several models the mean counts, between the least and the largest`() throws {
    let first = try Self.trained(Self.promoters), second = try Self.trained(Self.promoters, ["seed": .int(5)])
    let alone = try [first, second].map { try Self.predicted([$0.run], first.rows).table }
    let (both, _) = try Self.predicted([first.run, second.run], first.rows)
    for (row, fields) in both.enumerated() {
      let values = try alone.map { try #require(Double($0[row]["score:yes"]!)) }
      #expect(abs(Double(fields["score:yes"]!)! - (values[0] + values[1]) / 2) < 1e-12)
      let probabilities = values.map { 1 / (1 + exp(-$0)) }
      #expect(abs(Double(fields["low:yes"]!)! - probabilities.min()!) < 1e-12)
      #expect(abs(Double(fields["high:yes"]!)! - probabilities.max()!) < 1e-12)
      let odds = Double(fields["score:yes"]!)!
      #expect(abs(Double(fields["probability:yes"]!)! - 1 / (1 + exp(-odds))) < 1e-12)
    }
    let other = try Self.trained(try #require(TaskTests.cases.first { $0.name == "values" }))
    #expect(throws: StageFailure.self) { try Self.predicted([first.run, other.run], first.rows) }
  }

  /// A table has no column for each of more than 64 classes.
  @Test func `of many classes the probability of the predicted one is told`() throws {
    let rows = { (count: Int, first: Int) in
      (0..<count).map { "\(TaskTests.sequence(first + $0, 20)),species \($0 % 70)" }
    }
    let files = ["train": rows(280, 0), "dev": rows(70, 300), "test": rows(70, 400)].mapValues {
      (["sequence,label"] + $0).joined(separator: "\n")
    }
    let test = TaskTests.Case(
      name: "many", format: "csv", options: ["train": "train", "dev": "dev", "test": "test"], files: files,
      primary: "mcc")
    let first = try Self.trained(test), second = try Self.trained(test, ["seed": .int(5)])
    let alone = try [first, second].map { try Self.predicted([$0.run], first.rows).table }
    let (both, _) = try Self.predicted([first.run, second.run], first.rows)
    #expect(both.count == 70)
    for (row, fields) in both.enumerated() {
      let values = try ["low", "probability", "high"].map { try #require(Double(fields[$0]!)) }
      #expect(0 < values[0] && values[0] <= values[1] && values[1] <= values[2] && values[2] < 1)
      // All agree, and the mean is that of their probabilities.
      if alone.allSatisfy({ $0[row]["predicted"] == fields["predicted"] }) {
        let own = try alone.map { try #require(Double($0[row]["probability"]!)) }
        #expect(abs(values[1] - (own[0] + own[1]) / 2) < 1e-12)
        #expect([values[0], values[2]] == own.sorted())
      }
    }
  }

  @Test func `rows that the model never saw the like of are noted`() throws {
    let model = try Self.trained(Self.promoters).run
    let letters = ["ACGTACGTACGTACGTACGT", "ACGTRCGTACGTACGTACGT", "ACGT", "ACGTACGTACGTACGTACGTACGTACGT"]
    let (table, run) = try Self.predicted([model], Self.fasta(letters.map { Array($0.utf8) }))
    #expect(table.map { $0["note"] } == ["", "letters;unknown", "length", "length"])
    #expect(run.warnings.contains { $0.hasPrefix("2 of 4 rows") && $0.contains("length") }, "\(run.warnings)")
    #expect(run.warnings.contains { $0.hasPrefix("1 of 4 rows") && $0.contains("[UNK]") })
  }

  @Test func `long sequences are cut, read in windows, or refused`() throws {
    let model = try Self.trained(Self.promoters, ["max-length": .int(20)]).run
    let long = Array(TaskTests.sequence(7, 53).utf8)
    let rows = Self.fasta([long, Array(long.prefix(20))])
    let cut = try Self.predicted([model], rows).table
    #expect(cut[0]["note"] == "cut;length" && cut[0]["score:yes"] == cut[1]["score:yes"])
    let (windows, _) = try Self.predicted([model], rows, ["long": .string("windows"), "step": .int(15)])
    #expect(windows.map { "\($0["start"]!)-\($0["end"]!)" } == ["0-20", "15-35", "30-50", "33-53", "0-20"])
    for window in windows.prefix(4) {
      let (start, end) = (Int(window["start"]!)!, Int(window["end"]!)!)
      let (alone, _) = try Self.predicted([model], Self.fasta([Array(long[start..<end])]))
      #expect(alone[0]["score:yes"] == window["score:yes"])
    }
    let refused = #expect(throws: StageFailure.self) {
      try Self.predicted([model], rows, ["long": .string("refuse")])
    }
    #expect(refused?.code == "too-long")
  }

  /// A sequence and its other strand are one to a model of both strands, and two to one of the strand that is given.
  @Test(arguments: ["forward", "both", "average"]) func `strands are read as the model was trained`(
    _ strands: String
  ) throws {
    let (run, rows) = try Self.trained(Self.promoters, ["strands": .string(strands)])
    let own = try Self.predicted([run], rows).table
    let sequences = String(decoding: rows.files[""]!, as: UTF8.self).split(separator: "\n").filter { $0.first != ">" }
    let turned = Self.fasta(sequences.map { Complement.reversed(Array($0.utf8)) })
    let other = try Self.predicted([run], turned).table
    let differences = zip(own, other).map { abs(Double($0["score:yes"]!)! - Double($1["score:yes"]!)!) }
    #expect(strands == "forward" ? differences.max()! > 1e-3 : differences.max()! < 1e-5, "\(differences)")
  }

  /// `auto` follows the input.
  @Test func `an input says whether its strand tells something`() throws {
    var test = Self.promoters
    let stranded = try Self.trained(test).run.output("model", .model)
    test = TaskTests.Case(
      name: test.name, format: test.format, options: test.options.merging(["stranded": "false"]) { $1 },
      files: test.files, primary: test.primary)
    let unstranded = try Self.trained(test).run.output("model", .model)
    #expect(try TrainedModel(stranded).document.strands == "forward")
    #expect(try TrainedModel(unstranded).document.strands == "both")
    let letters = try #require(TaskTests.cases.first { $0.name == "letters" })
    let refused = #expect(throws: StageFailure.self) { try Self.trained(letters, ["strands": .string("both")]) }
    #expect(refused?.code == "one-strand")
  }

  /// The fall of the rate goes with the epochs that are stated, and leaves a stated schedule alone.
  @Test func `presets follow what is stated beside them`() throws {
    let standard = try #require(FineTuneStage.presets.first { $0.name == "standard" })
    let longer = standard.values(["epochs": .int(20)])
    #expect(longer["decay-from-epoch"] == .int(14) && longer["decay-epochs"] == .float(6))
    for stated in [["schedule": Value.string("constant")], ["decay-epochs": .float(1)]] {
      #expect(standard.values(stated)["schedule"] == nil && standard.values(stated)["decay-epochs"] == nil)
    }
    #expect(standard.values(["epochs": Value?.none])["schedule"] == nil, "epochs of an axis have no one third")
    #expect(standard.values(["linear-probe": .some(.bool(true))]).keys.sorted() == ["pooling"])
    // Every value is one that the parameter takes.
    for preset in FineTuneStage.presets {
      for (name, value) in preset.values([:]) {
        let parameter = try #require(FineTuneStage.declaration.parameter(name))
        #expect(try parameter.type.accept(value).get() == value, "\(preset.name) \(name)")
      }
    }
  }

  @Test func `weights of another vocabulary are refused`() throws {
    let (tuned, rows) = try Self.trained(Self.promoters)
    let tokens = MemoryRun()
    try tokens.run(
      TokenizeStage.self, ["k": .int(3)],
      ["sequences": MemoryArtifact(.sequences, ["": Array(">a\nACGTACGT\n".utf8)], format: "fasta")])
    let refused = #expect(throws: StageFailure.self) {
      try MemoryRun().run(
        EmbedStage.self, [:],
        [
          "weights": tuned.output("model", .weights), "tokenizer": tokens.output("tokenizer", .tokenizer),
          "architecture": MemoryArtifact(.architecture, ["": Array("c8-t8\n".utf8)]), "sequences": rows,
        ])
    }
    #expect(refused?.code == "other-tokenizer", "\(refused?.message ?? "")")
  }

  @Test func `features are written as NumPy reads them`() throws {
    // A head of another shape than that of labels of tokens.
    let (model, rows) = try Self.trained(Self.promoters, ["pooling": .string("attention")])
    let embed = { (by: String) in
      let run = MemoryRun()
      try run.run(EmbedStage.self, ["by": .string(by)], ["model": model.output("model", .model), "sequences": rows])
      return run.output("embeddings", .embeddings)
    }
    for (by, each) in [("sequence", 1), ("token", 20)] {
      let found = try embed(by)
      let names = Self.table(found.files["names.tsv"]!)
      #expect(names.count == 30 && names.allSatisfy { $0["rows"] == "\(each)" } && names[2]["row"] == "\(2 * each)")
      let bytes = found.files["features.npy"]!
      let header = String(decoding: bytes[10..<128], as: UTF8.self)
      #expect(bytes[..<8].elementsEqual([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0]))
      let columns = (bytes.count - 128) / 4 / 30 / each
      #expect(header.contains("'shape': (\(30 * each), \(columns)), ") && columns > 0, "\(header)")
      #expect((bytes.count - 128) == 30 * each * columns * 4)
    }
  }

  /// Each sequence of a task is embedded once, and found by its letters.
  @Test func `the sequences of a task are embedded once each`() throws {
    let (model, _) = try Self.trained(Self.promoters)
    let csv = { (rows: [String]) in Array(("sequence,label\n" + rows.joined(separator: "\n") + "\n").utf8) }
    let letters = (1...5).map { TaskTests.sequence($0, 20) }
    let task = MemoryArtifact(
      .labelledSequences,
      [
        "train.csv": csv(["\(letters[0]),0", "\(letters[1]),1", "\(letters[0]),1"]),
        "dev.csv": csv(["\(letters[2]),0", "\(letters[1]),1"]), "test.csv": csv(["\(letters[3]),0"]),
      ], format: "gue")
    let run = MemoryRun()
    try run.run(EmbedStage.self, [:], ["model": model.output("model", .model), "sequences": task])
    let names = Self.table(run.output("embeddings", .embeddings).files["names.tsv"]!)
    #expect(names.map { $0["sequence"] } == letters.prefix(4).map { SequenceName.of($0.utf8) })
    #expect(names.map { $0["row"] } == ["0", "1", "2", "3"])
  }
}
