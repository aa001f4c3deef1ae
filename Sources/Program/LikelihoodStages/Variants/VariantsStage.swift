package import Artifacts
import Inputs
import ModelStages
import Sequences
import Variants
import Wording

/// Scores variants of sequences under a language model.
package enum VariantsStage: Stage {
  enum Kind: String, CaseIterable {
    case given
    case singleMutants = "single-mutants"
    case stopCassettes = "stop-cassettes"
  }

  static let kind = ParameterKey<String>(
    "kind", .choice(Kind.allCases.map(\.rawValue)), default: Kind.given.rawValue, neutral: Kind.given.rawValue,
    help: "given: those of 'variants'. single-mutants: every other letter at every place of 'record'. stop-cassettes: "
      + "each gene of 'genes' with stops in it.")
  static let form = ParameterKey<String>(
    "form", .choice(StopCassette.Form.allCases.map(\.rawValue)), default: StopCassette.Form.insert.rawValue,
    neutral: StopCassette.Form.insert.rawValue,
    help: "Stops: insert, TAATAATAATAGTGA behind every twelfth letter of the gene (as for Evo 2); substitute, once in "
      + "the place of the letters from the twelfth on (as for dnaHNet).")
  static let column = ParameterKey<String>(
    "column", .string, default: "", neutral: "",
    help: "The column of a table that has substitutions, as M182T or M182T:E104K; without, the table has record, "
      + "position, reference and alternative.")
  static let record = ParameterKey<String>(
    "record", .string, default: "", neutral: "",
    help: "The record that single mutants, and variants without a record, are of; without, the only one.")
  static let from = ParameterKey<Int>(
    "from", .int(1...Int(Int32.max)), default: 1, neutral: 1, unit: "letters",
    help: "The first place of single mutants, from 1.")
  static let to = ParameterKey<Int>(
    "to", .int(0...Int(Int32.max)), default: 0, neutral: 0, unit: "letters",
    help: "The last place of single mutants; 0: the record's.")
  static let window = ParameterKey<Int>(
    "window", .int(0...1_000_000), default: 0, neutral: 0, unit: "letters",
    help: "Letters of the record that are scored around a variant, or a gene; 0: the whole record, and of genes 1,024.")
  static let scoring = ParameterKey<String>(
    "scoring", .choice(["auto", "likelihood", "marginals"]), default: "auto", neutral: "auto",
    help: "likelihood: of the whole window with and without the variant. marginals: of substitutions the letters alone "
      + "that change, masked, of letters by weights of mm. auto: marginals where that is possible.")

  package static let declaration = StageDeclaration(
    name: "variants", version: 1,
    summary: "Score variants of sequences: by how much a pretrained model finds them less likely than the reference.",
    parameters: [
      kind.parameter, form.parameter, column.parameter, record.parameter, from.parameter, to.parameter,
      window.parameter, scoring.parameter, LanguageModel.tag.parameter, ScoreStage.strands.parameter,
      Genes.name.parameter, Genes.recordNames.parameter, .alphabet, .rows("variants, or genes"),
    ],
    inputs: LanguageModel.ports + [
      InputPort("sequences", [.sequences], help: "The sequences that have variants."),
      InputPort("variants", [.file], required: false, help: "Variants: VCF, or a table, plain or compressed."),
      InputPort("genes", [.intervals], required: false, help: "Genes: coding sequences of a GFF, or a BED."),
    ],
    outputs: [
      OutputPort(
        "scores", .variantScores, .file,
        help:
          "A TSV, a row for each variant, by record: the log-likelihood in nats of the window and of its mutant, their "
          + "difference, and the same of means over tokens; below 0: the variant is less likely. With 'strands: both' "
          + "means over both.")
    ],
    isParallel: true,
    rules: [.variants],
    forms: [.architecture(at: "architecture")],
    example: """
      mutants:
        stage: variants
        with: { kind: given, alphabet: protein, column: mutant }
        in:
          weights: $model.weights
          tokenizer: $tokens.tokenizer
          architecture: c64-t128
          sequences: $proteins
          variants: $scan
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    var run = try VariantRun(context)
    try run.run()
  }
}

extension StageRule {
  /// Ports and parameters that the kind of variants reads.
  fileprivate static let variants: StageRule = StageRule(
    reads: [
      VariantsStage.kind.name, VariantsStage.form.name, VariantsStage.column.name, VariantsStage.record.name,
      VariantsStage.from.name, VariantsStage.to.name, VariantsStage.scoring.name, Genes.name.name, "variants", "genes",
      "sequences",
    ]
  ) { settings in
    guard let kind = settings[VariantsStage.kind].flatMap(VariantsStage.Kind.init(rawValue:)) else { return [] }
    var findings: [StageFinding] = []
    let needed = [VariantsStage.Kind.given: "variants", .stopCassettes: "genes"][kind]
    if let needed, settings.bound.contains("sequences"), !settings.bound.contains(needed) {
      findings.append(
        .error("no-\(needed)", "'kind' is '\(kind.rawValue)', which reads the port '\(needed)'", at: "kind"))
    }
    var unread: [String] = []
    if kind != .stopCassettes { unread += [VariantsStage.form.name, Genes.name.name] }
    if kind != .singleMutants { unread += [VariantsStage.from.name, VariantsStage.to.name] }
    if kind != .given { unread.append(VariantsStage.column.name) }
    if kind == .stopCassettes { unread += [VariantsStage.record.name, VariantsStage.scoring.name] }
    return findings
      + VariantsStage.declaration.unread(unread, settings, because: "'kind' is '\(kind.rawValue)'")
  }
}

extension ArtifactKind {
  /// A table of scores of variants.
  package static let variantScores = ArtifactKind("variant-scores")
}
