import Artifacts
import Foundation
import Inputs
import Networks
import Rankings
import Sequences
import Spaces
import Stages
import Synchronization
import Testing
import Tokenizers
import Tokens

@testable import DataStages
@testable import LikelihoodStages
@testable import ModelStages

/// Scores of sequences and of variants against single evaluations of the network.
@Suite struct LikelihoodTests {
  struct Model {
    let inputs: [String: any InputArtifact]
    let network: TokenNetwork
    let tokenizer: Tokenizer
  }

  private static let path = "c8-t16"

  /// A small network that has learned for a few steps.
  static func model(_ objective: String, _ tokenize: [String: Value] = ["k": .int(1)]) throws -> Model {
    let letters = TaskTests.sequence(3, 2000)
    let tokens = MemoryRun()
    try tokens.run(
      TokenizeStage.self, tokenize,
      ["sequences": MemoryArtifact(.sequences, ["": Array(">a\n\(letters)\n".utf8)], format: "fasta")])
    let tokenizer = tokens.output("tokenizer", .tokenizer)
    let architecture = MemoryArtifact(.architecture, ["": Array("\(path)\n".utf8)])
    let training = MemoryRun()
    try training.run(
      PretrainStage.self,
      ["objective": .string(objective), "steps": .int(20), "batch": .int(4), "length": .int(40), "lr": .float(0.01)],
      ["tokens": tokens.output("tokens", .tokens), "tokenizer": tokenizer, "architecture": architecture])
    let weights = training.output("weights", .weights)
    return Model(
      inputs: ["weights": weights, "tokenizer": tokenizer, "architecture": architecture],
      network: try TokenNetwork(
        ArchitectureText.read(architecture), of: Checkpoint(weights, prefix: "weights/"), threads: 1),
      tokenizer: try TokenizerArtifact.read(tokenizer))
  }

  private static func fasta(_ records: [(String, String)]) -> MemoryArtifact {
    MemoryArtifact(.sequences, ["": Array(records.map { ">\($0)\n\($1)\n" }.joined().utf8)], format: "fasta")
  }

  /// Rows of a TSV by column.
  private static func rows(_ run: MemoryRun, _ port: String) -> [[String: String]] {
    let text = String(decoding: run.files.withLock { $0[port]![""]! }, as: UTF8.self)
    let lines = text.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
    return lines.dropFirst().map { line in
      Dictionary(uniqueKeysWithValues: zip(lines[0].map(String.init), line.map(String.init)))
    }
  }

  /// The score of the token behind a prefix, evaluated by itself.
  private func score(_ model: Model, prefix: ArraySlice<Int32>, _ token: Int32) throws -> Double {
    var tokens = PackedTokens()
    tokens.append(prefix)
    let targets = [Int32](repeating: -1, count: prefix.count - 1) + [token]
    return Double(try #require(try model.network.scores(of: tokens, targets: targets)?.last ?? nil).logProbability)
  }

  private func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-4 * max(1, abs(b)) }

  @Test func `a causal score is that of every prefix by itself, on both strands`() throws {
    let model = try Self.model("ntp")
    let text = "ACGTTGCANACGGTACCATGA"
    let run = MemoryRun()
    try run.run(
      ScoreStage.self, ["strands": .string("both")],
      model.inputs.merging(["sequences": Self.fasta([("x", text)])]) { $1 })
    var (all, tokens) = (0.0, 0)
    for letters in [Array(text.utf8), Complement.reversed(Array(text.utf8))] {
      let ids = model.tokenizer.encode([letters], threads: 1)[0]
      for place in 1..<ids.count where ids[place] >= SpecialToken.count {
        all += try score(model, prefix: ids[..<place], ids[place])
        tokens += 1
      }
    }
    let row = try #require(Self.rows(run, "scores").first)
    #expect(row["letters"] == "21" && row["scored"] == "\(tokens)" && tokens == 38)
    #expect(near(Double(row["log-likelihood"]!)!, all / 2), "\(row)")
    #expect(near(Double(row["mean"]!)!, all / Double(tokens)))
    #expect(near(Double(row["bits-per-letter"]!)!, -all / log(2) / Double(tokens)))
    #expect(run.warnings.first?.hasPrefix("4 letters of 42 not scored") == true, "\(run.warnings)")
    let strands = Self.rows(run, "positions").map { $0["strand"]! }.joined()
    #expect(strands == String(repeating: "+", count: 19) + String(repeating: "-", count: 19))
  }

  /// A sequence of one letter has nothing that a causal model scores: no likelihood of 1. One sequence has no interval.
  @Test func `what is not scored has no number`() throws {
    let model = try Self.model("ntp")
    let run = MemoryRun()
    try run.run(
      ScoreStage.self, [:], model.inputs.merging(["sequences": Self.fasta([("x", "ACGTAC"), ("one", "A")])]) { $1 })
    let rows = Self.rows(run, "scores")
    #expect(rows[1]["log-likelihood"] == "" && rows[1]["mean"] == "" && rows[1]["tokens"] == "0", "\(rows[1])")
    let bins = try JSONArtifact.decode(ContextDocument.self, run.output("context", .contextBits).bytes()).bins
    #expect(!bins.isEmpty && bins.allSatisfy { $0.bits.value != nil && $0.bits.low == nil && $0.bits.high == nil })
  }

  @Test(arguments: [(10, 4), (7, 1), (10, 9), (64, 3)]) func `windows score each token once`(
    _ window: Int, _ step: Int
  ) throws {
    let model = try Self.model("ntp")
    let text = TaskTests.sequence(5, 45)
    let run = MemoryRun()
    try run.run(
      ScoreStage.self, ["window": .int(window), "step": .int(step)],
      model.inputs.merging(["sequences": Self.fasta([("x", text), ("y", "AC")])]) { $1 })
    let rows = Self.rows(run, "positions")
    #expect(rows.map { $0["start"]! } == (1..<45).map(String.init) + ["1"])
    let ids = model.tokenizer.encode([Array(text.utf8)], threads: 1)[0]
    for row in rows.dropLast() {
      let place = Int(row["start"]!)!
      // The first window that holds the token.
      let start = place < window ? 0 : (place - window + step) / step * step
      #expect(row["context"] == "\(place - start)")
      let alone = try score(model, prefix: ids[start..<place], ids[place])
      #expect(near(Double(row["log-probability"]!)!, alone), "\(row)")
    }
    let context = try JSONArtifact.decode(ContextDocument.self, run.output("context", .contextBits).bytes())
    #expect(context.bins.reduce(0) { $0 + $1.letters } == 45 && context.bins[0].sequences == 2)
    #expect(throws: StageFailure.self) {
      try MemoryRun().run(
        ScoreStage.self, ["window": .int(8), "step": .int(8)],
        model.inputs.merging(["sequences": Self.fasta([("x", text)])]) { $1 })
    }
  }

  @Test(arguments: [1, 2]) func `a masked score is that of each token by itself`(_ k: Int) throws {
    let model = try Self.model("mm", ["k": .int(k), "stride": .int(1)])
    let text = "ACGTTGCAACGGTACC"
    let run = MemoryRun()
    try run.run(ScoreStage.self, [:], model.inputs.merging(["sequences": Self.fasta([("x", text)])]) { $1 })
    let ids = Array(model.tokenizer.encode([Array(text.utf8)], threads: 1)[0])
    var sum = 0.0
    for place in ids.indices {
      var masked = ids
      // k-mers at every place share letters with their neighbours.
      for other in max(0, place - k + 1)..<min(ids.count, place + k) { masked[other] = SpecialToken.mask }
      var tokens = PackedTokens()
      tokens.append(masked)
      var targets = [Int32](repeating: -1, count: ids.count)
      targets[place] = ids[place]
      sum += Double(try #require(try model.network.scores(of: tokens, targets: targets)?[place]).logProbability)
    }
    let row = try #require(Self.rows(run, "scores").first)
    #expect(near(Double(row["log-likelihood"]!)!, sum) && row["scored"] == "16", "\(row)")
  }

  /// Differences of variants are those of whole sequences that `score` scores; what is wrong is counted.
  @Test func `variants are scored as the sequences that they make`() throws {
    let model = try Self.model("ntp")
    let text = TaskTests.sequence(7, 40)
    let letters = Array(text)
    let other: Character = letters[9] == "A" ? "C" : "A"
    let vcf =
      "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\nr\t10\tsnv\t\(letters[9])\t\(other)\n"
      + "r\t12\tdel\t\(letters[11])\(letters[12])\t\(letters[11])\nr\t10\twrong\t\(other)\tG\nz\t1\tlost\tA\tC\n"
      + "r\t39\tfar\tAAAA\tA\nr\t3\tmulti\tA\tC,G\n"
    let run = MemoryRun()
    let sequences = Self.fasta([("q", "ACGT"), ("r", text)])
    try run.run(
      VariantsStage.self, ["strands": .string("both")],
      model.inputs.merging(["sequences": sequences, "variants": MemoryArtifact(.file, ["": Array(vcf.utf8)])]) { $1 })
    let rows = Self.rows(run, "scores")
    #expect(rows.map { $0["name"]! } == ["snv", "del"])
    var (snv, del) = (letters, letters)
    snv[9] = other
    del.remove(at: 12)
    let direct = MemoryRun()
    try direct.run(
      ScoreStage.self, ["strands": .string("both")],
      model.inputs.merging([
        "sequences": Self.fasta([("r", text), ("snv", String(snv)), ("del", String(del))])
      ]) { $1 })
    let scores = Self.rows(direct, "scores")
    for (row, score) in zip(rows, scores.dropFirst()) {
      #expect(near(Double(row["reference-score"]!)!, Double(scores[0]["log-likelihood"]!)!))
      #expect(near(Double(row["variant-score"]!)!, Double(score["log-likelihood"]!)!))
      #expect(near(Double(row["difference-mean"]!)!, Double(score["mean"]!)! - Double(scores[0]["mean"]!)!))
    }
    for reason in ["several alleles", "letters that the record does not", "a record that there is not", "beyond"] {
      #expect(run.warnings.contains { $0.contains(reason) && $0.contains(": 1,") }, "\(reason)")
    }
  }

  /// Masked marginals against the network's own scores; windows of neighbours are shared and hold their variants.
  @Test func `masked marginals score the letters that change`() throws {
    let model = try Self.model("mm")
    let text = TaskTests.sequence(9, 60)
    let run = MemoryRun()
    try run.run(
      VariantsStage.self, ["kind": .string("single-mutants"), "from": .int(20), "to": .int(22), "window": .int(32)],
      model.inputs.merging(["sequences": Self.fasta([("r", text)])]) { $1 })
    let rows = Self.rows(run, "scores")
    #expect(rows.count == 9 && rows.allSatisfy { $0["notes"] == "masked" && $0["window"] == "32" })
    let letters = Array(text.utf8)
    for row in rows {
      let place = Int(row["position"]!)! - 1
      let start = (place * 2 + 1 - 32) / 2 / 4 * 4
      let window = Array(letters[start..<start + 32])
      let ids = Array(model.tokenizer.encode([window], threads: 1)[0])
      let values = try [row["reference"]!, row["alternative"]!].map { letter in
        var (masked, targets) = (ids, [Int32](repeating: -1, count: 32))
        masked[place - start] = SpecialToken.mask
        targets[place - start] = model.tokenizer.encode([Array(letter.utf8)], threads: 1)[0].first!
        var tokens = PackedTokens()
        tokens.append(masked)
        let score = try model.network.scores(of: tokens, targets: targets)?[place - start]
        return Double(try #require(score).logProbability)
      }
      #expect(near(Double(row["difference"]!)!, values[1] - values[0]), "\(row)")
    }
  }

  @Test func `single mutants find their record, and say where there is none`() throws {
    let model = try Self.model("mm")
    let sequences = Self.fasta([("chr1", TaskTests.sequence(9, 40)), ("chr2", TaskTests.sequence(10, 40))])
    let mutants = { (parameters: [String: Value]) in
      let run = MemoryRun()
      try run.run(
        VariantsStage.self,
        ["kind": .string("single-mutants"), "to": .int(2)].merging(parameters) { $1 },
        model.inputs.merging(["sequences": sequences]) { $1 })
      return Self.rows(run, "scores")
    }
    let loose = try mutants(["record": .string("2"), "record-names": .string("loose")])
    #expect(loose.count == 6 && loose.allSatisfy { $0["record"] == "chr2" })
    let failure = #expect(throws: StageFailure.self) { try mutants(["record": .string("2")]) }
    #expect(failure?.code == "unknown-record")
    let message = try #require(failure?.message)
    #expect(message.contains("none of 2 sequences has that name: the first is 'chr1'"), "\(message)")
  }

  /// A gene and its mirror image have one score, and the mutant is longer by its copies.
  @Test func `genes on both strands have the same stops`() throws {
    let model = try Self.model("ntp")
    let text = TaskTests.sequence(11, 300)
    let other = String(decoding: Complement.reversed(Array(text.utf8)), as: UTF8.self)
    let gff = { (record: String, start: Int, end: Int, strand: String, name: String) in
      "\(record)\tx\tCDS\t\(start)\t\(end)\t.\t\(strand)\t0\tgene=\(name)\n"
    }
    let genes =
      gff("chrr", 101, 160, "+", "a") + gff("m", 141, 200, "-", "b") + gff("r", 1, 9, "+", "short")
      + gff("r", 101, 160, "+", "a") + gff("lost", 1, 90, "+", "c")
      + "r\tx\tgene\t101\t160\t.\t+\t.\tgene=a\nr\tx\tCDS\t1\t90\t.\t+\t0\tgene=p;pseudo=true\n"
    for form in ["insert", "substitute"] {
      let run = MemoryRun()
      try run.run(
        VariantsStage.self,
        ["kind": .string("stop-cassettes"), "form": .string(form), "window": .int(100), "gene-name": .string("gene"),
          "record-names": .string("loose"),
        ],
        model.inputs.merging([
          "sequences": Self.fasta([("r", text), ("m", other)]),
          "genes": MemoryArtifact(.intervals, ["": Array(genes.utf8)], format: "gff"),
        ]) { $1 })
      let rows = Self.rows(run, "scores")
      #expect(rows.map { $0["name"]! } == ["a", "b"] && rows.map { $0["reference"]! } == ["+", "-"])
      #expect(rows[0]["alternative"] == (form == "insert" ? "insert 4" : "substitute 1"))
      #expect(near(Double(rows[0]["difference"]!)!, Double(rows[1]["difference"]!)!))
      #expect(Double(rows[0]["difference"]!)! != 0)
      for reason in ["of a pseudogene: 2", "name an earlier one has: 1", "no room: 1", "there is not: 1"] {
        #expect(run.warnings.contains { $0.contains(reason) }, "\(reason) in \(run.warnings)")
      }
    }
    #expect(throws: StageFailure.self) {
      try MemoryRun().run(
        VariantsStage.self, ["kind": .string("stop-cassettes")],
        model.inputs.merging(["sequences": Self.fasta([("r", text)])]) { $1 })
    }
  }
}
