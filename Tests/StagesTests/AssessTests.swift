import Artifacts
import Foundation
import Inputs
import Rankings
import Sequences
import Stages
import Tables
import Testing

@testable import DataStages
@testable import Figures
@testable import LikelihoodStages

/// Scores held against labels, beside what no model made.
@Suite struct AssessTests {
  private static let rows = Array(0..<40)
  private static let scores: [Double] = rows.map { (row: Int) -> Double in
    let (tens, units) = (Double((row * 37) % 23), Double(row % 5))
    return 0.1 * tens - 0.01 * units
  }
  private static let classes: [Int] = rows.map { (row: Int) -> Int in (row * 53) % 17 < 5 ? 1 : 0 }
  private static let numbers: [Double] = rows.map { (row: Int) -> Double in
    let half = Double((row * 29) % 19)
    return half * 0.5 + 0.2 * scores[row]
  }

  private static func file(_ text: String, _ kind: ArtifactKind = .file) -> MemoryArtifact {
    MemoryArtifact(kind, ["": Array(text.utf8)])
  }

  private static func table(_ scores: [Double]) -> MemoryArtifact {
    file("name\tdifference\n" + scores.enumerated().map { "n\($0)\t\($1)\n" }.joined(), .variantScores)
  }

  private func assess(
    _ parameters: [String: Value], _ inputs: [String: any InputArtifact]
  ) throws -> (document: AssessedDocument, run: MemoryRun) {
    let run = MemoryRun()
    try run.run(AssessStage.self, parameters, inputs)
    return (try JSONArtifact.decode(AssessedDocument.self, run.output("assessed", .assessed).bytes()), run)
  }

  private func value(_ predictor: AssessedDocument.Predictor, _ metric: Metric) throws -> Double {
    try #require(predictor.metrics.first { $0.metric == metric }?.value.value)
  }

  /// The figures are those of scikit-learn 1.x (`roc_auc_score`, `average_precision_score`) and scipy (`spearmanr`).
  @Test func `metrics are those of other programs`() throws {
    let list = Self.classes.indices.filter { Self.classes[$0] == 1 }.map { "n\($0)\n" }.joined()
    let (classes, _) = try assess(
      ["labels-form": .string("list")],
      ["scores": Self.table(Self.scores), "labels": Self.file("# names\n\n" + list)])
    #expect(classes.rows == 40 && classes.positives == 13 && classes.isBinary)
    #expect(abs(try value(classes.predictors[0], .auroc) - 0.5413105413105413) < 1e-12)
    #expect(abs(try value(classes.predictors[0], .auprc) - 0.46094016235309476) < 1e-12)
    #expect(abs(try value(classes.predictors[0], .spearman) - 0.06704722924450138) < 1e-12)
    let (turned, _) = try assess(
      ["labels-form": .string("list"), "turned": .bool(true)],
      ["scores": Self.table(Self.scores), "labels": Self.file(list)])
    #expect(abs(try value(turned.predictors[0], .auroc) - 0.4586894586894587) < 1e-12)
    let numbers = "name,label\n" + Self.numbers.enumerated().map { "n\($0),\($1)\n" }.joined()
    let (values, _) = try assess([:], ["scores": Self.table(Self.scores), "labels": Self.file(numbers)])
    #expect(!values.isBinary && values.positives == nil && values.predictors[0].metrics.count == 1)
    #expect(abs(try value(values.predictors[0], .spearman) - 0.23808630393996255) < 1e-12)
    let interval = values.predictors[0].metrics[0].value
    #expect(try #require(interval.low) < 0.2381 && #require(interval.high) > 0.2381)
  }

  /// Names that do not join are counted; aliases find genes; classes go by their word.
  @Test func `what does not join is counted`() throws {
    let labels = "gene\tclass\nn0\tyes\nn1\tno\nn2\tmaybe\nold\tyes\ngone\tyes\nn3\t\nn1\tyes\n"
    let aliases = "c\tx\tgene\t1\t9\t.\t+\t.\tgene=n4;gene_synonym=older,old\n"
    let (document, run) = try assess(
      [
        "label-name": .string("gene"), "label": .string("class"), "positive": .string("yes"),
        "gene-name": .string("gene"),
      ],
      [
        "scores": Self.file("name\tdifference\nn0\t1\nn1\t2\nn2\t0\nn3\t1\nn4\t3\nn5\t\nn0\t9\n", .variantScores),
        "labels": Self.file(labels),
        "aliases": MemoryArtifact(.intervals, ["": Array(aliases.utf8)], format: "gff"),
      ])
    let joined = document.joined
    #expect(document.rows == 4 && document.positives == 2 && joined.aliases == 1)
    #expect(joined.unlabelled == 1 && joined.unscored == 1 && joined.unused == 1 && joined.firstUnused == ["gone"])
    #expect(run.warnings.count == 6, "\(run.warnings)")
    #expect(throws: StageFailure.self) {
      try assess(
        ["score": .string("mean")], ["scores": Self.table(Self.scores), "labels": Self.file("name,label\nn1,2\n")])
    }
    #expect(throws: StageFailure.self) {
      try assess([:], ["scores": Self.table(Self.scores), "labels": Self.file("name,label\nn1,2\nn2,2\n")])
    }
    #expect(throws: StageFailure.self) {
      try assess([:], ["scores": Self.table(Self.scores), "labels": Self.file("name,label\nn1,a\nn2,b\n")])
    }
  }

  /// Genes on either strand: planted length, GC and codons are found, with the score's differences to them.
  @Test func `confounders are those of the genes`() throws {
    // Genes of class 1 are longer, and prefer GAA where others have GAG.
    var (genome, gff, labels, scores) = ("", "", "name,label\n", "name\tdifference\tother\n")
    for number in 0..<60 {
      let isLong = number % 3 == 0
      let codons = (0..<(isLong ? 12 : 10)).map { ($0 + number) % 4 == 0 ? "CCC" : isLong ? "GAA" : "GAG" }
      let gene = "ATG" + codons.joined() + "TAA"
      let isReverse = number % 2 == 1
      let letters = isReverse ? String(decoding: Complement.reversed(Array(gene.utf8)), as: UTF8.self) : gene
      genome += "TT" + letters
      let start = genome.count - letters.count + 1
      gff += "c\tx\tCDS\t\(start)\t\(genome.count)\t.\t\(isReverse ? "-" : "+")\t0\tgene=g\(number)\n"
      labels += "g\(number),\(isLong)\n"
      scores += "g\(number)\t\((number * 7) % 11)\t\(isLong ? 1 : 0)\n"
    }
    let (document, run) = try assess(
      ["gene-name": .string("gene"), "beside": .list([.string("other")])],
      [
        "scores": Self.file(scores, .variantScores), "labels": Self.file(labels),
        "sequences": MemoryArtifact(.sequences, ["": Array(">c\n\(genome)\n".utf8)], format: "fasta"),
        "genes": MemoryArtifact(.intervals, ["": Array(gff.utf8)], format: "gff"),
      ])
    #expect(document.predictors.map(\.name) == ["difference", "other", "length", "gc", "codon-usage"])
    for (name, auroc) in [("other", 1.0), ("length", 1), ("gc", 0), ("codon-usage", 1)] {
      let predictor = try #require(document.predictors.first { $0.name == name })
      #expect(try value(predictor, .auroc) == auroc, "\(name)")
    }
    let own = try value(document.predictors[0], .auroc)
    let difference = try #require(document.differences.first { $0.from == "length" }?.metrics[0].value)
    #expect(abs(try #require(difference.value) - (own - 1)) < 1e-12 && difference.high! < 0)
    let view = try ArtifactView(run.output("assessed", .assessed))
    #expect(view.tables[0].rows.count == 5 && view.lines.contains { $0.hasPrefix("codon-usage has learned") })
    #expect(try #require(view.pictures[0] as? IntervalChart).groups.map(\.title) == ["auroc", "auprc", "spearman"])
  }

  @Test func `BLOSUM62 is of names that are substitutions`() throws {
    let names = ["W5C", "I1V", "K2E", "A3G", "M4*", "L7P"]
    let (document, _) = try assess(
      [:],
      [
        "scores": Self.file(
          "name\tdifference\n" + names.enumerated().map { "\($1)\t\($0)\n" }.joined(), .variantScores),
        "labels": Self.file("name,label\n" + zip(names, [-2.0, 3, 1, 0, 9, -3]).map { "\($0),\($1)\n" }.joined()),
      ])
    #expect(document.predictors.map(\.name) == ["difference", "blosum62"] && document.rows == 5)
    #expect(document.joined.lacking == ["blosum62": 1])
    #expect(abs(try value(document.predictors[1], .spearman) - 1) < 1e-12)
  }

  @Test func `names that do not join are shown`() throws {
    let failure = #expect(throws: StageFailure.self) {
      try assess([:], ["scores": Self.table(Self.scores), "labels": Self.file("name\tlabel\ng1\t1\ng2\t0\n")])
    }
    let message = try #require(failure?.message)
    #expect(message.hasPrefix("0 rows with a score and a label") && failure?.code == "no-labels", "\(message)")
    let counts = "There are 40 scores, as of `n0`, of which 40 are numbers, and 2 labels, as of `g1`"
    #expect(message.hasSuffix(counts), "\(message)")
  }
}
