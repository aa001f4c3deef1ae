import Artifacts
import Inputs
import Rankings
import Sequences
import Stages
@testable import Tables
import Testing

@testable import DataStages
@testable import TaskStages

/// Barcodes out of tables as stages read them, and k-mers that begin at every one of the first letters.
@Suite struct BarcodeStageTests {
  private static func table(_ text: String, _ options: [String: String], format: String = "csv") -> MemoryArtifact {
    MemoryArtifact(.sequences, ["": Array(text.utf8)], format: format, options: options)
  }

  private static func fasta(_ sequences: [String]) -> MemoryArtifact {
    let text = sequences.enumerated().map { ">s\($0)\n\($1)\n" }.joined()
    return MemoryArtifact(.sequences, ["": Array(text.utf8)], format: "fasta")
  }

  private func tokenize(_ input: MemoryArtifact, _ parameters: [String: Value] = [:]) throws -> MemoryRun {
    let run = MemoryRun()
    try run.run(TokenizeStage.self, parameters, ["sequences": input])
    return run
  }

  private func ids(_ run: MemoryRun, _ file: String = "train.tokens") -> [UInt8]? {
    run.output("tokens", .tokens).files[file]
  }

  @Test func `a table of BIOSCAN gives the barcodes of two of its splits, each once`() throws {
    let table = Self.table(
      """
      processid,dna_barcode,species,split
      A,ACGTACGGNN,,pretrain
      B,ACGTACGG,x y,other_heldout
      C,TTTTGGGG,x z,train
      D,GGGGCCCC,x z,other_heldout
      E,ACGTACGG,,pretrain
      """,
      [
        "sequence": "dna_barcode", "name": "processid", "where": "split", "is": "pretrain, other_heldout",
        "trailing-n": "strip", "duplicates": "drop",
      ])
    let run = try tokenize(table)
    #expect(ids(run) == ids(try tokenize(Self.fasta(["ACGTACGG", "GGGGCCCC"]))))
    #expect(
      run.warnings == [
        "sequences: N at ends that are dropped: 2, in 1 sequences",
        "sequences: rows left out whose `split` is none of `pretrain`, `other_heldout`: 1",
        "sequences: sequences left out that repeat an earlier one: 2",
      ])
  }

  @Test func `a table of BOLD gives aligned barcodes without gaps`() throws {
    let table = Self.table(
      "processid\tnuc\tnotes\tbin_uri\nA\t--ACGT-ACGG\tthe \"old\" barn\tBOLD:AAA\nB\tNone\t\t\nC\tGGCCGGCC\t\"\t\n",
      ["sequence": "nuc", "gaps": "strip", "incomplete": "drop", "quotes": "false", "duplicates": "count"],
      format: "tsv")
    let run = try tokenize(table)
    #expect(ids(run) == ids(try tokenize(Self.fasta(["ACGTACGG", "GGCCGGCC"]))))
    #expect(
      run.warnings == [
        "sequences: gaps of an alignment that are dropped: 3, in 1 sequences",
        "sequences: rows left out without a sequence: 1",
      ])
  }

  @Test(arguments: [
    (["where": "split"], "where", "`is` is not stated"), (["is": "a"], "is", "`where` is not stated"),
    (["where": "split", "is": ""], "is", "names no text"),
    (["trailing-n": "strip", "alphabet": "protein"], "trailing-n", "is of DNA"),
  ]) func `options that choose rows go together`(_ options: [String: String], _ option: String, _ message: String)
    throws
  {
    let format = try #require(SequenceFormats.all.first { $0.name == "csv" && $0.kind == .sequences })
    let found = format.problems(options)
    #expect(found.map(\.option) == [option] && found[0].message.contains(message), "\(found)")
  }

  /// Frames of a sequence are its rests, one after the other, and a hold-out has all or none of them.
  @Test func `k-mers begin at each of the first letters`() throws {
    let sequences = (0..<40).map { TaskTests.sequence($0, 5 + $0 % 9) } + ["AC", "ACG"]
    let rests = { (sequence: String) in
      (0..<3).filter { $0 == 0 || sequence.count - $0 >= 3 }.map { String(sequence.dropFirst($0)) }
    }
    for tail in ["letters", "drop"] {
      let parameters: [String: Value] = ["k": .int(3), "tail": .string(tail)]
      let all = try tokenize(
        Self.fasta(sequences), parameters.merging(["frames": .string("all"), "held-out": .float(0.4)]) { $1 })
      let sides = [false, true].map { side in
        sequences.filter { HoldOut.contains(Array($0.utf8), fraction: 0.4) == side }
      }
      #expect(sides.allSatisfy { $0.count > 5 })
      let expected = MemoryArtifact(
        .sequences,
        Dictionary(
          uniqueKeysWithValues: zip(["train.fasta", "held-out.fasta"], sides).map { name, own in
            (name, Array(own.flatMap(rests).enumerated().map { ">s\($0)\n\($1)\n" }.joined().utf8))
          }))
      let wanted = try tokenize(expected, parameters)
      #expect(ids(all) == ids(wanted) && ids(all, "held-out.tokens") == ids(wanted, "held-out.tokens"))
      let rows = try #require(try ArtifactView(all.output("counts", .counts)).tables.first).rows
      let frames = sides.map { $0.flatMap(rests).count }
      #expect(rows.contains(["sequences before frames", "\(sides[0].count)", "\(sides[1].count)"]), "\(rows)")
      #expect(rows.contains(["sequences", "\(frames[0])", "\(frames[1])"]), "\(rows)")
      #expect(rows.contains { $0[0] == "letters before a frame's first" })
    }
  }

  @Test func `frames of tokens that overlap have no meaning`() throws {
    for (parameters, code) in [
      (["k": Value.int(3), "stride": .int(1)], "frames-of-kmers"), (["scheme": .string("character")], "bad-parameters"),
    ] {
      let failure = #expect(throws: StageFailure.self) {
        try tokenize(Self.fasta(["ACGTACGT"]), parameters.merging(["frames": .string("all")]) { $1 })
      }
      #expect(failure?.code == code)
    }
    #expect(throws: Never.self) {
      try tokenize(Self.fasta(["ACGTACGT"]), ["k": .int(3), "stride": .int(3), "frames": .string("all")])
    }
  }

  /// A model of words counts, and cannot tell pairs; the same model tells promoters.
  @Test func `a linear model of words does not tell pairs of motifs`() throws {
    var accuracies: [Double] = []
    for parameters in [["task": Value.string("pairs"), "distance": .int(60)], [:]] {
      let (made, fitted) = (MemoryRun(), MemoryRun())
      try made.run(
        SynthesizeStage.self,
        ["train": .int(1200), "dev": .int(400), "test": .int(400)].merging(parameters) { $1 })
      try fitted.run(
        BaselineStage.self, ["position-weights": .list([.float(0)])],
        ["task": made.output("sequences", .labelledSequences)])
      let document = try JSONArtifact.decode(MetricsDocument.self, fitted.output("metrics", .metrics).bytes())
      accuracies.append(try #require(document.metrics.test[.accuracy]?.value))
    }
    #expect(abs(accuracies[0] - 0.5) < 0.1 && accuracies[1] > 0.6, "\(accuracies)")
  }

  @Test func `parameters of the other synthesis are refused`() throws {
    for parameters in [["distance": Value.int(99)], ["task": .string("pairs"), "length": .int(300)]] {
      let failure = #expect(throws: StageFailure.self) { try MemoryRun().run(SynthesizeStage.self, parameters) }
      #expect(failure?.message.contains("does not read it") == true)
    }
  }
}
