import Losses
import Networks
import Ops
import Tensors
import Tokens

extension FineTuner {
  /// The outputs of the best epoch's weights, one row for each example, or for each token where labels are of tokens;
  /// those of now where no epoch was scored.
  package func evaluate(_ data: LabelledTokens) throws -> [Float] {
    try finite(outputs(of: data, by: best ?? mean))
  }

  /// For labels of tokens, the class of each token that counts, by the weights that `evaluate` reads, and -1 for
  /// others. Outputs of many classes are never in memory for all tokens.
  package func classes(of data: LabelledTokens) throws -> [Int32] {
    guard case .tokens(let labels) = data.targets else { preconditionFailure("labels are not of tokens") }
    let read = { [self] in
      evaluate(data, columns: 1, isCancelled: { _ in false }) { ids, tape in
        let asked = ids.indices.filter { labels[$0] >= 0 }
        let classes = path.classes(ids, head: setup.head, rows: asked.map { Int32($0 - ids.startIndex) }, on: tape)
        var values = [Float](repeating: -1, count: ids.count)
        for (row, value) in zip(asked, classes) { values[row - ids.startIndex] = value }
        return tape.input(values, rows: ids.count, columns: 1)
      }!
    }
    return try finite((best ?? mean).map { withWeights($0, read) } ?? read()).map(Int32.init)
  }

  func finite(_ outputs: [Float]) throws -> [Float] {
    guard outputs.allSatisfy(\.isFinite) else { throw ModelError.notFinite(quantity: "logits", step: step) }
    return outputs
  }

  /// The outputs of other weights than the newest; of these where there are none.
  func outputs(of data: LabelledTokens, by weights: [ParameterBuffer]? = nil) -> [Float] {
    if let weights { return withWeights(weights) { outputs(of: data) } }
    return evaluate(data, columns: setup.head.labels.outputs, isCancelled: { _ in false }) {
      path.outputs($0, head: setup.head, on: $1, dropout: nil)
    }!
  }

  /// The rows of `columns` numbers that `record` makes of examples; see `Evaluation`.
  func evaluate(
    _ data: LabelledTokens, columns: Int, isCancelled: (_ finished: Int) -> Bool,
    _ record: (_ ids: ArraySlice<Int32>, Tape) -> TapeValue
  ) -> [Float]? {
    Evaluation(tapes: shards.tapes, workers: shards.workers, tokens: setup.evaluationTokens).rows(
      of: data.tokens, group: setup.head.group, byToken: setup.head.isOfTokens, columns: columns,
      isCancelled: isCancelled, record)
  }

  /// Examples, or tokens where labels are of tokens.
  func rows(of data: LabelledTokens) -> Int { setup.head.isOfTokens ? data.tokens.ids.count : data.count }

  /// The mean loss of outputs, every label that counts counting the same.
  static func loss(_ outputs: [Float], _ targets: Targets) -> Double {
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
}
