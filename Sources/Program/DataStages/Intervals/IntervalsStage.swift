package import Artifacts
import Inputs
import Intervals
import Sequences

/// Makes a labelled task out of a genome and intervals on it.
package enum IntervalsStage: Stage {
  package static let declaration = StageDeclaration(
    name: "intervals", version: 1,
    summary: "Make a labelled task of intervals on a genome: windows of one length, negatives, splits by region.",
    parameters: [
      Parameter(
        "length", .int(4...1_000_000), default: .int(200), neutral: .int(200), unit: "letters",
        help: "Length of a window."),
      Parameter(
        "center", .choice(Anchor.allCases.map(\.rawValue)), default: .string("middle"), neutral: .string("middle"),
        help: "The point of an interval that is the middle of its window; start and end along the strand."),
      Parameter(
        "shift", .int(-1_000_000...1_000_000), default: .int(0), neutral: .int(0), unit: "letters",
        help: "How far the window is moved along the strand."),
      Parameter(
        "strand", .choice(["stated", "forward"]), default: .string("stated"), neutral: .string("stated"),
        help: "Whether intervals of the reverse strand are read along it, or all along the forward strand."),
      Parameter(
        "label", .string, default: .string(""), neutral: .string(""),
        help:
          "The label: name, score, strand, a column's number, for GFF type or an attribute; without, an interval is "
          + "1 and a negative 0."),
      Parameter(
        "labels", .choice(["class", "value"]), default: .string("class"), neutral: .string("class"),
        help: "Kind of the labels of a column."),
      Parameter(
        "negatives", .choice(["genome", "shuffled", "none"]), default: .string("genome"), neutral: .string("genome"),
        help: "Windows of the same genome that are like the positives, positives shuffled with their dinucleotides, or "
          + "none. Beside labels of a column they are the class 'negative'."),
      Parameter(
        "ratio", .float(0.01...1000), default: .float(1), neutral: .float(1), unit: "negatives",
        help: "Negatives for each positive."),
      Parameter(
        "gc-tolerance", .float(0...1), default: .float(0.02), neutral: .float(0.02), unit: "fraction",
        help: "How much the share of G and C of a negative may differ from its positive's."),
      Parameter(
        "masked-tolerance", .float(0...1), default: .float(0.1), neutral: .float(0.1), unit: "fraction",
        help: "How much the share of lower-case letters and N may differ."),
      Parameter(
        "avoid", .choice(["intervals", "windows"]), default: .string("intervals"), neutral: .string("intervals"),
        help: "Regions that no negative overlaps: intervals and the windows on them, or the windows alone."),
      Parameter(
        "max-unknown", .float(0...1), default: .float(0.1), neutral: .float(0.1), unit: "fraction",
        help: "Windows with a larger share of N are left out."),
      Parameter(
        "dev", .list(.string), default: .list([]), neutral: .list([]),
        help: "Records of the genome that are dev, as [chr8]."),
      Parameter(
        "test", .list(.string), default: .list([]), neutral: .list([]),
        help: "Records of the genome that are test, as [chr9]."),
      Parameter(
        "dev-share", .float(0...0.9), default: .float(0.1), neutral: .float(0.1), unit: "fraction",
        help: "Part of the intervals of the other records, in genome order, that is dev where no record is."),
      Parameter(
        "test-share", .float(0...0.9), default: .float(0.1), neutral: .float(0.1), unit: "fraction",
        help: "Part of the intervals, the last in genome order, that is test where no record is."),
      Parameter(
        "record-names", .choice(RecordNames.allCases.map(\.rawValue)), default: .string("exact"),
        neutral: .string("exact"),
        help: "loose: chr1 is 1, M is MT, and the version of an accession does not count."),
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
    rules: [.intervalLabels],
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
