import Artifacts
import Inputs
import Testing

@testable import DataStages
@testable import ModelStages
@testable import TaskStages

/// Stages that read sequences, with several inputs at once.
@Suite struct CorpusTests {
  private func fasta(_ text: String, _ options: [String: String] = [:]) -> MemoryArtifact {
    MemoryArtifact(.sequences, ["": Array(text.utf8)], format: "fasta", options: options)
  }

  private static let task = MemoryArtifact(
    .labelledSequences,
    [
      "train.csv": Array("sequence,label\nACGTACGT,0\nTTTTACGT,1\n".utf8),
      "dev.csv": Array("sequence,label\nGGGGACGT,0\n".utf8), "test.csv": Array("sequence,label\nCCCCCCCC,1\n".utf8),
    ], format: "gue")

  private func text(_ run: MemoryRun, _ file: String) -> String {
    String(decoding: run.output("sequences", .sequences).files[file] ?? [], as: UTF8.self)
  }

  /// Rows of train that dev or test has, on either strand, are in no pretraining, whatever `rows` cuts.
  @Test func `train is without dev and test on either strand`() throws {
    let header = "sequence,label\n"
    let task = { (train: String) in
      MemoryArtifact(
        .labelledSequences,
        [
          "train.csv": Array((header + train).utf8), "dev.csv": Array((header + "GGGGACGT,0\nAAAACGGT,1\n").utf8),
          "test.csv": Array((header + "CCCCCCCA,1\nCCCCCCCG,0\nAATTGGCC,0\n").utf8),
        ], format: "gue")
    }
    let run = { (train: String, rows: Int) in
      let run = MemoryRun()
      try run.run(
        TokenizeStage.self, ["scheme": .string("character"), "rows": .int(rows)], ["sequences": task(train)])
      return (run.output("tokens", .tokens).files["train.tokens"], run.warnings)
    }
    // GGCCAATT is the other strand of AATTGGCC, ACCGTTTT that of AAAACGGT.
    let (all, warnings) = try run("ACGTACGT,0\nGGCCAATT,1\nACCGTTTT,0\nGGGGACGT,1\nTTTTACGT,1\n", 0)
    #expect(try all == run("ACGTACGT,0\nTTTTACGT,1\n", 0).0 && all != nil)
    #expect(warnings.contains { $0.hasPrefix("3 sequences of train are left out") }, "\(warnings)")
    let cut = try run("GGCCAATT,1\nACGTACGT,0\nTTTTACGT,1\n", 2).0
    #expect(try cut == run("ACGTACGT,0\nTTTTACGT,1\n", 1).0, "the third row of test counts too")
  }

  /// Tokens of several inputs are those of one file of all; of labelled ones train counts, and dev as held-out.
  @Test func `tokens of several inputs are those of one file`() throws {
    let several = MemoryRun()
    try several.run(
      TokenizeStage.self, ["scheme": .string("character")],
      several: ["sequences": [fasta(">a\nACGT\n"), Self.task, fasta(">a\nGGCC\n")]])
    let one = MemoryRun()
    try one.run(
      TokenizeStage.self, ["scheme": .string("character")],
      [
        "sequences": MemoryArtifact(
          .sequences,
          [
            "train.fasta": Array(">a\nACGT\n>b\nACGTACGT\n>c\nTTTTACGT\n>d\nGGCC\n".utf8),
            "held-out.fasta": Array(">e\nGGGGACGT\n".utf8),
          ])
      ])
    #expect(several.digest == one.digest)
  }

  /// The parameter decides what no input says, and the warning says where it is not read.
  @Test func `the held-out share counts where no input says more`() throws {
    let run = MemoryRun()
    let genome = fasta((0..<40).map { ">r\($0)\n\(TaskTests.sequence($0, 12))\n" }.joined())
    try run.run(
      TokenizeStage.self, ["held-out": .float(0.5), "k": .int(2)], several: ["sequences": [genome, Self.task]])
    #expect(run.warnings.count == 1 && run.warnings[0].contains("'sequences.2' are split"), "\(run.warnings)")
    let tokens = run.output("tokens", .tokens)
    #expect(try #require(tokens.files["held-out.tokens"]).count > 200)
  }

  /// Windows of a genome beside those of a task, whose dev is held out whole; equal names get a number.
  @Test func `windows of several inputs keep each input's splits`() throws {
    let run = MemoryRun()
    try run.run(
      WindowsStage.self, ["length": .int(4), "step": .int(4), "held-out": .float(0.5)],
      several: ["sequences": [fasta(">a\nACGTTTTT\n"), Self.task, fasta(">a\nGGCCAAAA\n")]])
    #expect(
      text(run, "train.fasta").split(separator: "\n").filter { $0.hasPrefix(">") } == [
        ">a:0-4", ">train1:0-4", ">train1:4-8", ">train2:0-4", ">train2:4-8", ">a.3:0-4",
      ])
    #expect(
      text(run, "held-out.fasta").split(separator: "\n").filter { $0.hasPrefix(">") } == [
        ">a:4-8", ">dev1:0-4", ">dev1:4-8", ">a.3:4-8",
      ])
  }

  @Test func `alphabets of several inputs must agree`() throws {
    let failure = #expect(throws: StageFailure.self) {
      try MemoryRun().run(
        TokenizeStage.self, ["k": .int(1)],
        several: ["sequences": [fasta(">a\nACGT\n"), fasta(">a\nMKV\n", ["alphabet": "protein"])]])
    }
    #expect(failure?.message.contains("those of 'sequences.2' protein") == true, "\(failure?.message ?? "")")
  }
}
