import Artifacts
import Foundation
import Inputs
import Rankings
import Testing

@testable import DataStages
@testable import ModelStages
@testable import ProbeStages
@testable import TaskStages
@testable import UseStages

/// Features judged by nearest neighbours and linear models.
@Suite struct ProbeStageTests {
  /// Embeddings as an own stage may write them: rows of two numbers in NumPy's format.
  static func embeddings(_ rows: [(letters: String, values: [Float])]) -> MemoryArtifact {
    let columns = rows[0].values.count
    var table = NumPyHeader.bytes(rows: rows.count, columns: columns)
    for value in rows.flatMap(\.values) {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { table += $0 }
    }
    let names = rows.enumerated().map { "s\($0)\t\($0)\t1\t\(SequenceName.of($1.letters.utf8))\n" }
    return MemoryArtifact(
      .embeddings,
      ["features.npy": table, "names.tsv": Array(("name\trow\trows\tsequence\n" + names.joined()).utf8)])
  }

  /// A task of rows `LETTERS,LABEL` of train, dev and test.
  static func task(_ splits: [[String]], options: [String: String] = [:]) -> MemoryArtifact {
    let files = zip(["train.csv", "dev.csv", "test.csv"], splits).map { name, rows in
      (name, Array(("sequence,label\n" + rows.joined(separator: "\n") + "\n").utf8))
    }
    return MemoryArtifact(
      .labelledSequences, Dictionary(uniqueKeysWithValues: files), format: "gue", options: options)
  }

  static func document(_ run: MemoryRun) throws -> MetricsDocument {
    try JSONArtifact.decode(MetricsDocument.self, run.output("metrics", .metrics).bytes())
  }

  private func predicted(_ run: MemoryRun, _ split: String) throws -> [String] {
    let lines = String(decoding: try run.output("predictions", .predictions).bytes(), as: UTF8.self)
      .split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
    return lines.filter { $0[0] == split }.map { $0[4] }
  }

  private func failure(
    _ parameters: [String: Value], _ inputs: [String: any InputArtifact]
  ) -> StageFailure? {
    do { try MemoryRun().run(ProbeStage.self, parameters, inputs) } catch { return error as? StageFailure }
    return nil
  }

  private static let rows: [(letters: String, values: [Float])] = [
    ("AAAA", [1, 0]), ("AAAC", [0.9, 0.1]), ("CCCC", [0, 1]), ("CCCA", [0.1, 0.9]), ("GGGG", [-1, 0.1]),
    ("ACAA", [0.95, 0]), ("CACC", [0, 2]), ("GGGA", [-3, 0]), ("ACAC", [0.6, 0.5]), ("TATT", [0.5, 0.6]),
  ]
  private static let splits = [
    ["AAAA,a", "AAAC,a", "CCCC,c", "CCCA,c", "GGGG,g"], ["ACAA,a", "CACC,c", "GGGA,g"], ["ACAC,a", "TATT,g"],
  ]

  @Test func `a row has the class of its nearest neighbours`() throws {
    let run = MemoryRun()
    let (task, embeddings) = (Self.task(Self.splits), Self.embeddings(Self.rows))
    try run.run(ProbeStage.self, [:], ["task": task, "embeddings": embeddings])
    #expect(try predicted(run, "dev") == ["a", "c", "g"] && predicted(run, "test") == ["a", "c"])
    let document = try Self.document(run)
    #expect(document.metrics.dev[.accuracy]?.value == 1 && document.metrics.test[.accuracy]?.value == 0.5)
    #expect(document.rows.train == 5 && document.rows.holdOut == 0 && document.architecture == nil)
    // Two of five neighbours are of either class: the nearer ones count.
    let five = MemoryRun()
    try five.run(ProbeStage.self, ["k": .int(5)], ["task": task, "embeddings": embeddings])
    #expect(try predicted(five, "test") == ["a", "c"] && predicted(five, "dev")[2] == "c")
    #expect(try PredictionsArtifact(five.output("predictions", .predictions)).splits["test"]?.predictions.rows == 2)
  }

  @Test func `a sequence without an embedding is an error with its name`() throws {
    let few = Self.embeddings(Array(Self.rows.dropLast(2)))
    let found = failure([:], ["task": Self.task(Self.splits), "embeddings": few])
    #expect(found?.code == "no-embedding")
    #expect(found?.message.hasPrefix("2 of 10 rows of the task have no embedding, the first of them 'row1'") == true)
  }

  @Test func `embeddings that are none are refused in words`() throws {
    let task = Self.task(Self.splits)
    let good = Self.embeddings(Self.rows)
    let other = { (name: String, change: (inout [UInt8]) -> Void) in
      var files = good.files
      change(&files[name]!)
      return MemoryArtifact(.embeddings, files)
    }
    let text = { (name: String, old: String, new: String) in
      other(name) { $0 = Array(String(decoding: $0, as: UTF8.self).replacing(old, with: new).utf8) }
    }
    for (embeddings, words) in [
      (MemoryArtifact(.embeddings, ["features.npy": []]), "there is no features.npy, or no names.tsv"),
      (other("features.npy") { $0.removeLast() }, "not the numbers that its shape says"),
      (other("features.npy") { $0 = [1, 2] }, "no table of NumPy"),
      (other("features.npy") { $0.replaceSubrange(21..<24, with: Array("<f8".utf8)) }, "no table of 32-bit floats"),
      (text("names.tsv", "\tsequence", "\tletters"), "not the columns row, rows and sequence"),
      (text("names.tsv", "\t9\t1\t", "\t10\t1\t"), "line 11, names no row"),
      (text("names.tsv", "\t9\t1\t", "\t9\t4\t"), "by: sequence"),
    ] {
      let found = failure([:], ["task": task, "embeddings": embeddings])
      #expect(found?.code == "bad-embeddings" && found?.message.contains(words) == true, "\(found?.message ?? words)")
    }
  }

  /// Rows of a class that train does not have are an error, left out, or wrong: counted in each case.
  @Test func `classes that train does not have are told`() throws {
    let splits = [Self.splits[0], ["ACAA,a", "CACC,c", "TATT,t"], ["ACAC,a", "GGGA,x"]]
    let inputs = { (unseen: String) in
      ["task": Self.task(splits, options: ["unseen": unseen]), "embeddings": Self.embeddings(Self.rows)]
    }
    #expect(failure([:], inputs("refuse"))?.message.contains("label `t` does not occur") == true)
    let dropped = MemoryRun(), kept = MemoryRun()
    try dropped.run(ProbeStage.self, [:], inputs("drop"))
    let closed = try Self.document(dropped)
    #expect(closed.rows.dev == 2 && closed.rows.test == 1 && closed.rows.devUnseen == nil)
    #expect(
      closed.rows.notes == ["rows of dev and test left out for a class that train has not: 2, classes: 2"])
    #expect(closed.metrics.dev[.accuracy]?.value == 1)
    try kept.run(ProbeStage.self, [:], inputs("keep"))
    let open = try Self.document(kept)
    #expect(open.rows.devUnseen == 1 && open.rows.testUnseen == 1 && open.classes == ["a", "c", "g", "t", "x"])
    #expect(open.metrics.test[.accuracy]?.value == 0.5)
    let warnings = kept.warnings.filter { $0.contains("count as wrong") }
    #expect(warnings.count == 2 && warnings[1].hasPrefix("1 of 2 rows of test"), "\(kept.warnings)")
    let view = try ArtifactView.metrics(kept.output("metrics", .metrics))
    #expect(
      view.lines.contains { $0.contains("rows of dev") && $0.hasSuffix("at most 1.000 of the others are right") })
  }

  @Test func `values have the mean of their neighbours, sets the classes of most`() throws {
    let values = MemoryRun()
    let numbers = [
      ["AAAA,1", "AAAC,3", "CCCC,8", "CCCA,9", "GGGG,-5"], ["ACAA,2", "CACC,8.5"], ["ACAC,2", "GGGA,1"],
    ]
    try values.run(
      ProbeStage.self, ["k": .int(2)],
      [
        "task": Self.task(numbers, options: ["labels": "value"]), "embeddings": Self.embeddings(Self.rows),
      ])
    #expect(try predicted(values, "dev") == ["2.0", "8.5"] && Self.document(values).metrics.primary == .spearman)
    let sets = MemoryRun()
    let members = [
      ["AAAA,a;b", "AAAC,a", "CCCC,c;b", "CCCA,c", "GGGG,a;c"], ["ACAA,a", "CACC,c"], ["ACAC,a", "GGGA,c"],
    ]
    try sets.run(
      ProbeStage.self, ["k": .int(1)],
      ["task": Self.task(members, options: ["labels": "set"]), "embeddings": Self.embeddings(Self.rows)])
    #expect(try predicted(sets, "dev") == ["a;b", "b;c"])
  }

  /// Without embeddings features are k-mers; of a pair both sequences have their own.
  @Test func `k-mers judge a task without embeddings`() throws {
    let promoters = MemoryRun()
    try promoters.run(SynthesizeStage.self, ["train": .int(300), "dev": .int(80), "test": .int(80)])
    let task = promoters.output("sequences", .labelledSequences)
    let run = MemoryRun(), again = MemoryRun()
    try run.run(ProbeStage.self, ["k": .int(9), "k-min": .int(2), "k-max": .int(4)], ["task": task])
    let document = try Self.document(run)
    #expect(document.model == "k-mer nearest neighbours" && document.rows.train == 300)
    #expect(document.settings == "the 9 nearest rows of train by cosine, k-mers of 2 to 4 letters")
    #expect((document.metrics.dev[.auroc]?.value ?? 0) > 0.6, "\(document.metrics.dev)")
    try again.run(
      ProbeStage.self, ["k": .int(9), "k-min": .int(2), "k-max": .int(4)], ["task": task], threads: 3)
    #expect(run.digest == again.digest)
    #expect(failure(["k-min": .int(5), "k-max": .int(4)], ["task": task])?.code == "bad-parameters")
    #expect(failure(["method": .string("linear")], ["task": task])?.code == "bad-ports")
  }

  @Test func `a linear model is fitted to standardised embeddings`() throws {
    let noise = (0..<400).map { Double((UInt64($0 + 1) &* 0x9E37_79B9_7F4A_7C15) >> 40) / Double(1 << 24) }
    let letters = (0..<200).map { TaskTests.sequence($0 + 1, 30) }
    let rows = letters.enumerated().map { index, letters in
      (letters: letters, values: [Float(100 + noise[2 * index]), Float(noise[2 * index + 1]), 7])
    }
    let labelled = rows.enumerated().map { index, row in
      "\(row.letters),\(noise[2 * index] - noise[2 * index + 1] > 0 ? 1 : 0)"
    }
    let task = Self.task([Array(labelled[..<140]), Array(labelled[140..<170]), Array(labelled[170...])])
    let inputs = ["task": task, "embeddings": Self.embeddings(rows)]
    let run = MemoryRun()
    try run.run(ProbeStage.self, ["method": .string("linear")], inputs)
    let document = try Self.document(run)
    #expect((document.metrics.test[.accuracy]?.value ?? 0) > 0.9 && document.rows.holdOut > 0)
    #expect(document.settings?.hasPrefix("linear probe, C ") == true && document.threshold != nil)
    let splits = try PredictionsArtifact(run.output("predictions", .predictions)).splits
    #expect(splits["hold-out"]?.predictions.rows == document.rows.holdOut)
    let values = MemoryRun()
    let real = rows.enumerated().map { "\($1.letters),\(3 * noise[2 * $0] - noise[2 * $0 + 1])" }
    try values.run(
      ProbeStage.self, ["method": .string("linear")],
      [
        "task": Self.task(
          [Array(real[..<140]), Array(real[140..<170]), Array(real[170...])], options: ["labels": "value"]),
        "embeddings": Self.embeddings(rows),
      ])
    #expect((try Self.document(values).metrics.test[.spearman]?.value ?? 0) > 0.99)
  }
}
