@testable import Artifacts

/// Declarations that resemble the built-in stages; what they would do is of no interest here.
enum FakeStages {
  static let all = [windows, tokenize, sampleSpace, pretrain, fineTune, rank]

  static let formats = [
    format("fasta", .sequences), format("csv", .sequences, columns), format("tsv", .sequences, columns),
    format("gue", .labelledSequences), format("csv", .labelledSequences, columns + labels),
  ]

  private static let columns = [InputOption("sequence", default: "sequence", help: "Column of sequences.")]
  private static let labels = [
    InputOption("label", default: "label", help: "Column of labels."),
    InputOption("labels", .choice(["class", "set", "value"]), default: "class", help: "Kind of the labels."),
    InputOption("label-part", .integer(1...9), help: "The piece that counts."),
    InputOption("header", .bool, help: "Whether there is a header."),
    InputOption("ignore", .list, help: "Labels to leave out."),
    InputOption("metric", help: "The metric."), InputOption("train", .files, help: "Files of train."),
  ]

  private static func format(_ name: String, _ kind: ArtifactKind, _ options: [InputOption] = []) -> InputFormat {
    InputFormat(
      name: name, kind: kind,
      options: [InputOption("alphabet", .choice(["dna", "protein"]), help: "Letters.")] + options,
      help: "The format \(name).",
      rules: { stated in
        guard stated["metric"] == "mcc", stated["labels"] == "value" else { return [] }
        return [InputProblem("option `metric` is rmse where labels are values", option: "metric", candidates: ["rmse"])]
      }
    ) { _, _ in [] }
  }

  static let windows = StageDeclaration(
    name: "windows", version: 1, summary: "Cuts sequences into windows and splits them by region.",
    parameters: [
      Parameter(
        "length", .int(1...1_000_000), default: .int(512), neutral: .int(512), unit: "characters",
        help: "Characters of a window."),
      Parameter(
        "step", .int(1...1_000_000), default: .int(256), neutral: .int(256), unit: "characters",
        help: "From the start of one window to the start of the next."),
      Parameter(
        "held-out", .float(0...0.9), default: .float(0.1), neutral: .float(0.1),
        help: "The part of the regions held out."),
      Parameter(
        "rows", .int(0...Int.max), default: .int(0), neutral: .int(0), help: "At most so many windows; 0 for all."),
    ],
    inputs: [InputPort("sequences", [.sequences], help: "Genomes.")],
    outputs: [OutputPort("sequences", .sequences, .tree, help: "The windows.")],
    example: "windows:\n  stage: windows\n  in: { sequences: $genome }")

  static let tokenize = StageDeclaration(
    name: "tokenize", version: 2, summary: "Makes a tokenizer and encodes sequences with it.",
    parameters: [
      Parameter(
        "scheme", .choice(["char", "kmer", "byte", "bpe"]), default: .string("kmer"), neutral: .string("kmer"),
        help: "How sequences are cut."),
      Parameter(
        "k", .int(1...8), default: .int(3), neutral: .int(3), unit: "characters", help: "Characters of a k-mer."),
      Parameter(
        "stride", .int(1...8), default: .int(1), neutral: .int(1), help: "From one k-mer to the next."),
      Parameter("lower-case", .bool, default: .bool(false), neutral: .bool(false), help: "Keep lower case."),
      Parameter("threads", .int(1...64), default: .int(1), neutral: nil, role: .resource, help: "Threads to use."),
    ],
    inputs: [InputPort("sequences", [.sequences, .labelledSequences], acceptsSeveral: true, help: "Sequences.")],
    outputs: [
      OutputPort("tokens", .tokens, .tree, help: "Ids."),
      OutputPort("tokenizer", .tokenizer, .file, help: "The tokenizer."),
    ],
    example: "")

  static let sampleSpace = StageDeclaration(
    name: "sample-space", version: 1, summary: "Chooses architectures from a space.",
    parameters: [
      Parameter(
        "modules", .list(.choice(["cnn", "lstm", "transformer", "mamba", "hyena"])),
        default: .list([.string("cnn"), .string("transformer")]), neutral: nil, help: "Block types."),
      Parameter("depths", .list(.int(1...16)), default: .list([.int(3)]), neutral: nil, help: "Numbers of blocks."),
      Parameter("widths", .list(.int(8...4096)), default: .list([.int(64)]), neutral: nil, help: "Widths of blocks."),
      Parameter("count", .int(1...100_000), default: nil, neutral: nil, help: "how many architectures to keep"),
      Parameter(
        "min-distance", .float(0...1e9), default: .float(1.5), neutral: .float(1.5), help: "Of the distance filter."),
      Parameter("label", .string, default: .string(""), neutral: .string(""), help: "A label."),
    ],
    inputs: [],
    outputs: [
      OutputPort("space", .space, .file, help: "The space."),
      OutputPort("architectures", .architectures, .tree, member: .architecture, help: "Those chosen."),
    ],
    example: "")

  static let pretrain = StageDeclaration(
    name: "pretrain", version: 1, summary: "Trains a supernet.",
    parameters: [
      Parameter(
        "objective", .choice(["mm", "ntp", "cl"]), default: .string("mm"), neutral: .string("mm"),
        help: "What is learned."),
      Parameter(
        "steps", .int(1...1_000_000_000), default: nil, neutral: nil, role: .horizon, help: "the number of steps"),
      Parameter("lr", .float(0...10), default: .float(0.001), neutral: .float(0.001), help: "Learning rate."),
      Parameter("seed", .int(0...Int.max), default: .int(0), neutral: .int(0), help: "Seed."),
    ],
    inputs: [
      InputPort("tokens", [.tokens], help: "Training data."),
      InputPort("tokenizer", [.tokenizer], help: "Its tokenizer."),
      InputPort("space", [.space], required: false, alternative: "architecture", help: "The space."),
      InputPort("architecture", [.architecture], required: false, acceptsText: true, help: "One alone."),
    ],
    outputs: [
      OutputPort("weights", .weights, .tree, help: "The weights."),
      OutputPort("history", .history, .file, help: "Losses."),
    ],
    example: "")

  static let fineTune = StageDeclaration(
    name: "fine-tune", version: 3, summary: "Trains one architecture on one task.",
    parameters: [
      Parameter("epochs", .int(1...10_000), default: .int(3), neutral: .int(3), role: .horizon, help: "Epochs."),
      Parameter("lr", .float(0...10), default: .float(0.001), neutral: .float(0.001), help: "Learning rate."),
      Parameter("seed", .int(0...Int.max), default: .int(0), neutral: .int(0), help: "Seed."),
    ],
    inputs: [
      InputPort("weights", [.weights], required: false, help: "Where to start; else from scratch."),
      InputPort("tokenizer", [.tokenizer], help: "The tokenizer."),
      InputPort("architecture", [.architecture], acceptsText: true, help: "What is trained."),
      InputPort("task", [.labelledSequences], help: "Labelled data."),
    ],
    outputs: [OutputPort("metrics", .metrics, .file, help: "Metrics on dev and test.")],
    example: "")

  static let rank = StageDeclaration(
    name: "rank", version: 1, summary: "Ranks candidates over tasks.",
    parameters: [],
    inputs: [
      InputPort(
        "scores", [.metrics], roles: ["candidate", "task", "replicate"], acceptsFailures: true, help: "Metrics of all.")
    ],
    outputs: [
      OutputPort("ranking", .ranking, .file, help: "The ranking."),
      OutputPort("best", .architecture, .file, help: "The best architecture."),
      OutputPort("winner", .choice, .file, help: "The ids of the best."),
    ],
    example: "")
}

/// Kinds that their ports name.
extension ArtifactKind {
  static let architecture = ArtifactKind("architecture")
  static let architectures = ArtifactKind("architectures")
  static let history = ArtifactKind("history")
  static let metrics = ArtifactKind("metrics")
  static let ranking = ArtifactKind("ranking")
  static let sequences = ArtifactKind("sequences")
  static let space = ArtifactKind("space")
  static let tokenizer = ArtifactKind("tokenizer")
  static let tokens = ArtifactKind("tokens")
  static let weights = ArtifactKind("weights")
}
