import Foundation
import TestSupport
import Testing

/// Trained models in use: predict, embed and export on the built program.
@Suite(.serialized) struct PredictVerbTests {
  private static func pipeline(_ more: String = "") -> String {
    """
    bioarc: 1
    name: small
    stages:
      promoters: { stage: synthesize, with: { train: 120, dev: 40, test: 40, seed: 3 } }
      tokens: { stage: tokenize, with: { k: 1 }, in: { sequences: $promoters } }
      scores:
        stage: fine-tune
        for: { seed: [1, 2] }
        with: { epochs: 1, lr: 0.002, pooling: max, seed: $seed\(more) }
        in: { tokenizer: $tokens.tokenizer, architecture: c8-t8, task: $promoters }
    """
  }

  private static let lab: Result<Lab, any Error> = Result {
    let lab = try Lab(pipeline())
    try lab.run()
    // The test rows of the task, as a table of sequences.
    let test = try lab.bioarc("cat", "promoters", "test.csv").output
    try lab.workspace.write("test.csv", test)
    return lab
  }

  private static func table(_ text: String) -> [[String: String]] {
    let lines = text.split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  /// A model that was not kept is made again; figures are the step's; a second prediction makes nothing.
  @Test func `predict gives the figures of the step`() throws {
    let lab = try Self.lab.get()
    let before = try lab.bioarc("show", "scores[seed=1].model")
    #expect(before.status == 1 && before.errors.contains("--keep model"), "\(before.errors)")
    let first = try lab.bioarc("predict", "scores[seed=1]", "test.csv")
    #expect(first.status == 0 && first.errors.contains("making again"), "\(first.errors)")
    let own = try Self.table(lab.bioarc("cat", "scores[seed=1].predictions").output).filter { $0["split"] == "test" }
    let found = Self.table(first.output)
    #expect(found.count == 40 && own.count == 40)
    for (a, b) in zip(found, own) { #expect(a["score:1"] == b["score:1"] && a["predicted"] == b["predicted"]) }
    let again = try lab.bioarc("predict", "scores[seed=1]", "test.csv", "-o", "again.tsv", "-j", "1")
    #expect(again.status == 0 && !again.errors.contains("making again"), "\(again.errors)")
    #expect(try String(contentsOfFile: lab.workspace.path("again.tsv"), encoding: .utf8) == first.output)
    #expect(try lab.bioarc("predict", "scores[seed=1]", "test.csv", "-o", "again.tsv").status == 1, "no overwriting")
    // Nothing else runs for it, and the run that follows has nothing to do.
    #expect(try lab.bioarc("plan").output.hasSuffix("nothing to run\n"))
  }

  @Test func `a stage names several models, whose mean counts`() throws {
    let lab = try Self.lab.get()
    let both = try lab.bioarc("predict", "scores", "test.csv")
    #expect(both.status == 0 && both.output.hasPrefix("name\tpredicted\tscore:1\tprobability:1\tlow:1\thigh:1\tnote\n"))
    let refused = try lab.bioarc("embed", "scores", "test.csv", "-o", "none")
    #expect(refused.status == 2 && refused.errors.contains("2 models"))
  }

  @Test func `files in other formats, and bad ones, are told apart`() throws {
    let lab = try Self.lab.get()
    try lab.workspace.write("few.fa", ">a x\nACGTNNACGT\n>b\n\nACG\nTTT\n")
    let few = try lab.bioarc("predict", "scores[seed=1]", "few.fa")
    #expect(few.status == 0 && Self.table(few.output).map { $0["name"] } == ["a", "b"])
    #expect(few.errors.contains("2 of 2 rows (100 %) have a length"), "\(few.errors)")
    try lab.workspace.write("few.dat", ">a\nACGT\n")
    let unknown = try lab.bioarc("predict", "scores[seed=1]", "few.dat")
    #expect(unknown.status == 2 && unknown.errors.contains("--format"))
    #expect(try lab.bioarc("predict", "scores[seed=1]", "few.dat", "--format", "fasta").status == 0)
    try lab.workspace.write("bad.fa", ">a\nAC1T\n")
    let bad = try lab.bioarc("predict", "scores[seed=1]", "bad.fa")
    #expect(bad.status == 1 && bad.errors.contains("bad.fa:2"), "\(bad.errors)")
    // Nothing of a table that could not be finished is left.
    #expect(try lab.bioarc("predict", "scores[seed=1]", "bad.fa", "-o", "bad.tsv").status == 1)
    #expect(!FileManager.default.fileExists(atPath: lab.workspace.path("bad.tsv")))
    try lab.workspace.write("few.txt", "ACGTACGT\nACGT\n")
    #expect(try Self.table(lab.bioarc("predict", "scores[seed=1]", "few.txt").output).count == 2)
    let missing = try lab.bioarc("predict", "scores[seed=1]", "missing.fa")
    #expect(missing.status != 0 && missing.errors.contains("missing.fa"), "\(missing.errors)")
    #expect(try lab.bioarc("predict", "promoters", "few.fa").errors.contains("no output 'model'"))
    let other = try lab.bioarc("predict", "scores[seed=1].metrics", "few.fa")
    #expect(other.status == 2 && other.errors.contains("'scores[seed=1]' alone, or 'scores[seed=1].model'"))
  }

  @Test func `features and an export are folders`() throws {
    let lab = try Self.lab.get()
    #expect(try lab.bioarc("embed", "scores[seed=2]", "test.csv", "-o", "features").status == 0)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: lab.workspace.path("features/features.npy")))
    #expect(bytes.count == 128 + 40 * 8 * 4)
    // Nothing stays that could not be finished, no folder either.
    try lab.workspace.write("bad.fa", ">a\nACGTACGTACGT\n>b\nAC1T\n")
    #expect(try lab.bioarc("embed", "scores[seed=2].model", "bad.fa", "-o", "bad").status == 1)
    #expect(!FileManager.default.fileExists(atPath: lab.workspace.path("bad")))
    #expect(try lab.bioarc("export", "scores[seed=2].model", "-o", "exported").status == 0)
    let files = try FileManager.default.contentsOfDirectory(atPath: lab.workspace.path("exported")).sorted()
    #expect(files == ["config.json", "model.json", "model.py", "model.safetensors", "tokenizer.json"])
    let several = try lab.bioarc("export", "scores", "-o", "more")
    #expect(several.status == 2 && several.errors.contains("export takes one"))
  }
}
