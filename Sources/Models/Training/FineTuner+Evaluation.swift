import System
import Tensors
import Tokens

extension FineTuner {
  /// The outputs of the best epoch's weights, one row for each example, or for each token where labels are of tokens.
  package func evaluate(_ data: LabelledTokens) throws -> [Float] {
    try finite(best.map { withWeights($0) { outputs(of: data) } } ?? outputs(of: data))
  }

  func finite(_ outputs: [Float]) throws -> [Float] {
    guard outputs.allSatisfy(\.isFinite) else { throw TrainingError.notFinite(quantity: "logits", step: step) }
    return outputs
  }

  /// The outputs of the newest weights.
  func outputs(of data: LabelledTokens) -> [Float] {
    evaluate(data, columns: setup.head.labels.outputs, isCancelled: { _ in false }) {
      path.outputs($0, head: setup.head, on: $1, dropout: nil)
    }!
  }

  /// The rows of `columns` numbers that `record` makes of examples, one for each, or for each token where labels are of
  /// tokens. As many examples as `evaluationTokens` allows are evaluated at a time, on one thread.
  ///
  /// - Parameter isCancelled: is asked now and then, with the number of finished examples; nil is returned where it
  ///   says so.
  func evaluate(
    _ data: LabelledTokens, columns: Int, isCancelled: (_ finished: Int) -> Bool,
    _ record: (_ ids: ArraySlice<Int32>, Tape) -> TapeValue
  ) -> [Float]? {
    let (group, tokens) = (setup.head.group, data.tokens)
    let batches = evaluationBatches(of: data)
    var result = [Float](repeating: 0, count: rows(of: data) * columns)
    let isComplete = result.withUnsafeMutableBufferPointer { result in
      let result = result
      for wave in stride(from: 0, to: batches.count, by: shards.tapes.count) {
        if isCancelled(batches[wave].lowerBound) { return false }
        shards.workers.run(min(shards.tapes.count, batches.count - wave)) { slot in
          let examples = batches[wave + slot]
          let range = examples.lowerBound * group..<examples.upperBound * group
          let tape = shards.tapes[slot]
          tape.begin(lengths: tokens.lengths(range), training: false)
          let rows = tokens.starts[range.lowerBound]..<tokens.starts[range.upperBound]
          let values = record(tokens.ids[rows], tape)
          let first = (setup.isOfTokens ? rows.lowerBound : examples.lowerBound) * columns
          for (i, value) in tape.array(values).enumerated() { result[first + i] = value }
        }
      }
      return true
    }
    return isComplete ? result : nil
  }

  /// Examples, or tokens where labels are of tokens.
  func rows(of data: LabelledTokens) -> Int { setup.isOfTokens ? data.tokens.ids.count : data.count }

  private func evaluationBatches(of data: LabelledTokens) -> [Range<Int>] {
    let place = { (example: Int) in data.tokens.starts[example * self.setup.head.group] }
    var batches: [Range<Int>] = []
    var first = 0
    for example in 0..<data.count
    where example + 1 == data.count || place(example + 2) - place(first) > setup.evaluationTokens {
      batches.append(first..<example + 1)
      first = example + 1
    }
    return batches
  }

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
