import Losses
import Networks
import Ops
import Tensors
import Tokens

/// An objective that asks for tokens at some places of a batch: a cross-entropy over the vocabulary at each.
protocol TokenPrediction: Objective {
  /// How many tokens of a sequence are expected to be asked for.
  func asked(of length: Int) -> Double

  /// The tokens that are asked for; none where the batch has none that can be.
  func task(_ batch: PackedTokens, in setting: ObjectiveSetting) -> PredictionTask

  /// By token, that of the reverse-complemented letters, where scores are sums over both strands; nil: they are of the
  /// strand as it is given.
  var complements: [Int32]? { get }
}

extension TokenPrediction {
  package var head: PathHead { .tokens }

  package func operations(_ lengths: [Int], of path: PathOperations) -> Double {
    let outputs = Int(lengths.reduce(0) { $0 + asked(of: $1) }.rounded())
    if complements == nil { return path.forward(lengths, outputs: outputs) }
    return path.forward(lengths + lengths, outputs: 2 * outputs)
  }

  package func loss(
    _ batch: PackedTokens, in setting: ObjectiveSetting
  ) throws -> (sum: LossSum, hidden: HiddenLetters?) {
    let task = task(batch, in: setting)
    if task.rows.isEmpty { throw ModelError.badInput("a batch without a token to predict") }
    return (loss(task, in: setting, training: true), task.hidden.all > 0 ? task.hidden : nil)
  }

  package func measure(
    _ batch: EvaluationBatch, in setting: ObjectiveSetting
  ) throws -> (sum: LossSum, targets: [Int32])? {
    let task = task(batch.tokens, in: setting).scored(after: batch.context, whole: batch.firstPieces)
    return task.rows.isEmpty ? nil : (loss(task, in: setting, training: false), task.targets)
  }

  private func loss(_ task: PredictionTask, in setting: ObjectiveSetting, training: Bool) -> LossSum {
    guard let complements else {
      return task.loss(in: setting, training: training) { setting.path.tokenLogits($0, rows: $2, on: $3) }
    }
    let (doubled, others) = task.onBothStrands(complements)
    return doubled.loss(in: setting, training: training, group: 2) { ids, rows, chosen, tape in
      let places = doubled.rows.places(in: rows)
      return setting.path.strandedLogits(
        ids, rows: chosen, others: others[places].map { $0 - Int32(rows.lowerBound) }, complements: complements,
        on: tape)
    }
  }
}

extension PredictionTask {
  /// The task of sequences on both strands, and by row of it the row of the other strand at the same letters.
  fileprivate func onBothStrands(_ complements: [Int32]) -> (task: PredictionTask, others: [Int32]) {
    var (forward, others, sequence) = ([Int32](), [Int32](), 0)
    for row in rows.map(Int.init) {
      while row >= inputs.starts[sequence + 1] { sequence += 1 }
      let (start, end) = (inputs.starts[sequence], inputs.starts[sequence + 1])
      forward.append(Int32(row + start))
      others.append(Int32(2 * end - 1 - (row - start)))
    }
    let task = PredictionTask(
      inputs: inputs.onBothStrands(complements), rows: forward, targets: targets, lead: lead, hidden: hidden)
    return (task, others)
  }

  /// The mean loss over the chosen rows, by shards.
  /// - Parameter logits: the scores over the vocabulary at rows of a shard, which are numbered from its first; `rows`
  ///   are those of the shard in the batch. An example is `group` sequences.
  func loss(
    in setting: ObjectiveSetting, training: Bool, group: Int = 1,
    logits: (_ ids: ArraySlice<Int32>, _ rows: Range<Int>, _ chosen: [Int32], Tape) -> TapeValue
  ) -> LossSum {
    let scale = 1 / Float(rows.count)
    let parts = training ? setting.accumulate : 1
    return setting.shards.run(inputs, training: training, parts: parts, group: group) { _, range, tape in
      let places = rows.places(in: range)
      let chosen = rows[places].map { $0 - Int32(range.lowerBound) }
      return tape.crossEntropy(
        logits(inputs.ids[range], range, chosen, tape), targets: targets[places], scale: scale)
    }
  }
}

extension [Int32] {
  /// The indices of those of ascending rows that are in a range.
  func places(in range: Range<Int>) -> Range<Int> {
    partitioningIndex { $0 >= range.lowerBound }..<partitioningIndex { $0 >= range.upperBound }
  }
}
