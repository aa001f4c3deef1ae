package import Artifacts
import Inputs
import Labelled
import Sequences

/// Makes a labelled set of sequences with planted motifs: core promoters, pairs of motifs far apart, or two motifs at
/// a distance that decides.
package enum SynthesizeStage: Stage {
  package static let declaration = StageDeclaration(
    name: "synthesize", version: 1,
    summary:
      "Make labelled sequences with motifs planted at known positions: core promoters, pairs far apart, spacings.",
    parameters: [
      Parameter(
        "task", .choice(["promoters", "pairs", "spacing"]), default: .string("promoters"),
        neutral: .string("promoters"),
        help: "promoters, with TATA, Inr and DPE, against negatives without; pairs: motif A1 or A2, and B1 or B2 "
          + "'distance' bases behind. The label is 1 where the numbers of both are equal: no motif alone tells it, nor "
          + "do counts of words. spacing: Inr and DPE in every record, anywhere; the label is 1 where the DPE begins "
          + "\(SpacingSynthesis.distance) bases behind the Inr, and 0 where it is 2 to 4 bases off: neither words nor "
          + "positions of one motif tell it."),
      count("train", 2000), count("dev", 400), count("test", 400),
      Parameter(
        "length", .int(8...100_000), default: .int(100), neutral: .int(100), unit: "bases",
        help: "Length of a promoter or of a spacing; records of pairs have their distance and "
          + "\(PairSynthesis.margin) bases for each pair."),
      Parameter(
        "upstream", .int(0...100_000), default: .int(50), neutral: .int(50), unit: "bases",
        help: "Bases before the transcription start site."),
      Parameter(
        "distance", .int(20...100_000), default: .int(1000), neutral: .int(1000), unit: "bases",
        help: "From the start of the first motif of a pair to that of the second."),
      Parameter(
        "pairs", .int(0...1000), default: .int(0), neutral: .int(0), unit: "pairs",
        help: "Pairs of a record with labels of letters: S or D, same number or different, at the last letter of each "
          + "second motif, and none elsewhere; a network has to look back exactly 'distance' bases. 0: one pair, whose "
          + "label is the record's."),
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
        help:
          "train.csv, dev.csv and test.csv in the GUE layout, and motifs.tsv with every planted motif's position; for "
          + "labels of letters task.json, too.")
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
      case .spacing(let synthesis): task = try synthesis.generate()
      }
    } catch { throw StageFailure(code: "bad-synthesis", "\(error)") }
    for (name, split) in zip(LabelledReader.files, [SyntheticTask.Split.train, .dev, .test]) {
      try context.outputs.write("sequences", name, Array(task.csv(split).utf8))
    }
    try context.outputs.write("sequences", "motifs.tsv", Array(task.motifs.utf8))
    if case .pairs(let pairs) = synthesis, pairs.pairs > 0 {
      try context.outputs.write("sequences", TaskDocument.file, JSONArtifact.encode(document(of: task, pairs)))
    }
  }

  private static func document(of task: SyntheticTask, _ pairs: PairSynthesis) -> TaskDocument {
    let none = String(PairSynthesis.letters.none)
    var document = TaskDocument(options: ["labels": LabelKind.letters.rawValue, "ignore": none])
    document.length = pairs.length
    let count = { (split: SyntheticTask.Split, letter: Character) in
      task[split].reduce(0) { $0 + ($1.letters ?? "").count { $0 == letter } }
    }
    document.letters = [PairSynthesis.letters.different, PairSynthesis.letters.same].map { letter in
      TaskDocument.Letters(
        label: String(letter), train: count(.train, letter), dev: count(.dev, letter), test: count(.test, letter))
    }
    return document
  }

  /// A synthesis of one of the tasks.
  enum Synthesis {
    case promoters(PromoterSynthesis)
    case pairs(PairSynthesis)
    case spacing(SpacingSynthesis)

    var findings: [SynthesisFinding] {
      switch self {
      case .promoters(let synthesis): synthesis.findings
      case .pairs(let synthesis): synthesis.findings
      case .spacing(let synthesis): synthesis.findings
      }
    }
  }

  /// The synthesis that these parameters state; nil while one of them is not known.
  static func synthesis(_ settings: StageSettings) -> Synthesis? {
    switch settings.string("task") {
    case "promoters": promoters(settings).map(Synthesis.promoters)
    case "pairs": pairs(settings).map(Synthesis.pairs)
    case "spacing": spacing(settings).map(Synthesis.spacing)
    default: nil
    }
  }

  private static func pairs(_ settings: StageSettings) -> PairSynthesis? {
    guard let train = settings.int("train"), let dev = settings.int("dev"), let test = settings.int("test"),
      let distance = settings.int("distance"), let perRecord = settings.int("pairs"), let gc = settings.float("gc"),
      let cpg = settings.float("cpg"),
      let noise = settings.float("label-noise")
    else { return nil }
    return PairSynthesis(
      train: train, dev: dev, test: test, distance: distance, pairs: perRecord, gc: gc, cpg: cpg,
      labelNoise: noise,
      seed: settings.int("seed") ?? 0)
  }

  private static func spacing(_ settings: StageSettings) -> SpacingSynthesis? {
    guard let train = settings.int("train"), let dev = settings.int("dev"), let test = settings.int("test"),
      let length = settings.int("length"), let gc = settings.float("gc"), let cpg = settings.float("cpg"),
      let noise = settings.float("label-noise")
    else { return nil }
    return SpacingSynthesis(
      train: train, dev: dev, test: test, length: length, gc: gc, cpg: cpg, labelNoise: noise,
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
