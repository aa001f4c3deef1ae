import Blocks
import Tensors

extension Path {
  /// How far features reach: for every token of one sequence, the sum of squares of the gradient, with respect to its
  /// embedding, of the features at the token `row`, behind the last norm, along `direction` (Luo et al. 2016, whose
  /// gradient starts at one unit). The mean over directions of independent signs is the sum of squares of all
  /// derivatives. Embeddings are those behind a stem, and of both streams.
  ///
  /// - Parameters:
  ///   - ids: the sequence, on a tape that began with its length, for training.
  ///   - direction: a number for each feature.
  func reach(_ ids: ArraySlice<Int32>, of row: Int, along direction: [Float], on tape: Tape) -> [Double] {
    let bound = bind(to: tape)
    // Values that no op has made keep their gradients.
    let given = { (value: TapeValue) in tape.input(tape.array(value), rows: value.rows, columns: value.columns) }
    let x = given(placed(bound.embedding.forward(ids, on: tape), bound.positions, tape))
    let gate = bound.gate.map { given($0.forward(ids, on: tape)) }
    let features = chosen(mixed(x, gate: gate, bound, tape), [Int32(row)], tape)
    tape.backward(seeds: [(tape.normalize(features, bound.norm), direction)])
    var sums = [Double](repeating: 0, count: ids.count)
    for value in [x, gate].compactMap(\.self) {
      guard let gradient = tape.gradientArray(value) else { continue }
      for token in sums.indices {
        for number in gradient[token * value.columns..<(token + 1) * value.columns] {
          sums[token] += Double(number) * Double(number)
        }
      }
    }
    return sums
  }
}
