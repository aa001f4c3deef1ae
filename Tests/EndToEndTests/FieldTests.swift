import Foundation
import TestSupport
import Testing

/// How far networks see, on the built program: stacks, planted distances, effective receptive fields, pictures.
@Suite(.serialized) struct FieldTests {
  private static let pipeline = """
    bioarc: 1
    name: small
    stages:
      pairs:
        stage: synthesize
        for: { distance: [20, 40] }
        with: { task: pairs, distance: $distance, pairs: 1, train: 600, dev: 100, test: 200 }
      letters:
        stage: synthesize
        with: { train: 40, dev: 4, test: 4, length: 200 }
      tokens:
        stage: tokenize
        with: { k: 1 }
        in: { sequences: $letters }
      net:
        stage: stack
        for: { kernel: [3, 9], base: [1, 3] }
        with: { width: 16, layers: 4, kernel: $kernel, base: $base }
      scores:
        stage: fine-tune
        with: { epochs: 8, lr: 0.004, batch: 16, max-length: 200, positions: none }
        in: { tokenizer: $tokens.tokenizer, architecture: $net, task: $pairs }
      ranking:
        stage: rank
        with: { metric: accuracy }
        in:
          scores:
            from: [$scores.metrics, $scores.predictions]
            over: { candidate: [kernel, base], task: [distance] }
      field:
        stage: receptive-field
        with: { length: 64, pieces: 20 }
        in: { model: $scores.model, sequences: $letters }

    """

  private func test(_ lab: Lab, _ step: String) throws -> Double {
    let text = try lab.bioarc("show", step, "--json").output
    let shown = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]]
    let content = shown?.compactMap { $0["content"] as? [String: Any] }.first { $0["metrics"] != nil }
    let test = (content?["metrics"] as? [String: Any])?["test"] as? [String: Any]
    let entries = test?["entries"] as? [[String: Any]] ?? []
    let entry = entries.first { $0["metric"] as? String == "accuracy" && $0["class"] == nil }
    return try #require((entry?["estimate"] as? [String: Any])?["value"] as? Double)
  }

  /// A stack that sees both motifs finds their agreement, and one that does not can but guess; its gradients come from
  /// within what it sees.
  @Test func `what is seen decides what is found`() throws {
    let lab = try Lab(Self.pipeline)
    try lab.run()
    // Kernel 9 with base 3: 1 + 8 * (1 + 1 + 1 + 3) tokens, 24 to either side; with base 1 16 to either side.
    #expect(try test(lab, "scores[kernel=9,base=3,distance=20]") > 0.9)
    for blind in ["kernel=9,base=3,distance=40", "kernel=9,base=1,distance=20", "kernel=3,base=3,distance=20"] {
      #expect(abs(try test(lab, "scores[\(blind)]") - 0.5) < 0.15, "\(blind)")
    }
    let shown = try lab.bioarc("show", "field[kernel=9,base=3,distance=20]").output
    #expect(shown.contains("by its shapes a token sees 49 tokens"), "\(shown)")
    let json = try lab.bioarc("show", "field[kernel=9,base=3,distance=20]", "--json").output
    let fields = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]]
    let content = try #require(fields?.first?["content"] as? [String: Any])
    let strengths = try #require(content["strengths"] as? [Double])
    #expect(strengths.count == 64 && content["pieces"] as? Int == 20)
    for (place, strength) in strengths.enumerated() {
      #expect((strength > 0) == (abs(place - 32) <= 24), "\(place): \(strength)")
    }
    let widths = try #require(content["widths"] as? [[String: Any]]).compactMap { $0["tokens"] as? Int }
    #expect(widths.count == 3 && widths == widths.sorted() && widths[2] <= 49)

    // Pictures: a name where there are several, and a file that is new.
    let several = try Workspace.finish(
      lab.workspace.process(["show", "pipelines/small.yaml", "ranking", "--svg", "a.svg"]))
    #expect(
      several.status != 0 && several.errors.contains("--picture NAME")
        && several.errors.contains("heat-map, tasks, fields"))
    let unknown = try Workspace.finish(
      lab.workspace.process(["show", "pipelines/small.yaml", "ranking", "--svg", "a.svg", "--picture", "map"]))
    #expect(unknown.status != 0 && unknown.errors.contains("has no picture 'map'"), "\(unknown.errors)")
    for (step, picture, holds) in [
      ("ranking", "heat-map", "across: base"), ("ranking", "tasks", ">9,3<"),
      ("ranking", "fields", "tokens that the last"),
      ("field[kernel=9,base=3,distance=20]", "field", "the shapes end here"),
    ] {
      let file = "\(picture).svg"
      _ = try lab.bioarc("show", step, "--svg", lab.workspace.path(file), "--picture", picture)
      let svg = try String(contentsOfFile: lab.workspace.path(file), encoding: .utf8)
      #expect(svg.hasPrefix("<svg") && svg.contains(holds) && !svg.contains("nan"), "\(picture)")
    }
  }

  /// Own stages that read any file: labels of residues in an archive, and mutants of a wild type.
  @Test func `own stages make tasks of files that are no sequences`() throws {
    guard Python.program(importing: "zipfile") != nil else { return print("no Python: own stages are not run") }
    let lab = try Lab(
      """
      bioarc: 1
      name: small
      inputs:
        archive: { path: flip.zip, kind: file, format: any }
        wild-type: { path: wt.fasta, kind: file, format: any }
        scan: { path: scan.tsv, kind: file, format: any }
        splits: { path: splits.tsv, kind: file, format: any }
      stages:
        structure: { stage: residue-labels, in: { archive: $archive } }
        brightness:
          stage: mutants
          with: { first: 0, split: main }
          in: { wild-type: $wild-type, table: $scan, splits: $splits }
        of-structure: { stage: baseline, with: { alphabet: protein, c: [1] }, in: { task: $structure } }
        of-brightness: { stage: baseline, with: { alphabet: protein, c: [1] }, in: { task: $brightness } }

      """)
    let script = """
      import random, sys, zipfile
      random.seed(1)
      folder = sys.argv[1]
      files = {'sequences': '', 'sampled': '', 'mask': ''}
      for index in range(60):
          letters = ''.join(random.choice('ACDEFGHIKL') for _ in range(50))
          labels = ''.join('H' if letter in 'ACDEF' else 'E' for letter in letters)
          mask = ''.join('0' if random.random() < .1 else '1' for _ in letters)
          split = 'test' if index % 5 == 0 else 'train'
          for name, text in [('sequences', letters), ('sampled', labels), ('mask', mask)]:
              head = f'>p{index} SET={split} VALIDATION={index % 5 == 1}' if name == 'sampled' else f'>p{index}'
              files[name] += head + chr(10) + text + chr(10)
      with zipfile.ZipFile(folder + '/flip.zip', 'w') as archive:
          for name, text in files.items(): archive.writestr('splits/' + name + '.fasta', text)
      wild = 'MKVLAAGIWDERTYHNQSCP'
      open(folder + '/wt.fasta', 'w').write('>wt' + chr(10) + wild + chr(10))
      rows, splits = ['variant\\tscore'], ['row\\tmain']
      for place in range(20):
          for letter in 'ACDEFGHIKLMNPQRSTVWY*':
              if letter == wild[place]: continue
              rows.append(f'{wild[place]}{place}{letter}\\t{place % 3 + random.random() / 10}')
              splits.append(f'{len(rows)}\\t' + random.choice(['train', 'train', 'train', 'tune', 'test', '-']))
      for name, lines in [('scan', rows), ('splits', splits)]:
          open(f'{folder}/{name}.tsv', 'w').write(chr(10).join(lines) + chr(10))
      """
    _ = try Python.run("python3", ["-c", script, lab.workspace.path("pipelines")])
    let arguments = ["run", "pipelines/small.yaml", "--stages", Repository.root.path + "/stages"]
    let run = try Workspace.finish(lab.workspace.process(arguments))
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("residues without a label: ") && run.errors.contains("in none of the splits"))
    #expect(run.errors.contains("mutants with a stop, which is written X: 20"), "\(run.errors)")
    let table = try lab.bioarc("cat", "brightness.task", "train.csv", "--stages", arguments[3]).output
    #expect(table.hasPrefix("name,sequence,label\n"))
    let rows = table.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    #expect(rows.count > 100)
    for row in rows {
      let place = try #require(Int(row[0].dropFirst().dropLast()))
      var wild = Array("MKVLAAGIWDERTYHNQSCP")
      #expect(String(wild[place]) == row[0].prefix(1))
      wild[place] = row[0].last == "*" ? "X" : row[0].last!
      #expect(String(wild) == row[1])
    }
    let labels = try lab.bioarc("cat", "structure.task", "test.csv", "--stages", arguments[3]).output
    #expect(labels.split(separator: "\n").count == 13 && labels.contains("."))
    for step in ["brightness", "structure"] {
      let shown = try lab.bioarc("show", step, "--stages", arguments[3])
      #expect(shown.status == 0 && shown.output.contains("train"), "\(shown.errors)")
    }
    // A mutation that is not of the wild type is a failure of these inputs, with its row.
    try lab.workspace.write("pipelines/scan.tsv", "variant\tscore\nM0A\t1\nK5A\t2\n")
    try lab.workspace.write("pipelines/splits.tsv", "row\tmain\n0\ttrain\n1\ttest\n")
    let wrong = try Workspace.finish(lab.workspace.process(arguments + ["--only", "brightness"]))
    #expect(
      wrong.status != 0 && wrong.errors.contains("row 2: residue 5 of the wild type is A, not that of 'K5A'"),
      "\(wrong.errors)")
  }
}
