import Foundation
import TestSupport
import Testing

/// Likelihoods on the built program: sequences, variants of a VCF, stops in genes, and labels beside them.
@Suite(.serialized) struct LikelihoodEndTests {
  private static let pipeline = """
    bioarc: 1
    name: small
    inputs:
      genome: { path: genome.fa, kind: sequences, format: fasta }
      variants: { path: variants.vcf.gz, kind: file, format: any }
      genes: { path: genes.gff, kind: intervals, format: gff, options: { type: CDS } }
      names: { path: genes.gff, kind: intervals, format: gff, options: { type: gene } }
      essential: { path: essential.txt, kind: file, format: any }
    stages:
      tokens:
        stage: tokenize
        with: { k: 1 }
        in: { sequences: $genome }
      model:
        stage: pretrain
        with: { objective: ntp, steps: 60, batch: 8, length: 64, lr: 0.01, warm-up: 5 }
        in: { tokens: $tokens.tokens, tokenizer: $tokens.tokenizer, architecture: c16-c16 }
      likelihoods:
        stage: score
        with: { window: 64, step: 32 }
        in: { weights: $model.weights, tokenizer: $tokens.tokenizer, architecture: c16-c16, sequences: $genome }
      changes:
        stage: variants
        with: { window: 60 }
        in:
          weights: $model.weights
          tokenizer: $tokens.tokenizer
          architecture: c16-c16
          sequences: $genome
          variants: $variants
      stops:
        stage: variants
        with: { kind: stop-cassettes, form: substitute, window: 90, gene-name: gene, strands: both }
        in:
          weights: $model.weights
          tokenizer: $tokens.tokenizer
          architecture: c16-c16
          sequences: $genome
          genes: $genes
      assessed:
        stage: assess
        with: { score: difference-mean, turned: true, labels-form: list, gene-name: gene, beside: [reference-mean] }
        in: { scores: $stops, labels: $essential, sequences: $genome, genes: $genes, aliases: $names }

    """

  /// A genome of one motif again and again, where every third gene has other letters.
  private static func write(to workspace: Workspace) throws {
    var (genome, gff, essential) = ("", "", "")
    for number in 0..<30 {
      let isOdd = number % 3 == 0
      let gene = "ATG" + String(repeating: isOdd ? "GCCGAC" : "AAATTC", count: 8) + "TAA"
      let across: [Character: Character] = ["A": "T", "C": "G", "G": "C", "T": "A"]
      let letters = number % 2 == 0 ? gene : String(gene.reversed().map { across[$0]! })
      genome += "ACGGTT" + letters
      let (start, strand) = (genome.count - letters.count + 1, number % 2 == 0 ? "+" : "-")
      let place = "\(start)\t\(genome.count)\t.\t\(strand)"
      gff += "c\tx\tgene\t\(place)\t.\tgene=g\(number);gene_synonym=s\(number),t\(number)\n"
      gff += "c\tx\tCDS\t\(place)\t0\tgene=g\(number)\n"
      if isOdd { essential += number == 0 ? "t0\n" : "g\(number)\n" }
    }
    try workspace.write("pipelines/genome.fa", ">c\n\(genome)\n")
    try workspace.write("pipelines/genes.gff", gff)
    try workspace.write("pipelines/essential.txt", essential + "none\n")
    let letters = Array(genome)
    let vcf =
      "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\nc\t100\tv1\t\(letters[99])\tN\n"
      + "c\t200\tv2\t\(letters[199])\t\(letters[199])GG\nc\t201\tv3\tA,C\tG,T\n"
    try workspace.write("pipelines/variants.vcf", vcf)
    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/usr/bin/gzip")
    gzip.arguments = [workspace.path("pipelines/variants.vcf")]
    try gzip.run()
    gzip.waitUntilExit()
  }

  private func rows(_ lab: Lab, _ output: String) throws -> [[Substring]] {
    try lab.bioarc("cat", output).output.split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false)
    }
  }

  @Test func `likelihoods are scored and held against labels`() throws {
    let lab = try Lab(Self.pipeline)
    try Self.write(to: lab.workspace)
    try lab.run()
    let scores = try rows(lab, "likelihoods.scores")
    #expect(scores.count == 2 && scores[1][0] == "c" && Int(scores[1][2])! + 1 == Int(scores[1][1])!)
    // Random letters cost two bits each.
    #expect(Double(scores[1][6])! < 1.5, "\(scores)")
    let context = try lab.bioarc("show", "likelihoods.context").output
    #expect(context.contains("bits per letter") && context.contains("32 to 63"), "\(context)")
    let changes = try rows(lab, "changes.scores")
    #expect(changes.dropFirst().map { $0[0] } == ["v1", "v2"], "\(changes)")
    #expect(changes[1][12] == "letters not scored: 1 and 2" && Double(changes[2][8])! < 0)
    let stops = try rows(lab, "stops.scores")
    #expect(stops.count == 31 && stops.dropFirst().allSatisfy { Double($0[8])! < 0 })
    let shown = try lab.bioarc("show", "assessed").output
    for text in ["30 rows, 10 of class 1", "1 under another name", "1 labels without a score", "codon-usage", "gc"] {
      #expect(shown.contains(text), "\(text) in \(shown)")
    }
    let svg = lab.workspace.path("assessed.svg")
    _ = try lab.bioarc("show", "assessed", "--svg", svg)
    #expect(try String(contentsOfFile: svg, encoding: .utf8).contains("auroc"))
  }
}
