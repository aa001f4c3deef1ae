import Foundation
import TestSupport
import Testing

/// A corpus of several inputs, and own stages that ask for ready tables, on the built program.
@Suite(.serialized) struct SeveralInputsTests {
  private static let text = """
    bioarc: 1
    name: small
    inputs:
      genome: { path: genome.fa, kind: sequences, format: fasta }
      more: { path: more.csv, kind: sequences, format: csv }
      tasks:
        axis: task
        items:
          one: { path: one.csv, kind: labelled-sequences, format: csv }
          two: { path: two.csv, kind: labelled-sequences, format: csv }
    stages:
      tokens:
        stage: tokenize
        with: { scheme: character }
        in: { sequences: [$genome, $tasks.one, $more] }
      each:
        stage: tokenize
        with: { scheme: character }
        in: { sequences: [$genome, $tasks] }

    """

  private static func task(_ seed: Int) -> String {
    "sequence,label\n"
      + (0..<40).map { number in
        let bits = UInt64(number + seed + 1) &* 0x9E37_79B9_7F4A_7C15
        return String((0..<16).map { Array("ACGT")[Int(bits >> (2 * $0 + 20)) & 3] }) + ",\(number % 2)\n"
      }.joined()
  }

  private func lab() throws -> Lab {
    let lab = try Lab(Self.text)
    try lab.workspace.write("pipelines/genome.fa", ">a\nACGTACGT\n>b\nGGCC\n")
    try lab.workspace.write("pipelines/more.csv", "sequence\nTTTT\n")
    for (name, seed) in [("one", 0), ("two", 500)] {
      try lab.workspace.write("pipelines/\(name).csv", Self.task(seed))
    }
    return lab
  }

  @Test func `a corpus of several inputs is read, and its order counts`() throws {
    let lab = try lab()
    #expect(try lab.run().started == ["each[task=one]", "each[task=two]", "tokens"])
    #expect(try lab.run().started.isEmpty)
    let graph = try lab.bioarc("graph").output
    #expect(graph.contains("sequences.2") && graph.contains("sequences.3"), "\(graph)")
    let key = try lab.bioarc("why", "tokens", "--not").output
    #expect(key.contains("sequences.2") && key.contains("sequences.3"), "\(key)")
    // One letter of one of them is a cause, said at its place.
    try lab.workspace.write("pipelines/more.csv", "sequence\nTTTA\n")
    let why = try lab.bioarc("why", "tokens").output
    #expect(why.contains("sequences.3") && why.contains("more"), "\(why)")
    #expect(try lab.run().started == ["tokens"])
    try lab.write(Self.text.replacing("[$genome, $tasks.one, $more]", with: "[$more, $tasks.one, $genome]"))
    #expect(try lab.run().started == ["tokens"], "the order counts")
    try lab.write(Self.text.replacing("$tasks.one", with: "$tasks.on"))
    let check = try lab.bioarc("check")
    #expect(check.status == 2 && check.errors.contains("did you mean '$tasks.one'?"), "\(check.errors)")
  }

  private static let stage = """
    name: look
    version: 1
    summary: Copies what it is given.
    inputs:
      task: { kinds: [labelled-sequences], as: table, help: Rows. }
      texts: { kinds: [sequences], several: true, help: Sequences. }
    outputs:
      seen: { kind: look, layout: file, help: All. }
    command: [sh, "{code}/look.sh", "{inputs}", "{outputs}/seen"]
    code: [look.sh]
    """

  private static let look = """
    cd "$1"
    { cat task/classes.tsv task/train.tsv task/dev.tsv task/test.tsv
      for n in 0 1; do cat texts/$n; done
      cat ../step.json; } > "$2"

    """

  private static let pipeline = """
    bioarc: 1
    name: small
    inputs:
      genome: { path: genome.fa, kind: sequences, format: fasta }
      more: { path: more.csv, kind: sequences, format: csv }
      task:
        path: pairs.tsv
        kind: labelled-sequences
        format: tsv
        options: { sequence: a, second: b, label: what, name: id, split: part }
    stages:
      seen: { stage: look, in: { task: $task, texts: [$genome, $more] } }

    """

  /// Own stages see one form whatever the layout, and rows that dev or test has too are not in train.
  @Test func `own stages get ready tables`() throws {
    let lab = try Lab(Self.pipeline)
    try lab.workspace.write("pipelines/genome.fa", ">g\nACGT\n")
    try lab.workspace.write("pipelines/more.csv", "sequence\nTTTT\n")
    try lab.workspace.write("stages/look.yaml", Self.stage)
    try lab.workspace.write("stages/look.sh", Self.look)
    try lab.workspace.write(
      "pipelines/pairs.tsv",
      "id\tpart\twhat\ta\tb\nr1\ttrain\tyes\tacgu\tCC\nr2\ttrain\t\"n\to\"\tAG\tCC\nr3\ttrain\tyes\tGG\tTT\n"
        + "r4\tvalid\tyes\tTT\tGG\nr5\ttest\tyes\tAC\tGT\n")
    let events = try lab.run()
    #expect(events.finished == ["seen"])
    let seen = try lab.bioarc("cat", "seen").output
    #expect(
      seen.hasPrefix(
        "class\n\"n\to\"\nyes\nname\tsequence\tsecond\tlabel\nr1\tACGT\tCC\tyes\nr2\tAG\tCC\t\"n\to\"\n"
          + "name\tsequence\tsecond\tlabel\nr4\tTT\tGG\tyes\nname\tsequence\tsecond\tlabel\nr5\tAC\tGT\tyes\n"
          + ">g\nACGT\nsequence\nTTTT\n"), "\(seen)")
    let step = try #require(seen.range(of: "{\n")).lowerBound
    let document = try #require(
      JSONSerialization.jsonObject(with: Data(seen[step...].utf8)) as? [String: Any])
    let inputs = try #require(document["inputs"] as? [String: [[String: Any]]])
    let task = try #require(inputs["task"]?.first)
    #expect(task["format"] as? String == "table")
    #expect(task["files"] as? [String] == ["classes.tsv", "dev.tsv", "test.tsv", "train.tsv"])
    let options = try #require(task["options"] as? [String: String])
    #expect(options["labels"] == "class" && options["pairs"] == "true" && options["droppedFromTrain"] == "1")
    #expect(inputs["texts"]?.count == 2)
    #expect(try lab.run().started.isEmpty)
    // The form is in the key: without it the script finds the file as it is.
    try lab.workspace.write("stages/look.yaml", Self.stage.replacing("as: table, ", with: ""))
    #expect(try lab.run().started == ["seen"])
    #expect(try lab.bioarc("cat", "seen").output.contains("\"format\": \"tsv\""))
    try lab.workspace.write("stages/look.yaml", Self.stage.replacing("as: table", with: "as: tabel"))
    let check = try lab.bioarc("check")
    #expect(check.status == 2 && check.errors.contains("did you mean 'table'?"), "\(check.errors)")
  }

  /// A sequence that one input has held out, or in test, is trained on from no other.
  @Test func `sequences that one input keeps apart are not trained on`() throws {
    let text = """
      bioarc: 1
      name: small
      inputs:
        task: { path: task.csv, kind: labelled-sequences, format: csv, options: { split: set } }
        more: { path: more.fa, kind: sequences, format: fasta }
      stages:
        tokens: { stage: tokenize, with: { scheme: character }, in: { sequences: [$task, $more] } }

      """
    let lab = try Lab(text)
    let sequences = Self.task(0).split(separator: "\n").dropFirst().map { $0.prefix { $0 != "," } }
    let rows = sequences.indices.map { "\(sequences[$0]),\($0 % 2),\(["train", "dev", "test", "train"][$0 % 4])\n" }
    try lab.workspace.write("pipelines/task.csv", "sequence,label,set\n" + rows.joined())
    let fasta = sequences.indices.map { ">s\($0)\n\(sequences[$0])\n" } + [">own\nACGTTTGCATGCATTA\n"]
    try lab.workspace.write("pipelines/more.fa", fasta.joined())
    let run = try lab.bioarc("run")
    #expect(run.errors.contains("20 sequences of train are left out"), "\(run.errors)")
    let counts = try lab.bioarc("show", "tokens.counts").output
    // Twenty rows of train twice, and the one that only the file has; ten of dev.
    #expect(counts.contains(#/sequences +41 +10/#), "\(counts)")
    #expect(counts.contains(#/sequences left out, [a-z ]+ +20 +0/#), "\(counts)")
  }

  /// Alphabets that do not go together are found before anything runs, at whatever place of a list.
  @Test func `alphabets of a list that differ are found before a run`() throws {
    let lab = try lab()
    try lab.write(
      Self.text.replacing(
        "path: more.csv, kind: sequences, format: csv",
        with: "path: more.csv, kind: sequences, format: csv, options: { alphabet: protein }"
      )
      .replacing(
        "path: genome.fa, kind: sequences, format: fasta",
        with: "path: genome.fa, kind: sequences, format: fasta, options: { alphabet: dna }"))
    let check = try lab.bioarc("check")
    #expect(check.status == 2, "\(check.output)")
    #expect(
      check.errors.contains("small.yaml:15:44: error: one input states the alphabet dna, this one states protein"),
      "\(check.errors)")
    try lab.write(
      Self.text.replacing(
        "path: more.csv, kind: sequences, format: csv",
        with: "path: more.csv, kind: sequences, format: csv, options: { alphabet: protein }"))
    let unstated = try lab.bioarc("check")
    #expect(
      unstated.status == 2 && unstated.errors.contains("is read as the alphabet dna, this one states protein"),
      "\(unstated.errors)")
  }
}
