import Networks
import Tensors
import Tokens

/// An objective that asks for tokens at some places of a batch: a cross-entropy over the vocabulary at each.
protocol TokenPrediction: Objective {
  /// The tokens that are asked for; none where the batch has none that can be.
  func task(_ batch: PackedTokens, in setting: ObjectiveSetting) -> PredictionTask
}

extension TokenPrediction {
  package var head: PathHead { .tokens }

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

  /// The mean loss over the chosen rows, by shards.
  private func loss(_ task: PredictionTask, in setting: ObjectiveSetting, training: Bool) -> LossSum {
    let scale = 1 / Float(task.rows.count)
    let parts = training ? setting.accumulate : 1
    return setting.shards.run(task.inputs, training: training, parts: parts) { _, rows, tape in
      let first = task.rows.partitioningIndex { $0 >= rows.lowerBound }
      let end = task.rows.partitioningIndex { $0 >= rows.upperBound }
      let chosen = task.rows[first..<end].map { $0 - Int32(rows.lowerBound) }
      let logits = setting.path.tokenLogits(task.inputs.ids[rows], rows: chosen, on: tape)
      return tape.crossEntropy(logits, targets: task.targets[first..<end], scale: scale)
    }
  }
}
