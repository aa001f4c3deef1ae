package import Artifacts
import Audits
import DataStages
import Inputs
import Labelled
import Sequences
import System
import Wording

/// Looks through a task for leaks, contradictions and shortcuts.
package enum AuditStage: Stage {
  static let k = ParameterKey<Int>(
    "k", .int(0...31), default: 0, neutral: 0, unit: "letters",
    help: "Length of the words by which near duplicates are found; 0 stands for 21, of proteins for 7. A protein's are "
      + "up to 12.")
  static let window = ParameterKey<Int>(
    "window", .int(1...1000), default: 5, neutral: 5, unit: "words",
    help: "Of so many neighbouring words one counts, the minimizer; 1 takes all.")
  static let near = ParameterKey<Double>(
    "near", .float(0.01...1), default: 0.5, neutral: 0.5, unit: "fraction",
    help: "Part of a row's minimizers that others have, from which on it is near to them.")
  static let minimizers = ParameterKey<Int>(
    "minimizers", .int(1000...1_000_000_000), default: 16_000_000, neutral: 16_000_000, unit: "minimizers",
    help:
      "So many are kept at most, each in some 30 bytes; of more a sample is taken, as large a one as fits, which is "
      + "said.")
  static let ends = ParameterKey<Int>(
    "ends", .int(0...100), default: 0, neutral: 0, unit: "letters",
    help: "Letters at either end of which a model reads nothing else; 0 stands for 6, of proteins for 3.")
  static let short = ParameterKey<Int>(
    "short", .int(0...Int.max), default: 0, neutral: 0, unit: "letters",
    help: "Sequences of fewer letters are counted; 0 stands for half of the median.")
  static let examples = ParameterKey<Int>(
    "examples", .int(0...1000), default: 3, neutral: 3, unit: "examples", help: "Examples of each finding.")

  package static let declaration = StageDeclaration(
    name: "audit", version: 2,
    summary: "Look through a task for leaks between its splits, labels that contradict each other, and shortcuts.",
    parameters: [
      k.parameter, window.parameter, near.parameter, minimizers.parameter, ends.parameter, short.parameter,
      examples.parameter, .alphabet,
    ],
    inputs: [
      InputPort(
        "task", [.labelledSequences, .sequences],
        help:
          "Labelled sequences, or pairs, in train, dev and test. Sequences without labels are a train, "
          + "held-out ones its dev."),
      InputPort(
        "corpus", [.sequences, .labelledSequences], required: false, acceptsSeveral: true,
        help: "What a model was pretrained on: how much of the task is in it? Held-out sequences, dev and test are not "
          + "looked at."),
    ],
    outputs: [
      OutputPort(
        "audit", .audit, .file,
        help:
          "Findings, each with its name, how much it matters (grave, notable, fine, unchecked), counts, measures of "
          + "shortcuts with intervals and the value of a guess, and examples of rows.")
    ],
    isParallel: true,
    example: """
      audits:
        stage: audit
        in: { task: $tasks, corpus: $genome }
      """)

  /// Letters of words, and at ends, by the alphabet where the parameters say none.
  private static func letters(_ context: StageContext, _ alphabet: Alphabet) throws -> (words: Int, ends: Int) {
    let isDNA = alphabet == .dna
    let length = context[k] == 0 ? (isDNA ? 21 : 7) : context[k]
    guard length <= Minimizers.longest(alphabet) else {
      throw StageFailure(
        code: "bad-parameters",
        "words of \(alphabet.rawValue) have at most \(Minimizers.longest(alphabet)) letters: 'k' is \(length)")
    }
    return (length, context[ends] == 0 ? (isDNA ? 6 : 3) : context[ends])
  }

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let source = SequenceSource(
      context.input("task"), path: SequenceSource.names(at: "task"),
      alphabet: Alphabet(rawValue: context[.alphabet]) ?? .dna, rows: 0, context.report)
    let task = try splits(source)
    let alphabet = source.reading.alphabet
    let letters = try letters(context, alphabet)
    let reference = try source.statedReference
    let settings = AuditSettings(
      words: Minimizers(alphabet, length: letters.words, window: context[window]),
      mostMinimizers: context[minimizers], near: context[near], ends: letters.ends,
      short: context[short] == 0 ? nil : context[short], examples: context[examples])
    let audit = Audit(
      task, alphabet, metric: LabelledFormat.metric(reference, task.kind),
      isUnstranded: reference.options["stranded"] == "false", settings, WorkerPool(threads: context.threads),
      isCancelled: context.isInterrupted)
    let corpus = try corpus(context, task, settings)
    let findings = audit.findings(corpus: corpus) { done, total, what in
      context.report(.progress(done: done, total: total, unit: "checks", detail: what))
    }
    guard let findings else { throw Interrupted() }
    for finding in findings where finding.severity == .grave {
      context.report(.warning("\(finding.code.rawValue): \(finding.text)"))
    }
    try context.outputs.write("audit", "", JSONArtifact.encode(AuditDocument(audit, findings)))
  }

  /// The rows of a task, or of sequences without labels.
  private static func splits(_ source: SequenceSource) throws -> LabelledSplits {
    if source.artifact.reference.kind == .labelledSequences {
      var splits = try source.labelled()
      let left = try TaskDocument(of: source.artifact)?.leftOut ?? []
      splits.notes += left.map { "left out: \(Words.grouped($0.count)), \($0.reason), as \($0.example)" }
      return splits
    }
    var splits = LabelledSplits(train: [], dev: [], test: [], classes: [])
    try source.forEach { record, isHeldOut in
      let row = LabelledRecord(sequence: record.sequence, label: .number(0), name: record.name)
      if isHeldOut { splits.dev.append(row) } else { splits.train.append(row) }
    }
    return splits
  }

  /// The part of the task that is in the corpus; nil without one.
  private static func corpus(
    _ context: StageContext, _ task: LabelledSplits, _ settings: AuditSettings
  ) throws -> CorpusOverlap? {
    let artifacts = context.artifacts(at: "corpus")
    if artifacts.isEmpty { return nil }
    var overlap = CorpusOverlap(task, settings)
    for (index, artifact) in artifacts.enumerated() {
      let place = PortPlace("corpus", index + 1).name
      let source = SequenceSource(
        artifact, path: SequenceSource.names(at: place), alphabet: settings.words.alphabet, rows: 0, context.report)
      guard source.reading.alphabet == settings.words.alphabet else {
        throw StageFailure(
          code: "other-alphabet",
          "the letters of 'task' are \(settings.words.alphabet.rawValue), those of '\(place)' "
            + "\(source.reading.alphabet.rawValue)")
      }
      try source.forEach { record, isHeldOut in
        if context.isInterrupted() { throw Interrupted() }
        if !isHeldOut { overlap.add(record.sequence) }
      }
      context.report(.progress(done: index + 1, total: artifacts.count, unit: "inputs of the corpus", detail: ""))
    }
    return overlap
  }
}

extension ArtifactKind {
  /// The findings of an audit of a task.
  package static let audit = ArtifactKind("audit")
}
