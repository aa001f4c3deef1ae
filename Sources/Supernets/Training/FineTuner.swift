package import Layers
import Randomness
import Tensors

/// How one architecture is trained on a task. `threads` alone changes no bit of the result.
package struct FineTuneOptions: Sendable {
  package var seed = 0
  package var classes = 2
  package var batchSize = 64
  package var optimizer = AdamW(rate: 1e-3, warmup: 50)
  package var dropout = 0.0
  /// By class; nil: all 1.
  package var classWeights: [Float]?
  /// Train the classifier alone.
  package var linearProbe = false
  /// Sequences that are evaluated together.
  package var evaluationBatch = 256
  /// Logical shards of a batch.
  package var shards = 4
  package var threads = 1
  package init() {}
}

/// Sequences of tokens and the class of each.
package struct LabelledTokens: Sendable {
  package let tokens: TokenBatch
  package let labels: [Int32]
  package init(tokens: TokenBatch, labels: [Int32]) {
    precondition(tokens.count == labels.count, "\(labels.count) labels for \(tokens.count) sequences")
    self.tokens = tokens
    self.labels = labels
  }
}

/// Trains one architecture as a classifier, from pretrained blocks or from scratch.
package final class FineTuner {
  package let architecture: Architecture
  package let options: FineTuneOptions
  /// Steps finished.
  package private(set) var step: Int
  /// Epochs that `train` has finished and evaluated.
  package private(set) var epochs: [EpochScore]
  private let supernet: Supernet
  private let path: Path
  private let shards: Shards
  private var best: [ParameterBuffer]?

  static let cursorFile = "state/cursor.json"

  /// A model over weights of `pretrained` (only its own path's blocks are read; their moments are not) or, without,
  /// from scratch on `description`; `restoring` goes on from a checkpoint of a fine-tune instead.
  package init(
    _ architecture: Architecture, description: SupernetDescription, pretrained: Checkpoint? = nil,
    options: FineTuneOptions, restoring checkpoint: Checkpoint? = nil
  ) throws {
    guard !architecture.layers.isEmpty, options.classes > 1 else {
      throw TrainingError.badInput("a classifier needs a layer and two classes")
    }
    self.architecture = architecture
    self.options = options
    let weights = pretrained.map { source in
      Checkpoint(names: source.names.filter { $0.hasPrefix("weights/") }, read: source.read)
    }
    // The classifier is new and follows from the fine-tune's seed; blocks never trained follow from the supernet's.
    supernet = Supernet(description, origin: checkpoint ?? weights)
    let path = try supernet.path(architecture, head: .classes(options.classes), headSeed: options.seed)
    self.path = path
    inheritedBlocks = path.blocks.count { weights?.names.contains(Supernet.weightsFile($0.name)) ?? false }
    step = 0
    epochs = []
    shards = Shards(count: options.shards, workers: WorkerPool(threads: options.threads))
    if let checkpoint { try restore(checkpoint) }
  }

  /// Blocks of the path, embedding included, whose weights were in the checkpoint of pretrained ones.
  package let inheritedBlocks: Int

  /// Numbers in the model.
  package var parameterCount: Int { path.parameterCount }

  /// Trains whole epochs until `horizon` are finished, or `isCancelled`; returns whether the horizon was reached. After
  /// each epoch the hold-out is scored by `score` (from its logits, classes per sequence; higher is better), by default
  /// minus its loss, and the weights of the best epoch (the first of equals) are kept. Throws
  /// `TrainingError.notFinite`.
  @discardableResult
  package func train(
    epochs horizon: Int, on data: LabelledTokens, holdOut: LabelledTokens, score: (([Float]) -> Double)? = nil,
    isCancelled: () -> Bool = { false }, report: (StepReport) -> Void = { _ in }
  ) throws -> Bool {
    try check(data, name: "training data")
    try check(holdOut, name: "hold-out")
    let stepsPerEpoch = (data.tokens.count + options.batchSize - 1) / options.batchSize
    while epochs.count < horizon {
      while step < (epochs.count + 1) * stepsPerEpoch {
        if isCancelled() { return false }
        report(try advance(data, stepsPerEpoch: stepsPerEpoch))
      }
      let logits = logits(of: holdOut.tokens, best: false)
      guard logits.allSatisfy(\.isFinite) else { throw TrainingError.notFinite(quantity: "logits", step: step) }
      let loss = Self.loss(logits, holdOut.labels, classes: options.classes)
      let value = score?(logits) ?? -loss
      if epochs.isEmpty || value > epochs.map(\.score).max()! { keepBest() }
      epochs.append(EpochScore(loss: loss, score: value))
    }
    return true
  }

  private func advance(_ data: LabelledTokens, stepsPerEpoch: Int) throws -> StepReport {
    let clock = ContinuousClock.now
    let chosen = members(of: step, count: data.tokens.count, stepsPerEpoch: stepsPerEpoch)
    let batch = data.tokens.selecting(chosen)
    let labels = chosen.map { data.labels[$0] }
    let weight = labels.reduce(0.0) { $0 + Double(options.classWeights?[Int($1)] ?? 1) }
    let random = Philox(seed: options.seed, stream: .dropout)
    let sum = shards.run(batch, training: true) { examples, rows, tape in
      let dropout = Path.Dropout(
        rate: options.dropout, random: random, step: step, firstRow: rows.lowerBound,
        firstSequence: examples.lowerBound)
      let logits = path.classLogits(batch.ids[rows], on: tape, dropout: dropout, frozen: options.linearProbe)
      return tape.crossEntropy(
        logits, targets: labels[examples], classWeights: options.classWeights, scale: Float(1 / weight))
    }
    guard sum.loss.isFinite else { throw TrainingError.notFinite(quantity: "loss", step: step, origin: shards.origin) }
    let rate = options.optimizer.rate(step: step)
    let norm = shards.update(
      path, trained: { !options.linearProbe || $0 === path.head }, rule: options.optimizer, step: step)
    guard norm.isFinite else {
      throw TrainingError.notFinite(quantity: "gradient", step: step, origin: shards.origin)
    }
    step += 1
    let seconds = (ContinuousClock.now - clock) / .seconds(1)
    return StepReport(
      step: step, loss: sum.loss, gradientNorm: norm, rate: rate, tokens: batch.ids.count, seconds: seconds)
  }

  private var order: (epoch: Int, numbers: [Int]) = (-1, [])

  /// The examples of a step: consecutive runs of a permutation drawn for each epoch; the last batch may be smaller.
  private func members(of step: Int, count: Int, stepsPerEpoch: Int) -> ArraySlice<Int> {
    let epoch = step / stepsPerEpoch
    if order.epoch != epoch || order.numbers.count != count {
      order = (epoch, Philox(seed: options.seed, stream: .batches).permutation(count, round: epoch))
    }
    let first = step % stepsPerEpoch * options.batchSize
    return order.numbers[first..<min(first + options.batchSize, count)]
  }

  /// The logits of sequences, classes per sequence, with the best epoch's weights or the newest. Sequences are
  /// evaluated `evaluationBatch` at a time, each batch on one thread.
  package func logits(of tokens: TokenBatch, best useBest: Bool = true) -> [Float] {
    if useBest, let best { return withWeights(best) { logits(of: tokens, best: false) } }
    let size = options.evaluationBatch
    let batches = (tokens.count + size - 1) / size
    var result = [Float](repeating: 0, count: tokens.count * options.classes)
    result.withUnsafeMutableBufferPointer { result in
      let result = result
      for wave in stride(from: 0, to: batches, by: shards.tapes.count) {
        shards.workers.run(min(shards.tapes.count, batches - wave)) { slot in
          let range = (wave + slot) * size..<min((wave + slot + 1) * size, tokens.count)
          let tape = shards.tapes[slot]
          tape.begin(lengths: tokens.lengths(range), training: false)
          let rows = tokens.starts[range.lowerBound]..<tokens.starts[range.upperBound]
          let logits = tape.array(path.classLogits(tokens.ids[rows], on: tape, dropout: nil, frozen: false))
          for (i, value) in logits.enumerated() { result[range.lowerBound * options.classes + i] = value }
        }
      }
    }
    return result
  }

  /// The mean cross-entropy of logits, in nats, every example counting the same.
  package static func loss(_ logits: [Float], _ labels: [Int32], classes: Int) -> Double {
    let tape = Tape()
    tape.begin(lengths: [], training: false)
    let value = tape.input(logits, rows: labels.count, columns: classes)
    return tape.crossEntropy(value, targets: labels, scale: 1).loss / Double(max(1, labels.count))
  }

  private func check(_ data: LabelledTokens, name: String) throws {
    if data.tokens.count == 0 { throw TrainingError.badInput("the \(name) has no sequences") }
    if let bad = data.labels.first(where: { $0 < 0 || $0 >= options.classes }) {
      throw TrainingError.badInput("label \(bad) in the \(name) of a task of \(options.classes) classes")
    }
    let vocabulary = supernet.description.vocabulary
    if let bad = data.tokens.ids.first(where: { $0 < 0 || $0 >= vocabulary }) {
      throw TrainingError.badInput("token \(bad) in the \(name) is beyond the vocabulary of \(vocabulary)")
    }
  }

  // MARK: the best epoch

  private func keepBest() {
    let kept = best ?? path.blocks.map { ParameterBuffer($0.weights.layout) }
    for (copy, block) in zip(kept, path.blocks) { copy.copy(from: block.weights) }
    best = kept
  }

  private func withWeights<Result>(_ weights: [ParameterBuffer], _ body: () -> Result) -> Result {
    func swap() { for (copy, block) in zip(weights, path.blocks) { copy.exchange(with: block.weights) } }
    swap()
    defer { swap() }
    return body()
  }

  // MARK: checkpoints

  /// The whole state in memory: the path's blocks, the best epoch's (`best/`), and the cursor.
  package func checkpoint() throws -> [CheckpointFile] {
    var files = try supernet.checkpointNames(of: path).map {
      CheckpointFile(name: $0, bytes: try supernet.checkpointBytes($0))
    }
    for (block, copy) in zip(path.blocks, best ?? []) {
      files.append(
        CheckpointFile(
          name: "best/\(block.name).safetensors", bytes: Safetensors.encode([("", copy)], metadata: [:])))
    }
    let scores = epochs.map { score in
      JSONValue.array([score.loss, score.score].map { .integer(Int(Int64(bitPattern: $0.bitPattern))) })
    }
    let cursor = JSONValue.object(["format": .integer(1), "step": .integer(step), "epochs": .array(scores)])
    files.append(CheckpointFile(name: Self.cursorFile, bytes: Array((cursor.text + "\n").utf8)))
    return files.sorted { $0.name < $1.name }
  }

  private func restore(_ checkpoint: Checkpoint) throws {
    let cursor = JSONValue(try checkpoint.read(Self.cursorFile))
    guard cursor?["format"]?.integer == 1, let step = cursor?["step"]?.integer,
      case .array(let scores)? = cursor?["epochs"]
    else { throw TrainingError.badCheckpoint(file: Self.cursorFile, reason: "not a cursor of format 1") }
    self.step = step
    epochs = try scores.map {
      guard let bits = $0.integers, bits.count == 2 else {
        throw TrainingError.badCheckpoint(file: Self.cursorFile, reason: "a score that is not two numbers")
      }
      let numbers = bits.map { Double(bitPattern: UInt64(bitPattern: Int64($0))) }
      return EpochScore(loss: numbers[0], score: numbers[1])
    }
    if epochs.isEmpty { return }
    best = try path.blocks.map { block in
      let (name, copy) = ("best/\(block.name).safetensors", ParameterBuffer(block.weights.layout))
      _ = try Safetensors.decode(try checkpoint.read(name), file: name, into: [("", copy)])
      return copy
    }
  }
}

/// What the hold-out said after an epoch.
package struct EpochScore: Hashable, Sendable {
  /// Mean cross-entropy in nats.
  package let loss: Double
  /// What the best epoch is chosen by; higher is better.
  package let score: Double
}
