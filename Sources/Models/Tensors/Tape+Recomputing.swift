import Arithmetic

/// A part of a step whose values are made anew for its backward pass.
private struct RecomputedOp: Op {
  let inputs: [TapeValue]
  /// Values that the part has made; nil where it passes an input on.
  let outputs: [TapeValue?]
  let body: ([TapeValue]) -> [TapeValue]

  func backward(on tape: Tape) {
    guard outputs.contains(where: { $0.map { tape.gradient($0) != nil } ?? false }) else { return }
    let mark = tape.mark
    let results = body(inputs)
    for (output, result) in zip(outputs, results) {
      if let output { tape.passGradient(from: output, to: result, releasing: true) }
    }
    tape.runBackward(from: mark)
    tape.forget(since: mark)
  }
}

extension Tape {
  /// The values that `body` makes of others. Without a backward pass, only the inputs and results keep their room; so
  /// on a tape that recomputes, whose backward pass runs `body` once more: the same numbers, for one more forward pass
  /// (Chen et al. 2016, arXiv:1604.06174). `body` makes no other division of rows.
  package func recomputed(
    _ inputs: [TapeValue], _ body: @escaping ([TapeValue]) -> [TapeValue]
  ) -> [TapeValue] {
    guard recomputes || !isTraining else { return body(inputs) }
    let mark = mark
    let results = body(inputs)
    precondition(division == mark.division, "a part that divides rows otherwise cannot be computed anew")
    let made = results.map { result in result.index >= mark.values ? result : nil }
    let places = made.map { $0.map { valueOffsets[$0.index] } }
    let origin = made.map { $0.map { origins[$0.index] } }
    forget(since: mark)
    // Results move to the front, the first of them first: none is written over before it has moved.
    var moved = [TapeValue?](repeating: nil, count: made.count)
    let order = made.indices.filter { made[$0] != nil }.sorted { places[$0]! < places[$1]! }
    for index in order {
      guard let value = made[index], let place = places[index], let origin = origin[index] else { continue }
      let output = makeValue(rows: value.rows, columns: value.columns)
      origins[output.index] = origin
      pointer(output).update(from: values.base + place, count: value.rows * value.columns)
      moved[index] = output
    }
    record(RecomputedOp(inputs: inputs, outputs: moved, body: body))
    return zip(moved, results).map { $0 ?? $1 }
  }

  /// How far a step has come.
  fileprivate struct Mark {
    let values: Int
    let valueEnd: Int
    let ops: Int
    let integers: Int
    let division: Int
  }

  fileprivate var mark: Mark {
    Mark(
      values: valueOffsets.count, valueEnd: valueEnd, ops: ops.count, integers: integers.count, division: division)
  }

  /// Takes back all that has been made since.
  fileprivate func forget(since mark: Mark) {
    valueEnd = mark.valueEnd
    valueOffsets.removeSubrange(mark.values...)
    gradientOffsets.removeSubrange(mark.values...)
    gradientInPlace.removeSubrange(mark.values...)
    origins.removeSubrange(mark.values...)
    ops.removeSubrange(mark.ops...)
    integers.removeSubrange(mark.integers...)
  }

  /// Runs the ops backward that were recorded since.
  fileprivate func runBackward(from mark: Mark) {
    for (op, division) in ops[mark.ops...].reversed() {
      self.division = division
      op.backward(on: self)
    }
  }
}
