import Blocks
import Tensors

extension Path {
  /// The outputs of a task's head: one row per sequence or pair; for labels of tokens one per row of `rows`.
  /// `frozen`: no gradient goes below the head.
  ///
  /// - Parameter rows: the tokens that are looked at, when labels are of tokens; nil: all.
  func outputs(
    _ ids: ArraySlice<Int32>, head task: TaskHead, rows: [Int32]? = nil, on tape: Tape, dropout: Dropout?,
    frozen: Bool
  ) -> TapeValue {
    let bound = bind(to: tape)
    let features = body(ids, bound, tape, dropout)
    let norm = { (x: TapeValue) in tape.layerNorm(x, bound.norm) }
    var x: TapeValue
    if case .tokens = task.labels {
      x = norm(rows.map { tape.gatherRows(features, $0) } ?? features)
    } else {
      switch task.pooling {
      case .mean: x = tape.segmentMeans(norm(features))
      case .max: x = tape.segmentMaxima(norm(features))
      // The norm is of single rows, so it need not see the others.
      case .last: x = norm(tape.gatherRows(features, tape.starts.dropFirst().lazy.map { $0 - 1 }))
      }
      if task.isPaired { x = tape.pairFeatures(x) }
    }
    if frozen { tape.stopGradient() }
    if let dropout {
      x = tape.dropout(
        x, rate: dropout.rate, random: dropout.random, step: dropout.step, site: layers.count,
        firstRow: dropout.firstOutput)
    }
    return bound.head.forward(x, on: tape)
  }
}
