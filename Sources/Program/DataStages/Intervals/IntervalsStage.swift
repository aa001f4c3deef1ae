package import Artifacts
import Inputs
import Intervals
import Sequences

/// Makes a labelled task out of a genome and intervals on it.
package enum IntervalsStage: Stage {
  static let length = ParameterKey<Int>(
    "length", .int(4...1_000_000), default: 200, neutral: 200, unit: "letters",
    help: "Length of a window.")
  static let center = ParameterKey<String>(
    "center", .choice(Anchor.allCases.map(\.rawValue)), default: "middle", neutral: "middle",
    help: "The point of an interval that is the middle of its window; start and end along the strand.")
  static let shift = ParameterKey<Int>(
    "shift", .int(-1_000_000...1_000_000), default: 0, neutral: 0, unit: "letters",
    help: "How far the window is moved along the strand.")
  static let strand = ParameterKey<String>(
    "strand", .choice(["stated", "forward"]), default: "stated", neutral: "stated",
    help: "Whether intervals of the reverse strand are read along it, or all along the forward strand.")
  static let label = ParameterKey<String>(
    "label", .string, default: "", neutral: "",
    help:
      "The label: name, score, strand, a column's number, for GFF type or an attribute; without, an interval is "
      + "1 and a negative 0.")
  static let labels = ParameterKey<String>(
    "labels", .choice(["class", "value", "codons"]), default: "class", neutral: "class",
    help:
      "Kind of the labels of a column; or codons: windows lie side by side on the genome, and each letter has a "
      + "class by the genes of GFF: 1, 2, 3 its place in a codon of the forward strand, 4, 5, 6 of the reverse one, "
      + "T an RNA gene, P a pseudogene, N none. Where genes overlap, coding goes before RNA, that before pseudogene, "
      + "and the first to start before the next.")
  static let negatives = ParameterKey<String>(
    "negatives", .choice(["genome", "shuffled", "none"]), default: "genome", neutral: "genome",
    help: "Windows of the same genome that are like the positives, positives shuffled with their dinucleotides, or "
      + "none. Beside labels of a column they are the class 'negative'.")
  static let ratio = ParameterKey<Double>(
    "ratio", .float(0.01...1000), default: 1, neutral: 1, unit: "negatives",
    help: "Negatives for each positive.")
  static let gcTolerance = ParameterKey<Double>(
    "gc-tolerance", .float(0...1), default: 0.02, neutral: 0.02, unit: "fraction",
    help: "How much the share of G and C of a negative may differ from its positive's.")
  static let maskedTolerance = ParameterKey<Double>(
    "masked-tolerance", .float(0...1), default: 0.1, neutral: 0.1, unit: "fraction",
    help: "How much the share of lower-case letters and N may differ.")
  static let avoid = ParameterKey<String>(
    "avoid", .choice(["intervals", "windows"]), default: "intervals", neutral: "intervals",
    help: "Regions that no negative overlaps: intervals and the windows on them, or the windows alone.")
  static let maxUnknown = ParameterKey<Double>(
    "max-unknown", .float(0...1), default: 0.1, neutral: 0.1, unit: "fraction",
    help: "Windows with a larger share of N are left out.")
  static let dev = ParameterKey<[String]>(
    "dev", .list(.string), default: [], neutral: [],
    help: "Records of the genome that are dev, as [chr8].")
  static let test = ParameterKey<[String]>(
    "test", .list(.string), default: [], neutral: [],
    help: "Records of the genome that are test, as [chr9].")
  static let devShare = ParameterKey<Double>(
    "dev-share", .float(0...0.9), default: 0.1, neutral: 0.1, unit: "fraction",
    help: "Part of the intervals of the other records, in genome order, that is dev where no record is.")
  static let testShare = ParameterKey<Double>(
    "test-share", .float(0...0.9), default: 0.1, neutral: 0.1, unit: "fraction",
    help: "Part of the intervals, the last in genome order, that is test where no record is.")
  static let recordNames = ParameterKey<String>(
    "record-names", .choice(RecordNames.allCases.map(\.rawValue)), default: "exact",
    neutral: "exact",
    help: "loose: chr1 is 1, M is MT, and the version of an accession does not count.")

  package static let declaration = StageDeclaration(
    name: "intervals", version: 1,
    summary:
      "Make a labelled task of intervals on a genome: windows of one length, negatives or labels of letters, splits by "
      + "region.",
    parameters: [
      length.parameter, center.parameter, shift.parameter, strand.parameter, label.parameter, labels.parameter,
      negatives.parameter, ratio.parameter, gcTolerance.parameter, maskedTolerance.parameter, avoid.parameter,
      maxUnknown.parameter, dev.parameter, test.parameter, devShare.parameter, testShare.parameter,
      recordNames.parameter,
      .seed,
    ],
    inputs: [
      InputPort(
        "genome", [.sequences], acceptsSeveral: true,
        help: "The genome; one record is in memory at a time, a byte a letter."),
      InputPort("intervals", [.intervals], help: "Intervals on it, as peaks or genes."),
    ],
    outputs: [
      OutputPort(
        "sequences", .labelledSequences, .tree,
        help:
          "train.csv, dev.csv and test.csv with name, sequence, label, and place as in BED; task.json says what was "
          + "left out.")
    ],
    rules: [.intervalLabels, .unreadByCodons],
    example: """
      peaks:
        stage: intervals
        with: { length: 200, center: summit, dev: [chr8], test: [chr9], seed: 1 }
        in: { genome: $genome, intervals: $peaks }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    var layout = try IntervalLayout(context)
    try layout.readIntervals()
    try layout.place()
    try IntervalTables(layout).write()
  }
}
