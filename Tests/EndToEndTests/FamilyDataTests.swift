import Foundation
import TestSupport
import Testing

/// Data of model families on the built program: tables of barcodes, offsets of k-mers, pairs of motifs, genes.
@Suite(.serialized) struct FamilyDataTests {
  private static func letters(_ number: Int, _ length: Int) -> String {
    var state = UInt64(number + 1) &* 0x9E37_79B9_7F4A_7C15
    return String(
      (0..<length).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Array("ACGT")[Int(state >> 60 & 3)]
      })
  }

  private static func test(_ lab: Lab, _ step: String, _ metric: String) throws -> Double {
    let text = try lab.bioarc("show", step, "--json").output
    let shown = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]]
    let content = shown?.compactMap { $0["content"] as? [String: Any] }.first { $0["metrics"] != nil }
    let test = (content?["metrics"] as? [String: Any])?["test"] as? [String: Any]
    let entry = (test?["entries"] as? [[String: Any]])?.first {
      $0["metric"] as? String == metric && $0["class"] == nil
    }
    return try #require((entry?["estimate"] as? [String: Any])?["value"] as? Double, "\(text.prefix(2000))")
  }

  /// A table as BIOSCAN-5M writes it: pretraining on two of its splits with random offsets, and a task of each level.
  @Test func `a table of barcodes is the corpus and the task of each level`() throws {
    let lab = try Lab(
      """
      bioarc: 1
      name: small
      inputs:
        barcodes:
          path: bioscan.csv
          kind: sequences
          format: csv
          options: { sequence: dna_barcode, where: split, is: [pretrain, other_heldout], trailing-n: strip,
            duplicates: drop }
        task:
          for: { level: [genus, species] }
          path: bioscan.csv
          kind: labelled-sequences
          format: csv
          options: { sequence: dna_barcode, label: $level, where: split, is: [train, val, test], split: split,
            trailing-n: strip, duplicates: drop, unseen: drop }
      stages:
        tokens:
          stage: tokenize
          with: { k: 4, frames: all, held-out: 0.2 }
          in: { sequences: $barcodes }
        supernet:
          stage: pretrain
          with: { steps: 4, batch: 8, length: 16 }
          in: { tokens: $tokens.tokens, tokenizer: $tokens.tokenizer, architecture: c8 }
        scores:
          stage: baseline
          with: { k-max: 4, position-words: 0, c: [1] }
          in: { task: $task }

      """)
    var rows = ["processid,dna_barcode,genus,species,dna_bin,split"]
    for row in 0..<400 {
      let species = row % 10
      let split = ["pretrain", "train", "train", "other_heldout", "val", "test"][row / 10 % 6]
      let isNamed = split != "pretrain"
      let barcode = Self.letters(species / 2, 60) + Self.letters(100 + species, 20) + Self.letters(row % 390, 20)
      rows.append(
        "P\(row),\(barcode)NN," + (isNamed ? "g\(species / 2),g\(species / 2) s\(species)" : ",") + ",B,\(split)"
      )
    }
    rows.append("P400,\(Self.letters(900, 100)),g9,g9 s99,B,test")
    try lab.workspace.write("pipelines/bioscan.csv", rows.joined(separator: "\n") + "\n")
    let run = try lab.bioarc("run")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("whose `split` is none of `pretrain`, `other_heldout`: "), "\(run.errors)")
    #expect(run.errors.contains("rows of dev and test left out for a class that train has not: 1"), "\(run.errors)")
    let counts = try lab.bioarc("show", "tokens.counts").output
    #expect(counts.contains("sequences before frames"), "\(counts)")
    #expect(try Self.test(lab, "scores[level=genus]", "accuracy") > 0.9)
    #expect(try Self.test(lab, "scores[level=species]", "accuracy") > 0.9)
    let bad = try lab.bioarc("check", "--set", "inputs.task.options.where=splits")
    #expect(bad.errors.contains("there is no column `splits`") || bad.status == 2, "\(bad.errors)")
  }

  /// The barcodes of a survey: both levels, species on one side of a split that the program makes.
  @Test(.enabled(if: Repository.data != nil)) func `aligned barcodes are tasks of species and of genera`() throws {
    let table = try #require(Repository.data).path + "/barcodes/acg_lepidoptera_coi.csv"
    let lab = try Lab(
      """
      bioarc: 1
      name: small
      inputs:
        genera:
          path: '\(table)'
          kind: labelled-sequences
          format: csv
          options: { sequence: Code, label: Species, group: Sub-Species, gaps: strip, unseen: drop, duplicates: drop,
            incomplete: drop }
        species:
          path: '\(table)'
          kind: labelled-sequences
          format: csv
          options: { sequence: Code, label: Sub-Species, gaps: strip, duplicates: drop, min-rows: 5, stratify: true,
            incomplete: drop }
      stages:
        of-genera:
          stage: baseline
          with: { k-max: 4, position-words: 0, c: [100], rows: 1000 }
          in: { task: $genera }
        of-species:
          stage: baseline
          with: { k-max: 4, position-words: 0, c: [100], rows: 1000 }
          in: { task: $species }

      """)
    let run = try lab.bioarc("run")
    #expect(run.status == 0, "\(run.errors)")
    for text in [
      "gaps of an alignment that are dropped: ", "rows left out that repeat letters", "a class that train has",
    ] {
      #expect(run.errors.contains(text), "\(text): \(run.errors)")
    }
    let (genus, species) = (try Self.test(lab, "of-genera", "accuracy"), try Self.test(lab, "of-species", "accuracy"))
    print("barcodes: genus of unseen species \(genus), species \(species)")
    #expect(genus > 0.5 && species > 0.7)
  }

  @Test func `pairs of motifs are a task for each distance`() throws {
    let lab = try Lab(
      """
      bioarc: 1
      name: small
      stages:
        reach:
          stage: synthesize
          for: { distance: [100, 50000] }
          with: { task: pairs, distance: $distance, train: 8, dev: 4, test: 4 }

      """)
    try lab.run()
    for distance in [100, 50_000] {
      let rows = try lab.bioarc("cat", "reach[distance=\(distance)]", "test.csv").output.split(separator: "\n")
        .dropFirst()
      #expect(rows.count == 4 && rows.allSatisfy { $0.utf8.count == distance + 102 })
    }
  }

  /// A genome made up with genes on both strands, of codons that begin with A or C: their letters are learnt.
  @Test func `genes of a genome are labels of letters for a baseline and for a fine-tune`() throws {
    let lab = try Lab(
      """
      bioarc: 1
      name: small
      inputs:
        genome: { path: genome.fa, kind: sequences, format: fasta }
        genes: { path: genes.gff, kind: intervals, format: gff }
      stages:
        codons: { stage: intervals, with: { labels: codons, length: 500 }, in: { genome: $genome, intervals: $genes } }
        tokens: { stage: tokenize, with: { scheme: character }, in: { sequences: $codons } }
        linear: { stage: baseline, with: { letters: 5000, c: [1] }, in: { task: $codons } }
        scores:
          stage: fine-tune
          for: { architecture: [c8] }
          with: { epochs: 1, hold-out: 0.2 }
          in: { tokenizer: $tokens.tokenizer, architecture: $architecture, task: $codons }
        ranking:
          stage: rank
          in:
            scores: { from: [$scores.metrics, $scores.predictions], over: { candidate: [architecture] } }
            baselines: { from: [$linear.metrics, $linear.predictions], over: { candidate: [model: linear] } }

      """)
    var (genome, genes) = ("", "")
    for gene in 0..<90 {
      genome += Self.letters(gene, 100 + gene % 3)
      let codons = (0..<67).map {
        ["ACG", "CAT", "CCA", "AAG", "ATC", "CTG"][(gene * gene + $0 * $0 * 5 + $0 * gene) % 6]
      }
      let complement: [Character: Character] = ["A": "T", "C": "G", "G": "C", "T": "A"]
      let letters = codons.joined(), isReverse = gene % 2 == 1
      genes += "c\ts\tCDS\t\(genome.count + 1)\t\(genome.count + 201)\t.\t\(isReverse ? "-" : "+")\t0\tID=g\(gene)\n"
      genome += isReverse ? String(letters.reversed().map { complement[$0]! }) : letters
    }
    try lab.workspace.write("pipelines/genome.fa", ">c\n\(genome)\n")
    try lab.workspace.write("pipelines/genes.gff", genes)
    let run = try lab.bioarc("run")
    #expect(run.status == 0, "\(run.errors)")
    #expect(try Self.test(lab, "linear", "mcc") > 0.8)
    #expect(try lab.bioarc("show", "ranking").output.contains("letter-window logistic regression"))
    let shown = try lab.bioarc("show", "linear").output
    #expect(shown.contains("fitted to 5,000 of ") && shown.contains("letters of train"), "\(shown)")
  }

  /// Published figures: 62.5 % of residues of FLIP, of a window of 17 residues; 89.9 % of letters of E. coli, of scores
  /// of 6-mers in three frames and on two strands.
  @Test(.enabled(if: Repository.data != nil)) func `baselines of letters reach figures of others`() throws {
    let data = try #require(Repository.data).path
    let lab = try Lab(
      """
      bioarc: 1
      name: small
      inputs:
        residues:
          path: residues.csv
          kind: labelled-sequences
          format: csv
          options: { labels: letters, split: set, validation: dev, alphabet: protein, ignore: ".", metric: accuracy }
        letters:
          path: '\(data)/annotation/ecoli_per_base.tsv.gz'
          kind: labelled-sequences
          format: tsv
          options: { label: labels, labels: letters, split: split }
      stages:
        of-residues: { stage: baseline, with: { letters: 80000, c: [1] }, in: { task: $residues } }
        of-letters: { stage: baseline, with: { letters: 50000, c: [0.1] }, in: { task: $letters } }

      """)
    guard let python = Python.program(importing: "zipfile") else { return print("no Python: residues are not read") }
    let script = """
      import sys, zipfile
      z = zipfile.ZipFile(sys.argv[1])
      def read(name):
          out, key = {}, None
          for line in z.read('splits/' + name).decode().split('\\n'):
              if line.startswith('>'):
                  key = line[1:].split()[0]; out[key] = [line, '']
              elif key: out[key][1] += line.strip()
          return out
      s, y, m = read('sequences.fasta'), read('sampled.fasta'), read('mask.fasta')
      print('sequence,label,set,dev')
      for k in y:
          label = ''.join(a if b == '1' else '.' for a, b in zip(y[k][1], m[k][1]))
          print(s[k][1], label, 'test' if 'SET=test' in y[k][0] else 'train', 'VALIDATION=True' in y[k][0], sep=',')
      """
    let table = try Python.run(python, ["-c", script, data + "/proteins/flip_ss/splits.zip"])
    try lab.workspace.write("pipelines/residues.csv", String(decoding: table, as: UTF8.self))
    try lab.run()
    let (residues, letters) = (
      try Self.test(lab, "of-residues", "accuracy"), try Self.test(lab, "of-letters", "accuracy")
    )
    print("baselines of letters: residues of FLIP \(residues), letters of E. coli \(letters)")
    #expect(residues > 0.62 && letters > 0.895)
  }

  /// Each letter of E. coli is in the class that the derived table has for it: F and R are any place in a codon, B is
  /// on both strands, where the first gene counts. Its pseudogenes are coding sequences that are marked.
  @Test(.enabled(if: Repository.data != nil)) func `letters of E coli have the classes of a derived table`() throws {
    let data = try #require(Repository.data).path
    let lab = try Lab(
      """
      bioarc: 1
      name: small
      inputs:
        genome: { path: '\(data)/genomes/ecoli_k12_mg1655.fa.gz', kind: sequences, format: fasta }
        genes:
          path: '\(data)/genomes/ecoli_k12_mg1655.gff.gz'
          kind: intervals
          format: gff
          options: { type: [CDS, tRNA, rRNA, ncRNA] }
      stages:
        codons:
          stage: intervals
          with: { labels: codons, length: 2000, record-names: loose }
          in: { genome: $genome, intervals: $genes }

      """)
    try lab.run()
    var made: [Int: [String]] = [:]
    for file in ["train.csv", "dev.csv", "test.csv"] {
      for line in try lab.bioarc("cat", "codons.sequences", file).output.split(separator: "\n").dropFirst() {
        let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        made[Int(fields[4]) ?? -1] = [fields[1], fields[2]]
      }
    }
    #expect(made.count == 2320)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", data + "/annotation/ecoli_per_base.tsv.gz"]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let derived = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    var (differing, both, codons) = (0, 0, [Character: Int]())
    for line in derived.split(separator: "\n").dropFirst() {
      let fields = line.split(separator: "\t").map(String.init)
      let own = try #require(made[Int(fields[0]) ?? -1])
      #expect(own[0] == fields[3])
      for (letter, stated) in zip(own[1].utf8, fields[4].utf8) {
        let isForward = (49...51).contains(letter), isReverse = (52...54).contains(letter)
        codons[Character(UnicodeScalar(letter)), default: 0] += 1
        switch stated {
        case 70: differing += isForward ? 0 : 1
        case 82: differing += isReverse ? 0 : 1
        case 66:
          both += 1
          differing += isForward || isReverse ? 0 : 1
        default: differing += letter == stated ? 0 : 1
        }
      }
    }
    #expect(differing == 0 && both > 2000, "\(differing) letters differ, \(both) are on both strands")
    let counts = "123456".map { Double(codons[$0] ?? 0) }
    #expect(abs(counts[0] / counts[2] - 1) < 0.01 && abs(counts[3] / counts[5] - 1) < 0.01, "\(codons)")
    let shown = try lab.bioarc("show", "codons").output
    #expect(shown.contains("letters of two coding sequences of a strand"), "\(shown)")
    print("E. coli: \(codons.sorted { $0.key < $1.key }), on both strands \(both)")
  }
}
