import Artifacts
import Foundation
import Inputs
import Rankings
import Stages
import Testing

@testable import DataStages
@testable import ModelStages
@testable import TaskStages
@testable import UseStages

/// Contributions of letters: rows, tables, known sites, failures with their words.
@Suite struct AttributeStageTests {
  private struct Tuned {
    let model: MemoryArtifact
    let task: MemoryArtifact
  }

  private static func promoters() throws -> MemoryArtifact {
    let run = MemoryRun()
    try run.run(SynthesizeStage.self, ["train": .int(80), "dev": .int(10), "test": .int(24), "length": .int(90)])
    return run.output("sequences", .labelledSequences)
  }

  private static func tuned(
    _ tokens: [String: Value], _ parameters: [String: Value] = [:], _ task: MemoryArtifact? = nil,
    architecture: String = "c8-t16"
  ) throws -> Tuned {
    let task = try task ?? promoters()
    let (tokenized, run) = (MemoryRun(), MemoryRun())
    try tokenized.run(TokenizeStage.self, tokens, ["sequences": task])
    try run.run(
      FineTuneStage.self, ["epochs": .int(1)].merging(parameters) { $1 },
      [
        "tokenizer": tokenized.output("tokenizer", .tokenizer), "task": task,
        "architecture": MemoryArtifact(.architecture, ["": Array("\(architecture)\n".utf8)]),
      ])
    return Tuned(model: run.output("model", .model), task: task)
  }

  private func attribute(
    _ tuned: Tuned, _ parameters: [String: Value] = [:], threads: Int = 1
  ) throws -> MemoryRun {
    let run = MemoryRun()
    try run.run(AttributeStage.self, parameters, ["model": tuned.model, "task": tuned.task], threads: threads)
    return run
  }

  private func document(_ run: MemoryRun) throws -> AttributionDocument {
    try JSONArtifact.decode(AttributionDocument.self, run.output("attribution", .attribution).bytes())
  }

  /// The table's columns by name.
  private func scores(_ run: MemoryRun) throws -> [String: [String]] {
    let lines = try String(decoding: run.output("scores", .attributionScores).bytes(), as: UTF8.self).split(
      separator: "\n"
    ).map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    return Dictionary(
      uniqueKeysWithValues: lines[0].enumerated().map { column, name in
        (name, lines.dropFirst().map { $0[column] })
      })
  }

  static let tokenizers: [[String: Value]] = [
    ["k": .int(1)], ["k": .int(3)], ["k": .int(3), "stride": .int(1)],
    ["scheme": .string("bpe"), "vocabulary": .int(40)],
  ]

  /// Letters of every row add up to the difference of outputs, whatever the tokens and strands: none is lost on the way
  /// from tokens to letters.
  @Test(arguments: tokenizers, ["forward", "both"])
  func `letters add up to the outputs' difference`(_ tokens: [String: Value], _ strands: String) throws {
    let tuned = try Self.tuned(tokens, ["strands": .string(strands)])
    let run = try attribute(tuned, ["steps": .int(128), "shuffles": .int(0), "upstream": .int(50)])
    let document = try document(run)
    let completeness = try #require(document.completeness)
    #expect(document.rows == 12 && document.lanes == ["embedding", "layer1", "layer2"])
    for error in completeness.meanErrors {
      #expect(error < 1e-2 * max(completeness.meanDifference, 0.01), "\(completeness)")
    }
    let table = try scores(run)
    #expect(table["place"]?.count == 12 * 90)
    // The sizes of tracks are means over rows of the table.
    let tracks = try #require(document.tracks)
    let layer = try #require(table["layer1"]).compactMap { Double($0) }
    let mean = (0..<12).reduce(0) { $0 + abs(layer[$1 * 90 + 7]) } / 12
    #expect(abs(tracks.sizes[1].mean[7] - mean) < 1e-5 && tracks.places[0] == -50 && tracks.places[50] == 1)
    #expect(abs(tracks.letters[7].reduce(0, +) - tracks.lanes[0].mean[7]) < 1e-9)
  }

  /// Mutants are what `predict` says of them, with the tokens that they have.
  @Test(arguments: tokenizers) func `mutagenesis agrees with predictions of mutants`(_ tokens: [String: Value]) throws {
    let tuned = try Self.tuned(tokens)
    let run = try attribute(
      tuned, ["method": .string("mutagenesis"), "rows": .int(2), "shuffles": .int(0), "layers": .bool(false)])
    #expect(run.warnings.contains { $0.hasPrefix("2 of 12 rows of test of class 1 (16.7 %) are asked") })
    let table = try scores(run)
    #expect(try document(run).lanes == ["letters"])
    let letters = try #require(table["letter"]).prefix(90).joined()
    let predicted = MemoryRun()
    let places = [0, 1, 44, 88, 89]
    let mutants =
      [letters]
      + places.flatMap { place in
        "ACGT".map { base in String(letters.prefix(place)) + String(base) + String(letters.dropFirst(place + 1)) }
      }
    let fasta = mutants.enumerated().map { ">\($0)\n\($1)\n" }.joined()
    try predicted.run(
      PredictStage.self, [:],
      ["model": tuned.model, "sequences": MemoryArtifact(.sequences, ["": Array(fasta.utf8)], format: "fasta")])
    let lines = try String(decoding: predicted.output("table", .predicted).bytes(), as: UTF8.self).split(
      separator: "\n")
    let column = try #require(lines[0].split(separator: "\t").firstIndex(of: "score:1"))
    let odds = lines.dropFirst().compactMap { Double($0.split(separator: "\t")[column]) }
    for (index, place) in places.enumerated() {
      var sum = 0.0
      for (number, base) in "ACGT".enumerated() {
        let deltas = try #require(table["delta:\(base)"])
        let delta = try #require(Double(deltas[place]))
        let expected = odds[1 + 4 * index + number] - odds[0]
        #expect(abs(delta - expected) < 2e-4 * max(1, abs(odds[0])), "\(place) \(base): \(delta), \(expected)")
        sum -= delta
      }
      let own = try #require(table["letters"])
      #expect(abs(try #require(Double(own[place])) - sum / 3) < 1e-5)
    }
  }

  @Test func `contributions do not depend on threads`() throws {
    let tuned = try Self.tuned(["k": .int(2)], ["strands": .string("both")])
    for method in Attributor.Method.allCases {
      var parameters: [String: Value] = ["method": .string(method.rawValue), "rows": .int(5), "steps": .int(4)]
      if method != .mutagenesis { parameters["baseline"] = .string("shuffled") }
      let one = try attribute(tuned, parameters).digest
      for threads in [2, 3] { #expect(try attribute(tuned, parameters, threads: threads).digest == one) }
    }
  }

  @Test func `what cannot be asked fails in words`() throws {
    let tuned = try Self.tuned(["scheme": .string("bpe"), "vocabulary": .int(40)])
    let fails = { (code: String, words: String, parameters: [String: Value]) in
      do {
        _ = try attribute(tuned, parameters)
        Issue.record("\(code) was not thrown")
      } catch let failure as StageFailure {
        #expect(failure.code == code && "\(failure)".contains(words), "\(failure)")
      }
    }
    try fails("no-attribution", "take 'baseline: mean'", ["baseline": .string("shuffled")])
    try fails("no-class", "the model has no class '2'", ["class": .string("2")])
    let values = MemoryArtifact(
      .labelledSequences,
      Dictionary(
        uniqueKeysWithValues: ["train", "dev", "test"].map { name in
          (
            "\(name).csv",
            Array(
              ("sequence,label\n"
                + (0..<20).map { "\(TaskTests.sequence($0 + name.count * 50, 40)),\(Double($0) / 7)\n" }.joined()).utf8)
          )
        }), format: "csv", options: ["labels": "value"])
    let other = Tuned(model: tuned.model, task: values)
    #expect(throws: StageFailure.self) { try attribute(other) }
    // Values have no class, and are explained as they are.
    let ofValues = try Self.tuned(["k": .int(1)], [:], values)
    let run = try attribute(ofValues, ["steps": .int(64), "shuffles": .int(0)])
    let found = try document(run)
    #expect(found.output == "the predicted value" && found.rows == 20 && found.sites == nil && found.pairs.isEmpty)
    #expect(found.meanOutput > 0 && found.meanOutput < 3)
  }

  @Test func `planted sites are those of the rows, and a table of others is refused`() throws {
    let task = try Self.promoters()
    let tuned = try Self.tuned(["k": .int(1)], [:], task)
    let run = try attribute(tuned, ["steps": .int(2), "shuffles": .int(0), "layers": .bool(false)])
    let sites = try #require(try document(run).sites)
    #expect(sites.source == .planted && sites.entries.map(\.motif) == [nil, "TATA", "Inr", "DPE"])
    #expect(sites.entries[1].rows < 12 && sites.entries[0].rows >= sites.entries[1].rows)
    var files = task.files
    files["motifs.tsv"] = nil
    let plain = Tuned(model: tuned.model, task: MemoryArtifact(.labelledSequences, files))
    #expect(try document(attribute(plain, ["steps": .int(2), "shuffles": .int(0)])).sites == nil)
    let reference = try document(attribute(plain, ["steps": .int(2), "shuffles": .int(0), "upstream": .int(50)]))
    #expect(reference.sites?.source == .reference && reference.sites?.entries[0].rows == 12)
    #expect(reference.pairs.map(\.first) == ["TATA", "TATA", "Inr"])
    let text = String(decoding: try #require(files["test.csv"]), as: UTF8.self)
    let positive = try #require(text.split(separator: "\n").dropFirst().firstIndex { $0.hasSuffix(",1") }) - 1
    files["motifs.tsv"] = Array(
      "split\trecord\trole\tmotif\tstart\tend\tsequence\ntest\t\(positive)\tmotif\tX\t3\t6\tNNN\n".utf8)
    let wrong = Tuned(model: tuned.model, task: MemoryArtifact(.labelledSequences, files))
    do {
      _ = try attribute(wrong)
      Issue.record("a site that is not in its row was believed")
    } catch let failure as StageFailure { #expect("\(failure)".contains("motifs.tsv, line 2"), "\(failure)") }
  }

  /// Scores that are the planted sites are found, with all measures at their best; scores of chance are at theirs.
  @Test func `measures of sites are 1 for the truth and those of chance for chance`() throws {
    let trials = ProcessInfo.processInfo.environment["BIOARC_STRESS"] == "1" ? 100 : 5
    for trial in 0..<trials {
      var state = UInt64(trial + 1)
      let draw = { (bound: Int) -> Int in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
      }
      var (truth, chance, asked): ([ExplainedRow], [ExplainedRow], [AskedRow]) = ([], [], [])
      for index in 0..<60 {
        let row = AskedRow(index: index, sequence: [UInt8](repeating: 65, count: 100), label: "1", weights: [1])
        let sites = KnownSites(upstream: 50, [row.sequence]).rows[0]
        let isIn = { (place: Int) in sites.contains { $0.range.contains(place) } }
        truth.append(ExplainedRow(row, output: 1, baseline: 0, lanes: [(0..<100).map { isIn($0) ? 1 : 0 }]))
        chance.append(
          ExplainedRow(row, output: 1, baseline: 0, lanes: [(0..<100).map { _ in Double(draw(1000)) - 500 }]))
        asked.append(row)
      }
      let sites = KnownSites(upstream: 50, asked.map(\.sequence))
      for entry in SiteScores(truth, sites, lanes: ["x"]).entries {
        #expect(entry.auroc.value == 1 && entry.hits.value == 1 && entry.auprc.value == 1)
      }
      for entry in SiteScores(chance, sites, lanes: ["x"]).entries {
        #expect(abs(try #require(entry.auroc.value) - 0.5) < 0.08, "trial \(trial)")
        #expect(abs(try #require(entry.hits.value) - entry.chance) < 0.2, "trial \(trial)")
        #expect(abs(try #require(entry.sizeAUROC.value) - 0.5) < 0.12, "trial \(trial)")
      }
    }
  }
}
