import Losses
package import Networks
import Ops
import Randomness
import Spaces
import System
import Tensors
import Tokens

/// Trains one architecture on a task, from pretrained blocks or from scratch.
package final class FineTuner: Course {
  package internal(set) var step: Int
  /// Finished epochs.
  package internal(set) var epochs: [EpochScore]
  package let inherited: (blocks: Int, total: Int)?
  let supernet: Supernet
  let path: Path
  let setup: FineTuneSetup
  let shards: Shards
  var best: [ParameterBuffer]?
  /// The mean of the weights over the steps.
  var mean: [ParameterBuffer]?
  /// The factor of each block's learning rate.
  private let rates: [Double]
  private var batch = TaskBatch()
  private var order: (epoch: Int, numbers: [Int]) = (-1, [])

  package static func unit(of setup: FineTuneSetup) -> CourseUnit { CourseUnit("epoch", steps: setup.stepsPerEpoch) }

  /// A model over pretrained weights, whose moments are not read, or from scratch on the setup's description; or one
  /// restored from a state of its own training.
  package init(_ setup: FineTuneSetup, from state: Checkpoint? = nil) throws {
    try setup.check()
    self.setup = setup
    let blocks = try Supernet.blockNames([setup.architecture], head: .task(setup.head), setup.description)
    let weights = setup.weights?.weights(of: blocks)
    // The head is new and follows from the fine-tune's seed; blocks never trained follow from the supernet's.
    supernet = Supernet(setup.description, origin: state ?? weights)
    let path = try supernet.path(setup.architecture, head: .task(setup.head), headSeed: setup.options.seed)
    self.path = path
    inherited = weights.map { weights in
      let body = path.blocks.filter { $0 !== path.head.block }
      return (body.count { weights.names.contains(Supernet.weightsFile($0.name)) }, body.count)
    }
    rates = Self.rates(path, decay: setup.rateDecay)
    step = 0
    epochs = []
    shards = Shards(setup.options)
    if let state { try restore(state) }
  }

  /// Numbers in the model.
  package var parameterCount: Int { path.parameterCount }

  /// The number of the best epoch: of equal scores that with the least loss, then the first.
  package var bestEpoch: Int? {
    epochs.indices.max { (epochs[$0].score, -epochs[$0].loss, -$0) < (epochs[$1].score, -epochs[$1].loss, -$1) }
  }

  /// Whether so many epochs have not been better than the best that training ends. It depends on the scores alone, so
  /// going on from any checkpoint, to any horizon, ends at the same epoch.
  private var isExhausted: Bool {
    guard setup.patience > 0, let bestEpoch else { return false }
    return epochs.count - 1 - bestEpoch >= setup.patience
  }

  /// Trains until so many steps are finished or the patience is exhausted. After the last step of an epoch the
  /// hold-out, where there is one, is scored, and the weights of the best epoch are kept.
  @discardableResult
  package func train(until horizon: Int, isCancelled: () -> Bool, report: (StepReport) -> Void) throws -> Bool {
    // An epoch whose scoring has failed is scored before the next step.
    try scoreEpoch()
    while step < horizon && !isExhausted {
      if isCancelled() { return false }
      report(try advance())
      try scoreEpoch()
    }
    return true
  }

  /// 1 for the head and the norm before it, and less by `decay` with each layer on the way to the embedding.
  private static func rates(_ path: Path, decay: Double) -> [Double] {
    path.depths.map { depth in (0..<depth).reduce(1) { rate, _ in rate * decay } }
  }

  /// Scores the epoch that has ended, unless that was done.
  private func scoreEpoch() throws {
    guard let holdOut = setup.holdOut, step == (epochs.count + 1) * setup.stepsPerEpoch else { return }
    let outputs = try finite(self.outputs(of: holdOut, by: mean))
    let loss = Self.loss(outputs, holdOut.targets)
    epochs.append(EpochScore(loss: loss, score: setup.score?(outputs) ?? -loss))
    if bestEpoch == epochs.count - 1 { keepBest() }
  }

  private func advance() throws -> StepReport {
    let clock = ContinuousClock.now
    let strands = setup.strands == .both ? Philox(seed: setup.options.seed, stream: .strands) : nil
    let epoch = step / setup.stepsPerEpoch
    batch.take(
      members(of: step), of: setup.train, strand: strands.map { random in { Int(random.words(epoch, $0)[0] & 1) } })
    let weight = batch.weight(setup.head, setup.classWeights)
    let scale = weight > 0 ? Float(1 / weight) : 0
    let random = Philox(seed: setup.options.seed, stream: .dropout)
    let report = try shards.take(
      step: step, path, rule: setup.options.optimizer, rates: rates, tokens: batch.tokens.ids.count,
      forward: path.operations.forward(
        Array(batch.tokens.lengths(0..<batch.tokens.count)),
        outputs: setup.head.isOfTokens ? batch.counted.count : batch.tokens.count / setup.trainingHead.group),
      since: clock
    ) {
      shards.run(
        batch.tokens, training: true, parts: setup.options.accumulate, group: setup.trainingHead.group
      ) { examples, rows, tape in
        let counted = batch.counted(in: rows)
        let dropout = Path.Dropout(
          rate: setup.dropout, random: random, step: step, firstRow: rows.lowerBound,
          firstOutput: setup.head.isOfTokens ? counted.lowerBound : examples.lowerBound)
        return loss(examples, rows, counted, tape, dropout, scale: scale)
      }
    }
    step += 1
    if setup.averaging > 0 { average() }
    return report
  }

  /// Moves the mean of the weights on by the step that was taken.
  private func average() {
    guard let mean else {
      mean = copies()
      return
    }
    // A mean of few steps forgets faster, so that the starting weights are soon gone.
    let kept = min(setup.averaging, Double(step) / Double(step + 9))
    for (mean, block) in zip(mean, path.blocks) { mean.approach(block.weights, by: Float(1 - kept)) }
  }

  /// One shard's part of the batch's loss. `counted` are its labels of tokens.
  private func loss(
    _ examples: Range<Int>, _ rows: Range<Int>, _ counted: Range<Int>, _ tape: Tape, _ dropout: Path.Dropout,
    scale: Float
  ) -> LossSum {
    let smoothing = Float(setup.labelSmoothing)
    let outputs = { (chosen: [Int32]?) in
      self.path.outputs(
        self.batch.tokens.ids[rows], head: self.setup.trainingHead, rows: chosen, on: tape, dropout: dropout)
    }
    switch setup.head.labels {
    case .classes:
      return tape.crossEntropy(
        outputs(nil), targets: batch.labels[examples], classWeights: setup.classWeights, smoothing: smoothing,
        scale: scale)
    case .tokens:
      return tape.crossEntropy(
        outputs(batch.counted[counted].map { $0 - Int32(rows.lowerBound) }), targets: batch.labels[counted],
        classWeights: setup.classWeights, smoothing: smoothing, scale: scale)
    case .sets(let count):
      let targets = batch.values[examples.lowerBound * count..<examples.upperBound * count].map {
        $0 + smoothing * (0.5 - $0)
      }
      return tape.binaryCrossEntropy(outputs(nil), targets: targets, positives: setup.classWeights, scale: scale)
    case .value: return tape.squaredError(outputs(nil), targets: Array(batch.values[examples]), scale: scale)
    }
  }

  /// The examples of a step: consecutive runs of a permutation drawn for each epoch; the last batch may be smaller.
  private func members(of step: Int) -> ArraySlice<Int> {
    let (count, stepsPerEpoch) = (setup.train.count, setup.stepsPerEpoch)
    let epoch = step / stepsPerEpoch
    if order.epoch != epoch || order.numbers.count != count {
      order = (epoch, Philox(seed: setup.options.seed, stream: .batches).permutation(count, round: epoch))
    }
    let first = step % stepsPerEpoch * setup.batchSize
    return order.numbers[first..<min(first + setup.batchSize, count)]
  }
}
