import Randomness
package import Spaces
import System
import Tensors
import Tokens

/// How one architecture is trained on a task. `threads` alone changes no bit of the result.
package struct FineTuneOptions: Sendable {
  package var seed = 0
  package var head = TaskHead(.classes(2))
  package var batchSize = 64
  package var optimizer = AdamW(rate: 1e-3, warmup: 50)
  package var dropout = 0.0
  /// By class, of what is not in it for sets: how much a label of a class counts; nil: all 1.
  package var classWeights: [Float]?
  /// Train the head alone.
  package var linearProbe = false
  /// Epochs without a better one after which training ends; 0: never.
  package var patience = 0
  /// Parts that a batch is worked through in: the same step but for rounding, with the memory of one part.
  package var accumulate = 1
  /// Tokens that one thread evaluates together, if need be those of one example alone.
  package var evaluationTokens = 8192
  /// Logical shards of a batch.
  package var shards = 4
  /// Whether products round their operands to bfloat16.
  package var half = false
  package var threads = 1
  package init() {}
}

/// What the hold-out said after an epoch.
package struct EpochScore: Hashable, Sendable {
  /// The mean loss, without class weights: in nats, or squared units of the targets.
  package let loss: Double
  /// What the best epoch is chosen by; higher is better.
  package let score: Double
}

/// The examples that a fine-tune learns from.
package struct TaskMaterial {
  let train: LabelledTokens
  /// Examples on which each epoch is scored.
  let holdOut: LabelledTokens
  /// The score of an epoch from the outputs for the hold-out, higher is better; nil: minus its loss.
  let score: (([Float]) -> Double)?

  package init(_ train: LabelledTokens, holdOut: LabelledTokens, score: (([Float]) -> Double)? = nil) {
    self.train = train
    self.holdOut = holdOut
    self.score = score
  }
}

/// Trains one architecture on a task, from pretrained blocks or from scratch.
package final class FineTuner: Course {
  package let architecture: Architecture
  package let options: FineTuneOptions
  /// Steps finished.
  package internal(set) var step: Int
  /// Epochs that `train` has finished and evaluated.
  package internal(set) var epochs: [EpochScore]
  /// Blocks of the path but for its head, and those of them whose weights were in the checkpoint of pretrained ones.
  package let inheritedBlocks: (count: Int, total: Int)
  let supernet: Supernet
  let path: Path
  var best: [ParameterBuffer]?
  private let shards: Shards
  private var batch = TaskBatch()
  private var order: (epoch: Int, numbers: [Int]) = (-1, [])

  /// A model over weights of `pretrained` (only its own path's blocks are read; their moments are not) or, without,
  /// from scratch on `description`; `restoring` goes on from a checkpoint of a fine-tune instead.
  package init(
    _ architecture: Architecture, description: SupernetDescription, pretrained: Checkpoint? = nil,
    options: FineTuneOptions, restoring checkpoint: Checkpoint? = nil
  ) throws {
    switch options.head.labels {
    case .classes(let count), .tokens(let count):
      guard count > 1 else { throw TrainingError.badInput("a classifier needs two classes") }
    case .sets(let count): guard count > 0 else { throw TrainingError.badInput("a task of sets needs a class") }
    case .value: break
    }
    guard !architecture.layers.isEmpty else { throw TrainingError.badInput("a model needs a layer") }
    self.architecture = architecture
    self.options = options
    let weights = pretrained.map { source in
      Checkpoint(names: source.names.filter { $0.hasPrefix("weights/") }, read: source.read)
    }
    // The head is new and follows from the fine-tune's seed; blocks never trained follow from the supernet's.
    supernet = Supernet(description, origin: checkpoint ?? weights)
    let path = try supernet.path(architecture, head: .task(options.head), headSeed: options.seed)
    self.path = path
    let body = path.blocks.filter { $0 !== path.head.block }
    inheritedBlocks = (
      body.count { weights?.names.contains(Supernet.weightsFile($0.name)) ?? false }, body.count
    )
    step = 0
    epochs = []
    shards = Shards(count: options.shards, half: options.half, workers: WorkerPool(threads: options.threads))
    if let checkpoint { try restore(checkpoint) }
  }

  /// Numbers in the model.
  package var parameterCount: Int { path.parameterCount }

  /// The number of the best epoch: of equal scores that with the least loss, then the first.
  package var bestEpoch: Int? {
    epochs.indices.max { (epochs[$0].score, -epochs[$0].loss, -$0) < (epochs[$1].score, -epochs[$1].loss, -$1) }
  }

  /// Whether so many epochs have not been better than the best that training ends. It depends on the scores alone, so
  /// going on from any checkpoint, to any horizon, ends at the same epoch.
  package var isExhausted: Bool {
    guard options.patience > 0, let bestEpoch else { return false }
    return epochs.count - 1 - bestEpoch >= options.patience
  }

  /// Trains whole epochs until `horizon` of them are finished or the patience is exhausted, or `isCancelled`; returns
  /// whether training is at its end. After each epoch the hold-out is scored, and the weights of the best epoch are
  /// kept. Throws `TrainingError.badInput` for data that are not of the head, and `notFinite`.
  @discardableResult
  package func train(
    until horizon: Int, on task: TaskMaterial, isCancelled: () -> Bool = { false },
    report: (StepReport) -> Void = { _ in }
  ) throws -> Bool {
    let (data, holdOut) = (task.train, task.holdOut)
    try check(data, name: "training data")
    try check(holdOut, name: "hold-out")
    let stepsPerEpoch = (data.count + options.batchSize - 1) / options.batchSize
    while epochs.count < horizon && !isExhausted {
      while step < (epochs.count + 1) * stepsPerEpoch {
        if isCancelled() { return false }
        report(try advance(data, stepsPerEpoch: stepsPerEpoch))
      }
      let outputs = outputs(of: holdOut, best: false)
      guard outputs.allSatisfy(\.isFinite) else { throw TrainingError.notFinite(quantity: "logits", step: step) }
      let loss = Self.loss(outputs, holdOut.targets)
      epochs.append(EpochScore(loss: loss, score: task.score?(outputs) ?? -loss))
      if bestEpoch == epochs.count - 1 { keepBest() }
    }
    return true
  }

  private func advance(_ data: LabelledTokens, stepsPerEpoch: Int) throws -> StepReport {
    let clock = ContinuousClock.now
    batch.take(members(of: step, count: data.count, stepsPerEpoch: stepsPerEpoch), of: data)
    let weight = batch.weight(options.head, options.classWeights)
    let scale = weight > 0 ? Float(1 / weight) : 0
    let random = Philox(seed: options.seed, stream: .dropout)
    let report = try shards.take(
      step: step, path, rule: options.optimizer, tokens: batch.tokens.ids.count,
      trained: { !options.linearProbe || $0 === path.head.block }, since: clock
    ) {
      shards.run(
        batch.tokens, training: true, parts: options.accumulate, group: options.head.group
      ) { examples, rows, tape in
        let counted = batch.counted(in: rows)
        let dropout = Path.Dropout(
          rate: options.dropout, random: random, step: step, firstRow: rows.lowerBound,
          firstOutput: isOfTokens ? counted.lowerBound : examples.lowerBound)
        return loss(examples, rows, counted, tape, dropout, scale: scale)
      }
    }
    step += 1
    return report
  }

  /// One shard's part of the batch's loss. `counted` are its labels of tokens.
  private func loss(
    _ examples: Range<Int>, _ rows: Range<Int>, _ counted: Range<Int>, _ tape: Tape, _ dropout: Path.Dropout,
    scale: Float
  ) -> LossSum {
    let outputs = { (chosen: [Int32]?) in
      self.path.outputs(
        self.batch.tokens.ids[rows], head: self.options.head, rows: chosen, on: tape, dropout: dropout,
        frozen: self.options.linearProbe)
    }
    switch options.head.labels {
    case .classes:
      return tape.crossEntropy(
        outputs(nil), targets: batch.labels[examples], classWeights: options.classWeights, scale: scale)
    case .tokens:
      return tape.crossEntropy(
        outputs(batch.counted[counted].map { $0 - Int32(rows.lowerBound) }), targets: batch.labels[counted],
        classWeights: options.classWeights, scale: scale)
    case .sets(let count):
      let targets = Array(batch.values[examples.lowerBound * count..<examples.upperBound * count])
      return tape.binaryCrossEntropy(outputs(nil), targets: targets, positives: options.classWeights, scale: scale)
    case .value: return tape.squaredError(outputs(nil), targets: Array(batch.values[examples]), scale: scale)
    }
  }

  /// The examples of a step: consecutive runs of a permutation drawn for each epoch; the last batch may be smaller.
  private func members(of step: Int, count: Int, stepsPerEpoch: Int) -> ArraySlice<Int> {
    let epoch = step / stepsPerEpoch
    if order.epoch != epoch || order.numbers.count != count {
      order = (epoch, Philox(seed: options.seed, stream: .batches).permutation(count, round: epoch))
    }
    let first = step % stepsPerEpoch * options.batchSize
    return order.numbers[first..<min(first + options.batchSize, count)]
  }

  /// The head's outputs for all examples, or for all tokens where labels are of tokens, with the best epoch's weights
  /// or the newest. As many examples as `evaluationTokens` allows are evaluated at a time, on one thread.
  package func outputs(of data: LabelledTokens, best useBest: Bool = true) -> [Float] {
    if useBest, let best { return withWeights(best) { outputs(of: data, best: false) } }
    let (columns, group, tokens) = (options.head.labels.outputs, options.head.group, data.tokens)
    let batches = evaluationBatches(of: data)
    var result = [Float](repeating: 0, count: (isOfTokens ? tokens.ids.count : data.count) * columns)
    result.withUnsafeMutableBufferPointer { result in
      let result = result
      for wave in stride(from: 0, to: batches.count, by: shards.tapes.count) {
        shards.workers.run(min(shards.tapes.count, batches.count - wave)) { slot in
          let examples = batches[wave + slot]
          let range = examples.lowerBound * group..<examples.upperBound * group
          let tape = shards.tapes[slot]
          tape.begin(lengths: tokens.lengths(range), training: false)
          let rows = tokens.starts[range.lowerBound]..<tokens.starts[range.upperBound]
          let outputs = path.outputs(tokens.ids[rows], head: options.head, on: tape, dropout: nil, frozen: false)
          let first = (isOfTokens ? rows.lowerBound : examples.lowerBound) * columns
          for (i, value) in tape.array(outputs).enumerated() { result[first + i] = value }
        }
      }
    }
    return result
  }

  private func evaluationBatches(of data: LabelledTokens) -> [Range<Int>] {
    let place = { (example: Int) in data.tokens.starts[example * self.options.head.group] }
    var batches: [Range<Int>] = []
    var first = 0
    for example in 0..<data.count
    where example + 1 == data.count || place(example + 2) - place(first) > options.evaluationTokens {
      batches.append(first..<example + 1)
      first = example + 1
    }
    return batches
  }

  private var isOfTokens: Bool { if case .tokens = options.head.labels { true } else { false } }

  /// The mean loss of outputs, every label that counts counting the same.
  package static func loss(_ outputs: [Float], _ targets: Targets) -> Double {
    let tape = Tape()
    tape.begin(lengths: [], training: false)
    let value = { (rows: Int) in tape.input(outputs, rows: rows, columns: outputs.count / max(1, rows)) }
    switch targets {
    case .classes(let labels):
      return tape.crossEntropy(value(labels.count), targets: labels, scale: 1).loss / Double(max(1, labels.count))
    case .sets(let labels, let count):
      let rows = labels.count / max(1, count)
      return tape.binaryCrossEntropy(value(rows), targets: labels, scale: 1).loss / Double(max(1, labels.count))
    case .values(let values):
      return tape.squaredError(value(values.count), targets: values, scale: 1).loss / Double(max(1, values.count))
    case .tokens(let labels):
      let counted = labels.indices.filter { labels[$0] >= 0 }
      let rows = tape.gatherRows(value(labels.count), counted.map(Int32.init))
      return tape.crossEntropy(rows, targets: counted.map { labels[$0] }, scale: 1).loss
        / Double(max(1, counted.count))
    }
  }

  private func check(_ data: LabelledTokens, name: String) throws {
    if data.count == 0 { throw TrainingError.badInput("the \(name) has no sequences") }
    guard data.isPaired == options.head.isPaired else {
      throw TrainingError.badInput("the \(name) has \(data.isPaired ? "pairs" : "no pairs")")
    }
    switch (options.head.labels, data.targets) {
    case (.classes(let count), .classes(let labels)):
      if let bad = labels.first(where: { $0 < 0 || $0 >= count }) {
        throw TrainingError.badInput("label \(bad) in the \(name) of a task of \(count) classes")
      }
    case (.tokens(let count), .tokens(let labels)):
      if let bad = labels.first(where: { $0 >= count }) {
        throw TrainingError.badInput("label \(bad) in the \(name) of a task of \(count) classes")
      }
    case (.sets(let count), .sets(_, let other)) where count == other: break
    case (.value, .values(let values)):
      guard values.allSatisfy(\.isFinite) else {
        throw TrainingError.badInput("a target in the \(name) is not a finite number")
      }
    default: throw TrainingError.badInput("the labels of the \(name) are not those of the task")
    }
    if let empty = (0..<data.tokens.count).first(where: { data.tokens[$0].isEmpty }) {
      throw TrainingError.badInput("sequence \(empty) of the \(name) is empty")
    }
    let vocabulary = supernet.description.vocabulary
    if let bad = data.tokens.ids.first(where: { $0 < 0 || $0 >= vocabulary }) {
      throw TrainingError.badInput("token \(bad) in the \(name) is beyond the vocabulary of \(vocabulary)")
    }
  }
}
