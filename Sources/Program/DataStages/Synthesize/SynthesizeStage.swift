package import Artifacts
import Inputs
import Labelled
import Sequences

/// Makes a labelled set of sequences with planted motifs: core promoters, or pairs of motifs far apart.
package enum SynthesizeStage: Stage {
  package static let declaration = StageDeclaration(
    name: "synthesize", version: 1,
    summary: "Make labelled sequences with motifs planted at known positions: core promoters, or pairs far apart.",
    parameters: [
      Parameter(
        "task", .choice(["promoters", "pairs"]), default: .string("promoters"), neutral: .string("promoters"),
        help: "promoters, with TATA, Inr and DPE, against negatives without; or pairs: motif A1 or A2, and B1 or B2 "
          + "'distance' bases behind. The label is 1 where the numbers of both are equal: no motif alone tells it, nor "
          + "do counts of words."),
      count("train", 2000), count("dev", 400), count("test", 400),
      Parameter(
        "length", .int(8...100_000), default: .int(100), neutral: .int(100), unit: "bases",
        help: "Length of a promoter; pairs have their distance and \(PairSynthesis.margin) bases."),
      Parameter(
        "upstream", .int(0...100_000), default: .int(50), neutral: .int(50), unit: "bases",
        help: "Bases before the transcription start site."),
      Parameter(
        "distance", .int(20...100_000), default: .int(1000), neutral: .int(1000), unit: "bases",
        help: "From the start of the first motif of a pair to that of the second."),
      fraction("tata", 0.7, "Positives that carry a TATA box, at -31 (Bucher 1990)."),
      fraction("inr", 0.8, "Positives that carry an initiator, at -2 (Vo Ngoc 2017)."),
      fraction("dpe", 0.5, "Positives that carry a downstream promoter element, at +28 (Kutach and Kadonaga 2000)."),
      Parameter(
        "negatives", .choice(PromoterSynthesis.Negatives.allCases.map(\.rawValue)), default: .string("shuffled"),
        neutral: .string("shuffled"),
        help: "The site of a negative in place of each motif: shuffled, the motif displaced to elsewhere, or absent."),
      fraction("gc", 0.55, "G and C in the background."),
      fraction("cpg", 0.65, "Observed over expected CpG in the background."),
      fraction("label-noise", 0, "Labels that are flipped."),
      .seed,
    ],
    inputs: [],
    outputs: [
      OutputPort(
        "sequences", .labelledSequences, .tree,
        help: "train.csv, dev.csv and test.csv in the GUE layout, and motifs.tsv with every planted motif's position.")
    ],
    rules: [.synthesis, .unreadByTask],
    example: """
      reach:
        stage: synthesize
        for: { distance: [100, 1000, 10000] }
        with: { task: pairs, distance: $distance, seed: 1 }
      """)

  private static func count(_ name: String, _ value: Int) -> Parameter {
    Parameter(
      name, .int(2...10_000_000), default: .int(value), neutral: .int(value), unit: "records",
      help: "Records of \(name), half of them positive.")
  }

  private static func fraction(_ name: String, _ value: Double, _ help: String) -> Parameter {
    Parameter(name, .float(0...1), default: .float(value), neutral: .float(value), unit: "fraction", help: help)
  }

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    guard let synthesis = synthesis(StageSettings(values: context.parameters)) else {
      preconditionFailure("a parameter of the synthesis is missing")
    }
    let task: SyntheticTask
    do throws(SynthesisFinding) {
      switch synthesis {
      case .promoters(let synthesis): task = try synthesis.generate()
      case .pairs(let synthesis): task = try synthesis.generate()
      }
    } catch { throw StageFailure(code: "bad-synthesis", "\(error)") }
    for (name, split) in zip(LabelledReader.files, [SyntheticTask.Split.train, .dev, .test]) {
      try context.outputs.write("sequences", name, Array(task.csv(split).utf8))
    }
    try context.outputs.write("sequences", "motifs.tsv", Array(task.motifs.utf8))
  }

  /// A synthesis of either task.
  enum Synthesis {
    case promoters(PromoterSynthesis)
    case pairs(PairSynthesis)

    var findings: [SynthesisFinding] {
      switch self {
      case .promoters(let synthesis): synthesis.findings
      case .pairs(let synthesis): synthesis.findings
      }
    }
  }

  /// The synthesis that these parameters state; nil while one of them is not known.
  static func synthesis(_ settings: StageSettings) -> Synthesis? {
    switch settings.string("task") {
    case "promoters": promoters(settings).map(Synthesis.promoters)
    case "pairs": pairs(settings).map(Synthesis.pairs)
    default: nil
    }
  }

  private static func pairs(_ settings: StageSettings) -> PairSynthesis? {
    guard let train = settings.int("train"), let dev = settings.int("dev"), let test = settings.int("test"),
      let distance = settings.int("distance"), let gc = settings.float("gc"), let cpg = settings.float("cpg"),
      let noise = settings.float("label-noise")
    else { return nil }
    return PairSynthesis(
      train: train, dev: dev, test: test, distance: distance, gc: gc, cpg: cpg, labelNoise: noise,
      seed: settings.int("seed") ?? 0)
  }

  private static func promoters(_ settings: StageSettings) -> PromoterSynthesis? {
    guard let train = settings.int("train"), let dev = settings.int("dev"), let test = settings.int("test"),
      let length = settings.int("length"), let upstream = settings.int("upstream"),
      let tata = settings.float("tata"), let inr = settings.float("inr"), let dpe = settings.float("dpe"),
      let negatives = settings.string("negatives").flatMap(PromoterSynthesis.Negatives.init(rawValue:)),
      let gc = settings.float("gc"), let cpg = settings.float("cpg"), let noise = settings.float("label-noise")
    else { return nil }
    return PromoterSynthesis(
      train: train, dev: dev, test: test, length: length, upstream: upstream,
      plantings: [.init(.tata, tata), .init(.inr, inr), .init(.dpe, dpe)], negatives: negatives, gc: gc, cpg: cpg,
      labelNoise: noise, seed: settings.int("seed") ?? 0)
  }
}
