import Artifacts
import Foundation
import Inputs
import Rankings
import Tables
import Testing
import Tokenizers
import Tokens

@testable import DataStages
@testable import DesignStages
@testable import GenerationStages
@testable import LikelihoodStages
@testable import ModelStages
@testable import UseStages

/// Tags from a corpus to what a model draws by them.
@Suite struct TagStageTests {
  /// Records whose letters are A or T with the chance `at`, by a generator of its own.
  private static func records(_ count: Int, letters: Int, at: Double, seed: UInt64) -> String {
    var state = seed
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53
    }
    return (0..<count).map { number in
      let sequence = (0..<letters).map { _ in
        uniform() < at ? (uniform() < 0.5 ? "A" : "T") : (uniform() < 0.5 ? "C" : "G")
      }
      return ">r\(number)\n\(sequence.joined())\n"
    }.joined()
  }

  private static func input(_ tag: String, _ text: String) -> StageInput {
    StageInput(
      ids: ["tag": [tag]], artifact: MemoryArtifact(.sequences, ["": Array(text.utf8)], format: "fasta"))
  }

  private static let real = [
    input("rich", records(40, letters: 200, at: 0.15, seed: 1)),
    input("poor", records(40, letters: 200, at: 0.85, seed: 2)),
  ]

  /// Sequences of the two kinds, drawn by their tags, against them, and some of neither.
  static func obedience(ignoring: Bool = false, threads: Int = 1) throws -> MemoryRun {
    let run = MemoryRun()
    let rich = ignoring ? 0.5 : 0.15
    try run.run(
      TagObedienceStage.self, ["k": .int(2), "length": .int(50)],
      items: [
        "sequences": real,
        "generated": [
          input("rich", records(200, letters: 50, at: rich, seed: 3) + ">short\nA\n"),
          input("poor", records(200, letters: 50, at: 1 - rich, seed: 4)),
          input("none", records(200, letters: 50, at: 0.5, seed: 5)),
        ],
      ], threads: threads)
    return run
  }

  private func document(_ run: MemoryRun) throws -> ObedienceDocument {
    try JSONArtifact.decode(ObedienceDocument.self, run.output("obedience", .tagObedience).bytes())
  }

  @Test func `tags that are obeyed are told from tags that are not`() throws {
    let run = try Self.obedience()
    let obeyed = try document(run)
    #expect(obeyed.tags == ["rich", "poor"] && obeyed.generated.map(\.name) == ["rich", "poor", "none"])
    #expect(obeyed.generated[0].short == 1 && run.warnings.contains { $0.hasPrefix("1 generated sequence left out") })
    for group in obeyed.real + obeyed.generated.prefix(2) { #expect((group.obeyed?.value ?? 0) > 0.95) }
    #expect(obeyed.generated[2].obeyed == nil && obeyed.generated[2].called.reduce(0, +) == 200)
    let ignored = try document(Self.obedience(ignoring: true))
    // 200 sequences of either tag are alike: the shares as asked add up to about 1.
    let shares = ignored.generated.prefix(2).compactMap { $0.obeyed?.value }
    #expect(abs(shares[0] + shares[1] - 1) < 0.2)
    let view = try ArtifactView.tagObedience(run.output("obedience", .tagObedience))
    #expect(view.tables[0].columns.prefix(5) == ["tag", "sequences", "count", "called rich", "called poor"])
    #expect(view.lines.contains { $0.contains("1 generated sequence left out, of fewer than 2 letters") })
  }

  @Test func `what cannot be asked is refused with the reason`() throws {
    let refused = { (real: [StageInput], generated: [StageInput], parameters: [String: Value]) in
      #expect(throws: StageFailure.self) {
        try MemoryRun().run(TagObedienceStage.self, parameters, items: ["sequences": real, "generated": generated])
      }?.message ?? ""
    }
    let drawn = [Self.input("rich", Self.records(3, letters: 50, at: 0.5, seed: 6))]
    #expect(refused([Self.real[0]], drawn, [:]).contains("nothing to tell apart"))
    #expect(refused(Self.real, [Self.input("coli", ">a\nACGT\n")], [:]).contains("none of which is a tag"))
    #expect(refused(Self.real, drawn, ["length": .int(500)]).contains("state a smaller 'length'"))
    #expect(refused(Self.real, [Self.input("rich", "")], [:]).contains("there is no record in it"))
  }

  /// A corpus of two tags, tokenized.
  private func tokens(
    _ inputs: [StageInput] = real, _ parameters: [String: Value] = ["k": .int(1)]
  ) throws -> MemoryRun {
    let run = MemoryRun()
    try run.run(TokenizeStage.self, parameters, items: ["tagged": inputs])
    return run
  }

  @Test func `sequences begin with their tags, which count as no letters`() throws {
    let run = try tokens()
    let tokenizer = try TokenizerArtifact.read(run.output("tokenizer", .tokenizer))
    #expect(tokenizer.tags == ["rich", "poor"] && tokenizer.vocabularySize == 11)
    let file = try TokenFile(run.output("tokens", .tokens), TokenFile.train)
    let first = (0..<file.array.count).map { file.array.tokens($0)[0] }
    #expect(first == [Int32](repeating: 9, count: 40) + [Int32](repeating: 10, count: 40))
    #expect((0..<file.array.count).allSatisfy { file.array.tokens($0).dropFirst().allSatisfy { $0 < 9 } })
    let counts = try JSONArtifact.decode(CountsDocument.self, run.output("counts", .counts).bytes())
    #expect(counts.rows.first { $0.count == "sequences behind <poor>" }?.train == 40)
    #expect(counts.rows.first { $0.count == "tokens" }?.train == 16_000)
    let nameless = StageInput(ids: [:], artifact: Self.real[0].artifact)
    let missing = #expect(throws: StageFailure.self) { try tokens([nameless]) }
    #expect(missing?.message.contains("an input at 'tagged' has no tag") == true)
    let bad = #expect(throws: StageFailure.self) { try tokens([Self.input("two words", ">a\nACGT\n")]) }
    #expect(bad?.message.contains("is no tag") == true)
  }

  /// A model that is trained on both kinds draws by their tags what is asked for, and scores first letters too.
  @Test func `a trained model obeys its tags`() throws {
    let tokens = try tokens()
    let path = MemoryArtifact(.architecture, ["": Array("c16-c16\n".utf8)])
    let trained = MemoryRun()
    try trained.run(
      PretrainStage.self,
      [
        "objective": .string("ntp"), "steps": .int(120), "batch": .int(16), "length": .int(40),
        "strands": .string("both"), "lr": .float(0.01), "held-out": .string("sample"),
      ],
      [
        "tokens": tokens.output("tokens", .tokens), "tokenizer": tokens.output("tokenizer", .tokenizer),
        "architecture": path,
      ])
    let model: [String: any InputArtifact] = [
      "weights": trained.output("weights", .weights), "tokenizer": tokens.output("tokenizer", .tokenizer),
      "architecture": path,
    ]
    let drawn = try ["rich", "poor"].map { tag -> StageInput in
      let run = MemoryRun()
      try run.run(GenerateStage.self, ["tag": .string(tag), "count": .int(40), "length": .int(40)], model)
      let text = String(decoding: try run.output("sequences", .sequences).bytes(), as: UTF8.self)
      #expect(text.split(separator: "\n").count == 80 && !text.contains("<"))
      return Self.input(tag, text)
    }
    let run = MemoryRun()
    try run.run(TagObedienceStage.self, ["k": .int(2)], items: ["sequences": Self.real, "generated": drawn])
    for group in try document(run).generated { #expect((group.obeyed?.low ?? 0) > 0.5, "\(group)") }
    let scored = MemoryRun()
    let sequences = MemoryArtifact(.sequences, ["": Array(">a\nGCGCGCGC\n".utf8)], format: "fasta")
    let score = { (tag: String) -> [Substring] in
      try scored.run(ScoreStage.self, ["tag": .string(tag)], model.merging(["sequences": sequences]) { $1 })
      let table = String(decoding: try scored.output("scores", .likelihoods).bytes(), as: UTF8.self)
      return table.split(separator: "\n")[1].split(separator: "\t")
    }
    let (rich, poor) = (try score("rich"), try score("poor"))
    #expect(rich[2] == "8" && rich[3] == "8" && Double(rich[4])! > Double(poor[4])!)
    #expect(try score("")[3] == "7" && scored.warnings.contains { $0.contains("read without a tag") })
    let unknown = #expect(throws: StageFailure.self) { try score("rihc") }
    #expect(unknown?.message.contains("did you mean 'rich'?") == true)
  }

  /// Weights of an objective, trained for some steps on both kinds.
  private func trained(_ objective: String, _ parameters: [String: Value] = [:]) throws -> [String: any InputArtifact] {
    let (tokens, run) = (try tokens(), MemoryRun())
    let inputs: [String: any InputArtifact] = [
      "tokenizer": tokens.output("tokenizer", .tokenizer),
      "architecture": MemoryArtifact(.architecture, ["": Array("c8\n".utf8)]),
    ]
    try run.run(
      PretrainStage.self,
      ["objective": .string(objective), "steps": .int(5), "batch": .int(4), "length": .int(20)]
        .merging(parameters) { $1 },
      inputs.merging(["tokens": tokens.output("tokens", .tokens)]) { $1 })
    return inputs.merging(["weights": run.output("weights", .weights)]) { $1 }
  }

  @Test func `objectives that tags would mislead are refused`() throws {
    let contrast = #expect(throws: StageFailure.self) { try trained("cl") }
    #expect(contrast?.message.contains("their tags would tell apart") == true)
    let sum = #expect(throws: StageFailure.self) { try trained("mm", ["strands": .string("sum")]) }
    #expect(sum?.message.contains("would end its other strand") == true)
  }

  /// Variants are scored behind a tag as their whole sequences are, by a causal model and by masked marginals.
  @Test(arguments: ["ntp", "mm"]) func `variants stand behind a tag`(objective: String) throws {
    let model = try trained(objective)
    let fasta = { (text: String) in MemoryArtifact(.sequences, ["": Array(text.utf8)], format: "fasta") }
    let variants = { (tag: String) -> [[Substring]] in
      let run = MemoryRun()
      try run.run(
        VariantsStage.self, ["kind": .string("single-mutants"), "to": .int(1), "tag": .string(tag)],
        model.merging(["sequences": fasta(">a\nACGTACGTACGTACGT\n")]) { $1 })
      return String(decoding: try run.output("scores", .variantScores).bytes(), as: UTF8.self).split(separator: "\n")
        .map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
    }
    let (rich, poor) = (try variants("rich"), try variants("poor"))
    let column = try #require(rich[0].firstIndex(of: "difference"))
    #expect(rich.count == 4 && rich.dropFirst().allSatisfy { Double($0[column])!.isFinite })
    #expect(zip(rich, poor).dropFirst().allSatisfy { $0[column] != $1[column] })
    if objective == "mm" { return }
    // The first letter is one of those that are scored: the difference is that of the scores of the two sequences.
    let sums = try ["A", "C"].map { first -> Double in
      let run = MemoryRun()
      let sequences = fasta(">a\n\(first)CGTACGTACGTACGT\n")
      try run.run(ScoreStage.self, ["tag": .string("rich")], model.merging(["sequences": sequences]) { $1 })
      let table = String(decoding: try run.output("scores", .likelihoods).bytes(), as: UTF8.self).split(separator: "\n")
      return Double(table[1].split(separator: "\t")[4])!
    }
    #expect(rich.dropFirst().contains { abs(Double($0[column])! - (sums[1] - sums[0])) < 1e-3 })
  }

  @Test func `stages that ask by no tag say so`() throws {
    let run = MemoryRun()
    let sequences = MemoryArtifact(.sequences, ["": Array(">a\nACGTACGT\n".utf8)], format: "fasta")
    try run.run(EmbedStage.self, [:], trained("mm").merging(["sequences": sequences]) { $1 })
    #expect(run.warnings.contains { $0.contains("read without a tag") && $0.contains("rich, poor") })
  }
}
