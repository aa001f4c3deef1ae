import Blocks
import Ops
import Tensors

extension Path {
  /// The input of each layer, and what leaves the last; without `byLayer` what enters the first. The tape has begun
  /// with the lengths of the sequences.
  ///
  /// - Parameter isEven: every token is the mean of its sequence's: as embedded, before places are told.
  func activations(_ ids: ArraySlice<Int32>, isEven: Bool = false, byLayer: Bool, on tape: Tape) -> [Activations] {
    let bound = bind(to: tape)
    let embedded = { (embedding: EmbeddingTensors) in
      let x = embedding.forward(ids, on: tape)
      return isEven ? Self.evened(x, tape) : x
    }
    var x = placed(embedded(bound.embedding), bound.positions, tape)
    var gate = bound.gate.map(embedded)
    var stride = 1
    let taken = { (depth: Int, streams: [TapeValue]) in
      Activations(
        depth: depth, stride: stride, lengths: zip(tape.starts, tape.starts.dropFirst()).map { Int($1 - $0) },
        streams: streams.map { Activations.Stream(columns: $0.columns, numbers: tape.array($0)) })
    }
    var result = [taken(0, [x] + [gate].compactMap(\.self))]
    for (index, layer) in bound.layers.enumerated() where byLayer {
      x = layer.forward(x, gate: &gate, on: tape)
      stride *= layer.stride
      result.append(taken(index + 1, [x] + [gate].compactMap(\.self)))
    }
    return result
  }

  /// Rows that are the means of their sequences' rows.
  private static func evened(_ x: TapeValue, _ tape: Tape) -> TapeValue {
    let (numbers, columns) = (tape.array(x), x.columns)
    var result = numbers
    for (start, end) in zip(tape.starts, tape.starts.dropFirst()) where end > start {
      for column in 0..<columns {
        let sum = (Int(start)..<Int(end)).reduce(0.0) { $0 + Double(numbers[$1 * columns + column]) }
        let mean = Float(sum / Double(end - start))
        for row in Int(start)..<Int(end) { result[row * columns + column] = mean }
      }
    }
    return tape.input(result, rows: x.rows, columns: columns)
  }

  /// The outputs of a task's head, a row for each example, from given activations on; and the values that hold these,
  /// which keep their gradients. The tape has begun with their lengths.
  func outputs(
    from given: Activations, head task: TaskHead, on tape: Tape
  ) -> (inputs: [TapeValue], outputs: TapeValue) {
    let bound = bind(to: tape)
    let inputs = given.streams.map { tape.input($0.numbers, rows: given.rows, columns: $0.columns) }
    var x = inputs[0]
    var gate = inputs.count > 1 ? inputs[1] : nil
    for layer in bound.layers[given.depth...] { x = layer.forward(x, gate: &gate, on: tape) }
    return (inputs, bound.head.forward(pooled(x, bound, head: task, on: tape), on: tape))
  }
}
