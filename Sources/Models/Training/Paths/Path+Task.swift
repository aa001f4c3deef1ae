import Blocks
import Tensors

extension Path {
  /// The outputs of a task's head: one row per sequence or pair; for labels of tokens one per row of `rows`.
  ///
  /// - Parameter rows: the tokens that are looked at, when labels are of tokens; nil: all.
  func outputs(
    _ ids: ArraySlice<Int32>, head task: TaskHead, rows: [Int32]? = nil, on tape: Tape, dropout: Dropout?
  ) -> TapeValue {
    let bound = bind(to: tape)
    var x = features(ids, bound, head: task, rows: rows, on: tape, dropout: dropout)
    if let dropout {
      x = tape.dropout(
        x, rate: dropout.rate, random: dropout.random, step: dropout.step, site: layers.count,
        firstRow: dropout.firstOutput)
    }
    return bound.head.forward(x, on: tape)
  }

  /// The features that a task's head reads, in the rows of `outputs`; `featureCount` columns.
  func features(
    _ ids: ArraySlice<Int32>, _ bound: Bound, head task: TaskHead, rows: [Int32]? = nil, on tape: Tape,
    dropout: Dropout?
  ) -> TapeValue {
    let features = body(ids, bound, tape, dropout)
    let norm = { (x: TapeValue) in tape.layerNorm(x, bound.norm) }
    if case .tokens = task.labels {
      return norm(rows.map { tape.gatherRows(features, $0) } ?? features)
    }
    let x =
      switch task.pooling {
      case .mean: tape.segmentMeans(norm(features))
      case .max: tape.segmentMaxima(norm(features))
      // The norm is of single rows, so it need not see the others.
      case .last: norm(tape.gatherRows(features, tape.starts.dropFirst().lazy.map { $0 - 1 }))
      case .meanAndMax: Self.meanAndMax(norm(features), tape)
      case .flat: tape.flatten(norm(features), length: task.length)
      case .attention: Self.attention(norm(features), bound.head.queries!, tape)
      }
    return task.isPaired ? tape.pairFeatures(x) : x
  }

  private static func meanAndMax(_ x: TapeValue, _ tape: Tape) -> TapeValue {
    tape.concatenate([tape.segmentMeans(x), tape.segmentMaxima(x)])
  }

  private static func attention(_ x: TapeValue, _ queries: Parameter, _ tape: Tape) -> TapeValue {
    tape.attentionPooling(x, scores: tape.linear(x, weight: queries))
  }
}
