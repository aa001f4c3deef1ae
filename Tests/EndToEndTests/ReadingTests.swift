import Foundation
import TestSupport
import Testing

/// Data that labs have, read by the built program as a new user would state them.
@Suite struct ReadingTests {
  /// A lab with one input, and a fine-tune on it.
  private static func lab(_ input: String, _ files: [String: String], axes: String = "") throws -> Lab {
    let lab = try Lab(
      """
      bioarc: 1
      name: small
      inputs:
        task: \(input)
      stages:
        tokens: { stage: tokenize, with: { k: 1 }, in: { sequences: $task } }
        scores:
          stage: fine-tune
          with: { epochs: 1, hold-out: 0.3 }
          in: { tokenizer: $tokens.tokenizer, architecture: c8, task: $task }
      """)
    for (name, text) in files { try lab.workspace.write("pipelines/data/" + name, text) }
    return lab
  }

  private static func sequence(_ number: Int) -> String {
    var state = UInt64(number &+ 1) &* 0x9E37_79B9_7F4A_7C15
    return String(
      (0..<20).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Array("ACGT")[Int(state >> 33 % 4)]
      })
  }

  private static func fasta(_ numbers: Range<Int>) -> String {
    numbers.map { ">s\($0)\n\(sequence($0))\n" }.joined()
  }

  static let layouts: [(name: String, input: String, files: [String: String])] = [
    (
      "a FASTA for each class",
      "{ path: data, kind: labelled-sequences, format: fasta, options: { files: '{class}.fa' } }",
      ["pos.fa": fasta(0..<60), "neg.fa": fasta(60..<120)]
    ),
    (
      "folders of splits with a FASTA for each class",
      "{ path: data, kind: labelled-sequences, format: fasta, options: { files: '{split}/{class}.fa' } }",
      [
        "train/pos.fa": fasta(0..<30), "train/neg.fa": fasta(30..<60), "val/pos.fa": fasta(60..<70),
        "val/neg.fa": fasta(70..<80), "test/pos.fa": fasta(80..<90), "test/neg.fa": fasta(90..<100),
      ]
    ),
    (
      "classes that are stated",
      "{ path: data, kind: labelled-sequences, format: fasta, options: { files: ['enhancer=a_v2.fa', 'none=bg.fa'] } }",
      ["a_v2.fa": fasta(0..<60), "bg.fa": fasta(60..<120)]
    ),
    (
      "a file for each sequence",
      "{ path: data, kind: labelled-sequences, format: text, options: { files: '{split}/{class}/*.txt' } }",
      Dictionary(
        uniqueKeysWithValues: (0..<60).map {
          ("\($0 % 3 == 0 ? "test" : "train")/\($0 % 2 == 0 ? "pos" : "neg")/\($0).txt", sequence($0) + "\n")
        })
    ),
    (
      "labels in lines",
      "{ path: data, kind: labelled-sequences, format: fasta, "
        + "options: { files: x.fa, label-lines: y.txt, gaps: strip } }",
      [
        "x.fa": (0..<100).map { ">s\($0)\n--\(sequence($0))..\n" }.joined(),
        "y.txt": (0..<100).map { $0 % 2 == 0 ? "yes\n" : "no \n" }.joined(),
      ]
    ),
    (
      "a table of names and labels",
      "{ path: data, kind: labelled-sequences, format: tsv, options: { table: t.tsv, "
        + "sequences: x.fa, sequence: id, label: taxon, labels: name, incomplete: drop, min-rows: 5, "
        + "stratify: true } }",
      [
        "x.fa": fasta(0..<100),
        "t.tsv": "id\ttaxon\n"
          + (0..<102).map { "s\($0)\t\($0 == 7 ? "" : $0 == 8 ? "1" : $0 % 2 == 0 ? "24" : "9606")\n" }
          .joined(),
      ]
    ),
    (
      "semicolons and other names of splits",
      "{ path: data/t.csv, kind: labelled-sequences, format: csv, options: "
        + "{ separator: ';', split: set, map: { train_seen: train, unseen: test, odd: '-' } } }",
      [
        "t.csv": "sequence;label;set\n"
          + (0..<100).map {
            "\"\(sequence($0))\";\($0 % 2);\(["train_seen", "val", "unseen", "odd", "train_seen"][$0 % 5])\n"
          }
          .joined()
      ]
    ),
  ]

  @Test(arguments: layouts.indices) func `data of labs are read in every layout`(_ index: Int) throws {
    let (name, input, files) = Self.layouts[index]
    let lab = try Self.lab(input, files)
    let check = try lab.bioarc("check")
    #expect(check.output.contains("no errors") && check.output.contains(" match '") == input.contains("{class}"))
    let run = try lab.run()
    #expect(run.finished.contains("scores"), "\(name)")
    let log = run.all.compactMap { ($0["event"] as? [String: Any])?["warning"] as? [String: Any] }
      .compactMap { $0["message"] as? String }.joined(separator: "\n")
    if name.contains("table") {
      #expect(
        log.contains("rows left out without a sequence or a label, or with a name that no sequence has: "), "\(log)")
      #expect(log.contains("rows left out for a class of fewer than 5 rows: 1, classes: 1"), "\(log)")
    }
    if name.contains("lines") { #expect(log.contains("labels with spaces around them"), "\(log)") }
    if name.contains("semicolons") {
      #expect(log.contains("rows left out for a split that `map` leaves out: "), "\(log)")
    }
  }

  @Test func `folds are replicates of a ranking`() throws {
    let text = """
      bioarc: 1
      name: small
      inputs:
        task:
          for: { fold: [1, 2, 3] }
          path: data.csv
          kind: labelled-sequences
          format: csv
          options: { folds: 3, fold: $fold, group: species, stratify: true }
      stages:
        promoters: { stage: synthesize, with: { train: 40, dev: 10, test: 10 } }
        tokens: { stage: tokenize, with: { k: 1 }, in: { sequences: $promoters } }
        scores:
          stage: fine-tune
          for: { architecture: [c8, t8] }
          with: { epochs: 1, hold-out: 0.3 }
          in: { tokenizer: $tokens.tokenizer, architecture: $architecture, task: $task }
        ranking:
          stage: rank
          in: { scores: { from: $scores.metrics, over: { candidate: [architecture], replicate: [fold] } } }
      """
    let lab = try Lab(text)
    try lab.workspace.write(
      "pipelines/data.csv",
      "sequence,label,species\n"
        + (0..<180).map { "\(Self.sequence($0)),\($0 / 3 % 2 == 0 ? "a" : "b"),s\($0 / 3)\n" }.joined())
    let run = try lab.run()
    #expect(run.finished.filter { $0.hasPrefix("scores") }.count == 6)
    #expect(try lab.bioarc("show", "ranking").output.contains("c8"))
    // Every row is dev in one fold: three folds of 180 rows.
    let shown = try lab.bioarc("show", "scores[architecture=c8,fold=2]").output
    #expect(shown.contains("60"), "\(shown)")
    // A baseline of each fold is averaged as candidates are.
    try lab.write(
      text.replacing(
        "  ranking:", with: "  baseline: { stage: baseline, in: { task: $task } }\n  ranking:"
      ).replacing("replicate: [fold] } } }", with: "replicate: [fold] } }, baselines: $baseline.metrics }"))
    let check = try lab.bioarc("check")
    #expect(check.errors.contains("{ from: $baseline.metrics, over: { replicate: [fold] } }"), "\(check.errors)")
  }

  @Test func `a pattern that matches nothing is a finding`() throws {
    let lab = try Self.lab(
      "{ path: data, kind: labelled-sequences, format: fasta, options: { files: '{class}.fasta' } }",
      ["a.fa": ">a\nA\n"])
    let check = try lab.bioarc("check")
    #expect(check.status == 2)
    #expect(check.errors.contains("no file matches '{class}.fasta'; the folder has a.fa"), "\(check.errors)")
  }

  @Test func `a missing file of a format names the format that does without it`() throws {
    let rows = "sequence,label\n\(Self.sequence(1)),0\n\(Self.sequence(2)),1\n"
    let lab = try Self.lab(
      "{ path: data, kind: labelled-sequences, format: gue }", ["train.csv": rows, "test.csv": rows])
    let check = try lab.bioarc("check")
    #expect(check.errors.contains("options: { train: train.csv, test: test.csv }"), "\(check.errors)")
  }

  @Test func `formats are listed and described`() throws {
    let workspace = try Workspace()
    let list = try workspace.bioarc("formats")
    #expect(list.status == 0 && list.output.contains("gue") && list.output.contains("text"))
    let one = try workspace.bioarc("formats", "csv")
    for word in ["separator", "stratify", "default 80/10/10", "Example", "labelled-sequences"] {
      #expect(one.output.contains(word), "\(word) in \(one.output)")
    }
    #expect(one.output.split(separator: "\n").allSatisfy { $0.count <= 110 })
    let json = try JSONSerialization.jsonObject(
      with: Data(try workspace.bioarc("formats", "fasta", "--json").output.utf8))
    #expect((json as? [[String: Any]])?.compactMap { $0["kind"] as? String } == ["sequences", "labelled-sequences"])
    let none = try workspace.bioarc("formats", "fata")
    #expect(none.status == 2 && none.errors.contains("did you mean 'fasta'?"))
    // The example of each is a pipeline.
    for text in ["fasta", "csv", "tsv", "text", "gue"] {
      for format in try JSONSerialization.jsonObject(
        with: Data(try workspace.bioarc("formats", text, "--json").output.utf8)) as? [[String: Any]] ?? []
      {
        let example = try #require(format["example"] as? String)
        let lines = example.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
        let name = try #require(example.split(separator: "\n").first { !$0.hasPrefix("#") }?.prefix { $0 != ":" })
        try workspace.write(
          "pipelines/example.yaml",
          "bioarc: 1\nname: example\ninputs:\n\(lines)\nstages:\n"
            + "  tokens: { stage: tokenize, with: { scheme: byte }, in: { sequences: $\(name) } }\n"
        )
        let graph = try workspace.bioarc("graph", "pipelines/example.yaml")
        #expect(graph.status == 0, "\(example) \(graph.errors)")
      }
    }
  }
}
