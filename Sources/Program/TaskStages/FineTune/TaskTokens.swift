import Artifacts
import DataStages
import Inputs
import Labelled
import ModelStages
import Networks
import Rankings
import Sequences
import Tokenizers
import Tokens
import Training
import UseStages
import Wording

/// The rows of a task as token ids and targets, and the way back from a model's outputs to metrics.
struct TaskTokens {
  let train: LabelledTokens
  let holdOut: LabelledTokens
  let dev: LabelledTokens
  let test: LabelledTokens
  /// Counts of the letters of each split.
  let encoded: [MetricsDocument.Encoded]
  private let task: TaskSplits
  let scale: Standardization?
  let encoding: SequenceEncoding

  init(_ task: TaskSplits, _ encoding: SequenceEncoding, _ context: StageContext) throws {
    let tokenizer = encoding.tokenizer
    guard task.kind != .letters || tokenizer.isOfLetters else {
      throw StageFailure(
        code: "tokens-of-letters",
        "labels of letters need tokens of one letter each: the scheme character, or kmer with k 1 and stride 1")
    }
    self.task = task
    self.encoding = encoding
    scale = task.kind == .value ? Standardization(task.train.map(\.value)) : nil
    let scale = scale
    var splits: [MetricsDocument.Encoded] = []
    var all = TokenCounts()
    let encode = { (name: String, records: [LabelledRecord]) in
      // By record: the labels of the letters that are read.
      let letters = task.kind == .letters ? records.map { Self.labels($0, encoding) } : []
      let isTaken = { (row: Int) in name != "train" || letters.isEmpty || letters[row].contains { $0 >= 0 } }
      let taken = records.indices.filter(isTaken)
      let sequences = taken.flatMap { row in
        task.isPaired ? [records[row].sequence, records[row].second] : [records[row].sequence]
      }
      let encoded = encoding.encode(sequences, group: task.isPaired ? 2 : 1, threads: context.threads)
      all = all + encoded.counts
      splits.append(
        MetricsDocument.Encoded(
          name, encoded.counts, cut: encoded.cut, lettersCut: encoded.lettersCut,
          withoutLabel: records.count - taken.count))
      let targets: Targets =
        switch task.kind {
        case .class: .classes(records.map { Int32($0.number) })
        case .value: .values(records.map { scale!.standard($0.value) })
        case .letters: .tokens(taken.flatMap { letters[$0] })
        case .set:
          .sets(
            records.flatMap { record in (0..<task.classes).map { record.members.contains($0) ? 1 : 0 } },
            count: task.classes)
        }
      return LabelledTokens(
        tokens: encoded.tokens, targets: targets, isPaired: task.isPaired, strands: encoding.strands.read)
    }
    train = encode("train", task.train)
    holdOut = encode("hold-out", task.holdOut)
    dev = encode("dev", task.dev)
    test = encode("test", task.test)
    encoded = splits
    for warning in all.warnings(tokenizer) { context.report(.warning(warning)) }
    if all.withoutToken > 0 {
      context.report(.warning("a sequence without a token is read as one [UNK], from which nothing can be told"))
    }
    let cut = splits.reduce(0) { $0 + $1.cut }
    if cut > 0 {
      let place = encoding.inMiddle ? "in their middle" : "at their end"
      let letters = splits.reduce(0) { $0 + $1.lettersCut }
      context.report(
        .warning(
          "\(cut) sequences are longer than \(encoding.maximumLength) tokens and were cut \(place): "
            + Words.part(letters, of: all.letters, "letters") + " are not read"))
    }
    if let left = splits.first?.withoutLabel, left > 0 {
      context.report(
        .warning(
          Words.part(left, of: task.train.count, "training sequences")
            + " are left out: none of the letters that are read has a label that counts"))
    }
    guard train.count > 0 else {
      throw StageFailure(code: "empty-split", "no letter of train has a label that counts")
    }
  }

  /// Tokens of the longest sequence of all splits.
  var longest: Int { [train, holdOut, dev, test].map(\.tokens.longest).max() ?? 0 }

  /// The labels of the letters that are read, of tokens that are letters.
  private static func labels(_ record: LabelledRecord, _ encoding: SequenceEncoding) -> [Int32] {
    let kept = encoding.kept(record.letters.count)
    return record.letters.prefix(kept.first) + record.letters.suffix(kept.last)
  }

  /// The labels that the model is to predict.
  var space: LabelSpace {
    switch task.kind {
    case .class: .classes(task.classes)
    case .set: .sets(task.classes)
    case .value: .value
    case .letters: .tokens(task.classes)
    }
  }

  /// The best threshold between two classes by a model's outputs on the hold-out; 0 for other labels.
  func threshold(_ outputs: [Float]) -> Double {
    guard task.hasThreshold else { return 0 }
    return Predictions.bestThreshold(logits: outputs.map(Double.init), labels: task.holdOut.map(\.number))
  }

  /// A model's outputs on one split as what can be measured.
  func measurable(
    _ outputs: [Float], _ records: KeyPath<TaskSplits, [LabelledRecord]>, _ tokens: LabelledTokens,
    _ threshold: Double = 0
  ) -> any Measurable {
    let records = task[keyPath: records]
    let outputs = outputs.map(Double.init)
    switch task.kind {
    case .class:
      return Predictions(
        logits: outputs, labels: records.map(\.number), classes: task.classes, threshold: threshold)
    case .set: return SetPredictions(logits: outputs, labels: records.map(\.members), classes: task.classes)
    case .value:
      return Regression(predicted: outputs.map { scale!.original($0) }, targets: records.map(\.value))
    case .letters:
      guard case .tokens(let labels) = tokens.targets else { preconditionFailure("targets of another kind") }
      let lengths = (0..<tokens.tokens.count).map { tokens.tokens[$0].count }
      var rest = labels.map(Int.init)[...]
      let byRow = lengths.map { length in
        defer { rest = rest.dropFirst(length) }
        return Array(rest.prefix(length))
      }
      return TokenPredictions(
        labels: byRow,
        predicted: TokenPredictions.classes(logits: outputs, lengths: lengths, classes: task.classes),
        classes: task.classes)
    }
  }
}
