package import Artifacts
import Inputs

/// Measures how well scores order labels.
package enum AssessStage: Stage {
  static let score = ParameterKey<String>(
    "score", .string, default: "difference", neutral: "difference", help: "The column of scores.")
  static let name = ParameterKey<String>(
    "name", .string, default: "name", neutral: "name", help: "The column of names in the table of scores.")
  static let beside = ParameterKey<[String]>(
    "beside", .list(.string), default: [], neutral: [],
    help: "Further columns of numbers in the table of scores that are measured too.")
  static let turned = ParameterKey<Bool>(
    "turned", .bool, default: false, neutral: false,
    help: "Whether lower scores are of larger labels, as a gene whose stops cost more is essential; 'beside' is not "
      + "turned.")
  static let labelForm = ParameterKey<String>(
    "labels-form", .choice(["table", "list"]), default: "table", neutral: "table",
    help: "table: names with labels, in comma- or tab-separated values. list: the names of class 1, a line each; all "
      + "other names of scores are of class 0.")
  static let labelName = ParameterKey<String>(
    "label-name", .string, default: "name", neutral: "name", help: "The column of names in the table of labels.")
  static let label = ParameterKey<String>(
    "label", .string, default: "label", neutral: "label",
    help: "The column of labels: numbers; or 0 and 1, or false and true; or classes.")
  static let positive = ParameterKey<String>(
    "positive", .string, default: "", neutral: "",
    help: "The class that is 1, where labels are classes; all others are 0.")
  static let alias = ParameterKey<String>(
    "alias", .string, default: "gene_synonym", neutral: "gene_synonym",
    help: "The attribute of 'aliases' with further names of a gene, parted by commas.")

  package static let declaration = StageDeclaration(
    name: "assess", version: 1,
    summary: "Measure how well scores order labels, beside length, GC, codon usage and BLOSUM62.",
    parameters: [
      score.parameter, name.parameter, beside.parameter, turned.parameter, labelForm.parameter, labelName.parameter,
      label.parameter, positive.parameter, Genes.name.parameter, Genes.recordNames.parameter, alias.parameter,
      .alphabet,
      .seed,
    ],
    inputs: [
      InputPort("scores", [.variantScores, .likelihoods, .file], help: "A table with names and scores."),
      InputPort("labels", [.file], help: "Labels of names: a table, or a list; plain or compressed."),
      InputPort(
        "sequences", [.sequences], required: false,
        help: "The sequences of names, or the genome of 'genes': with them length, GC and codon usage are measured."),
      InputPort(
        "genes", [.intervals], required: false, help: "Genes by name: coding sequences of a GFF, or a BED."),
      InputPort(
        "aliases", [.intervals], required: false,
        help: "Genes of a GFF with further names, by which labels are found that have no score under their own."),
    ],
    outputs: [
      OutputPort(
        "assessed", .assessed, .file,
        help:
          "AUROC, AUPRC (average precision) and Spearman of classes, Spearman of numbers, with 95 % bootstrap "
          + "intervals over rows: of the score and, on the same rows, of what no model made: length, share of G "
          + "and C, codon usage (a logistic or ridge regression on the shares of 64 codons, fitted to labels of "
          + "four fifths of the rows and measured on the rest), BLOSUM62 of names as M182T. Differences are "
          + "paired, and what does not join is counted.")
    ],
    isParallel: true,
    rules: [.assess],
    example: """
      essential:
        stage: assess
        with: { score: difference-mean, turned: true, labels-form: list, gene-name: gene }
        in: { scores: $stops, labels: $keio, sequences: $genome, genes: $cds, aliases: $annotation }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    try AssessRun(context).run()
  }
}

extension StageRule {
  fileprivate static let assess: StageRule = StageRule(
    reads: [
      AssessStage.labelForm.name, AssessStage.labelName.name, AssessStage.label.name, AssessStage.positive.name,
      Genes.name.name, AssessStage.alias.name, "sequences", "genes", "aliases",
    ]
  ) { settings in
    var findings: [StageFinding] = []
    if settings[AssessStage.labelForm] == "list" {
      findings += AssessStage.declaration.unread(
        [AssessStage.labelName.name, AssessStage.label.name, AssessStage.positive.name], settings,
        because: "'labels-form' is 'list'")
    }
    if settings.bound.contains("genes"), !settings.bound.contains("sequences") {
      findings.append(.error("no-sequences", "'genes' are places on 'sequences', which are not bound", at: "genes"))
    }
    if !settings.bound.contains("genes"), !settings.bound.contains("aliases") {
      findings += AssessStage.declaration.unread([Genes.name.name], settings, because: "no genes are bound")
    }
    if !settings.bound.contains("aliases") {
      findings += AssessStage.declaration.unread([AssessStage.alias.name], settings, because: "no 'aliases' are bound")
    }
    return findings
  }
}

extension ArtifactKind {
  /// How well scores order labels.
  package static let assessed = ArtifactKind("assessed")
}
