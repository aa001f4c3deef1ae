import Foundation
import TestSupport
import Testing

/// The built program on one task of every kind, each a few rows of text: labels and layouts are stated in the pipeline.
@Suite struct TaskTests {
  private static let stages = """
    stages:
      tokens:
        stage: tokenize
        with: { scheme: character, alphabet: protein, held-out: 0.2 }
        in: { sequences: $proteins }
      space:
        stage: sample-space
        with: { architectures: [c8, t8] }
      supernet:
        stage: pretrain
        with: { steps: 4, batch: 8, length: 32 }
        in: { tokens: $tokens.tokens, tokenizer: $tokens.tokenizer, space: $space.space }
      scores:
        stage: fine-tune
        for: { architecture: [c8, t8] }
        with:
          epochs: 2
          patience: 1
          hold-out: 0.4
          class-weights: balanced
          alphabet: protein
          max-length: 24
          cut: middle
        in: { weights: $supernet.weights, tokenizer: $tokens.tokenizer, architecture: $architecture, task: $tasks }
      ranking:
        stage: rank
        in: { scores: { from: $scores.metrics, over: { candidate: [architecture], task: [task] } } }
    """

  private static let inputs = """
    bioarc: 1
    name: small
    inputs:
      proteins:
        path: data
        kind: sequences
        format: fasta
        options: { alphabet: protein, files: "a.fa, b.fa" }
      tasks:
        axis: task
        items:
          place:
            path: data
            kind: labelled-sequences
            format: fasta
            options: { alphabet: protein, train: place.fa, test: test.fa, label: 2, label-separator: "-",
              label-part: 1 }
          fitness:
            path: data/fitness.csv
            kind: labelled-sequences
            format: csv
            options: { alphabet: protein, labels: value, label: target, split: set, metric: rmse }
          partners:
            path: data
            kind: labelled-sequences
            format: tsv
            options:
              alphabet: protein
              table: pairs.tsv
              sequences: proteins.tsv
              header: false
              sequence: 1
              second: 2
              label: 3
              shares: 40/30/30
          function:
            path: data/function.tsv
            kind: labelled-sequences
            format: tsv
            options: { alphabet: protein, labels: set, split: set }
          structure:
            path: data/structure.csv
            kind: labelled-sequences
            format: csv
            options: { alphabet: protein, labels: letters, ignore: "." }

    """

  private static func protein(_ number: Int) -> String {
    var state = UInt64(number &+ 1) &* 0x9E37_79B9_7F4A_7C15
    return String(
      (0..<(16 + number % 16)).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Array("ACDEFGHIKLMNPQRSTVWY")[Int(state >> 33 % 20)]
      })
  }

  static func lab() throws -> Lab {
    let lab = try Lab(inputs + stages)
    let write = { (name: String, text: String) in try lab.workspace.write("pipelines/data/" + name, text) }
    let fasta = { (range: Range<Int>) in
      range.map { ">p\($0) \($0 % 2 == 0 ? "in" : "out")-M\n\(protein($0))\n" }.joined()
    }
    let rows = { (header: String, row: (Int) -> String) in header + "\n" + (0..<120).map { row($0) + "\n" }.joined() }
    let set = { (number: Int) in ["train", "train", "dev", "test"][number % 4] }
    try write("a.fa", fasta(0..<30))
    try write("b.fa", fasta(30..<60))
    try write("place.fa", fasta(0..<80))
    try write("test.fa", fasta(80..<110))
    try write("fitness.csv", rows("sequence,target,set") { "\(protein($0)),\(Double($0 % 7) / 2),\(set($0))" })
    try write("proteins.tsv", (0..<40).map { "P\($0)\t\(protein($0))\n" }.joined())
    try write(
      "pairs.tsv", (0..<300).map { "P\($0 * 7 % 40)\tP\($0 * 11 % 37)\t\($0 % 3 == 0 ? 1 : 0)\n" }.joined())
    try write(
      "function.tsv", rows("sequence\tlabel\tset") { "\(protein($0))\t\(["a;b", "b", ""][$0 % 3])\t\(set($0))" })
    try write(
      "structure.csv",
      rows("sequence,label") { number in
        protein(number) + "," + protein(number).map { $0 < "F" ? "H" : $0 < "T" ? "E" : "." }.joined()
      })
    return lab
  }

  @Test func `every kind of task is trained and ranked`() throws {
    let lab = try Self.lab()
    try lab.run()
    let metrics = { (task: String) in
      try lab.bioarc("show", "scores[architecture=c8,task=\(task)]").output
    }
    #expect(try metrics("place").contains("mcc"))
    #expect(try metrics("fitness").contains("spearman"))
    #expect(try metrics("partners").contains("accuracy"))
    #expect(try metrics("function").contains("micro-f1"))
    #expect(try metrics("structure").contains("mcc"))
    let ranking = try lab.bioarc("show", "ranking.ranking").output
    #expect(ranking.contains("fitness dev rmse") && ranking.contains("function test auroc"), "\(ranking)")
    #expect(ranking.contains("c8") && ranking.contains("t8") && !ranking.contains("failed"), "\(ranking)")
    // The names of the files are no part of a key.
    let folder = lab.workspace.folder.appendingPathComponent("pipelines/data")
    try FileManager.default.moveItem(
      at: folder.appendingPathComponent("pairs.tsv"), to: folder.appendingPathComponent("renamed.tsv"))
    try lab.write((Self.inputs + Self.stages).replacingOccurrences(of: "pairs.tsv", with: "renamed.tsv"))
    #expect(try lab.run().started == [])
  }

  @Test func `threads and workers change nothing`() throws {
    let (one, two) = (try Self.lab(), try Self.lab())
    try one.run(["-j", "1"])
    try two.run(["-j", "2"])
    #expect(try one.digests() == two.digests())
  }

  /// (name, the input's file, its options): each with a golden message.
  static let bad: [(name: String, text: String, format: String, options: String)] = [
    ("unequal-label-length", "sequence,label\nMKV,HH\n", "csv", "labels: letters"),
    ("value-that-is-no-number", "sequence,label\nMKV,1.5\nMK,high\n", "csv", "labels: value"),
    ("unknown-split", "sequence,label,set\nMKV,1,train\nMK,0,held\n", "csv", "split: set"),
    ("missing-label-column", "sequence,class\nMKV,1\n", "csv", "labels: class"),
    ("columns-without-header", "MKV\t1\n", "tsv", "header: false"),
    ("header-without-label", ">a in\nMKV\n>b\nMK\n", "fasta", "label: 2"),
    ("unknown-option", "sequence,label\nMKV,1\n", "csv", "lable: class"),
    ("metric-of-another-kind", "sequence,label\nMKV,1\n", "csv", "metric: rmse"),
    ("missing-file-of-options", "sequence,label\nMKV,1\n", "csv", "train: none.csv"),
  ]

  @Test(arguments: bad.indices) func `bad labelled data give their messages`(_ index: Int) throws {
    let (name, text, format, options) = Self.bad[index]
    let workspace = try Workspace()
    try workspace.write("pipelines/data", text)
    try workspace.write(
      "pipelines/bad.yaml",
      """
      bioarc: 1
      name: bad
      inputs:
        data: { path: data, kind: labelled-sequences, format: \(format), options: { alphabet: protein, \(options) } }
      stages:
        cut: { stage: tokenize, with: { scheme: character }, in: { sequences: $data } }
      """)
    let run = try workspace.bioarc("run", "pipelines/bad.yaml")
    #expect(run.status == 2, "\(run.errors)")
    try Golden.check(name, try workspace.bioarc("check", "pipelines/bad.yaml").errors)
  }
}
