import CKernels
package import Tensors

struct ScatterRowsOp {
  let x: TapeValue
  /// The places of the chosen rows, and of all others, among the tape's integers.
  let chosen: Range<Int>
  let others: Range<Int>
  let filling: Parameter
  let y: TapeValue
}

extension Tape {
  /// y[chosen[i]] = x[i], and `filling`, 1 x C, in all other rows: y has as many as the tape's division. `chosen` is
  /// ascending.
  package func scatterRows(_ x: TapeValue, _ chosen: [Int32], filling: Parameter) -> TapeValue {
    precondition(
      chosen.count == x.rows && filling.shape == [1, x.columns] && chosen.last ?? 0 < max(1, rows),
      "scatter \(x) to \(rows) rows")
    var (others, next) = ([Int32](), 0)
    for row in 0..<Int32(rows) {
      if next < chosen.count, chosen[next] == row { next += 1 } else { others.append(row) }
    }
    let (keptChosen, keptOthers) = (keep(chosen), keep(others))
    let (C, y) = (x.columns, makeValue(rows: rows, columns: x.columns, with: filling))
    let (source, target, fill) = (pointer(x), pointer(y), weights(filling))
    for (i, row) in chosen.enumerated() { (target + Int(row) * C).update(from: source + i * C, count: C) }
    for row in others { (target + Int(row) * C).update(from: fill, count: C) }
    record(ScatterRowsOp(x: x, chosen: keptChosen, others: keptOthers, filling: filling, y: y))
    return y
  }

  /// Divides rows that were chosen from the division in force, ascending, as the sequences that they came from; each
  /// keeps its place there.
  package func divide(among chosen: [Int32]) {
    let before = starts
    var lengths = [Int](repeating: 0, count: sequences)
    var (places, sequence) = ([Int32](), 0)
    places.reserveCapacity(chosen.count)
    for row in chosen {
      while row >= before[sequence + 1] { sequence += 1 }
      lengths[sequence] += 1
      places.append(row - before[sequence])
    }
    divide(lengths, places: places)
  }
}

extension ScatterRowsOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (dx, accumulate) = tape.gradientForWriting(x)
    let (C, dy, filled) = (y.columns, tape.gradient(y)!, tape.weightGradients(filling))
    for (i, row) in tape.integers[chosen].enumerated() {
      let (target, source) = (dx + i * C, dy + Int(row) * C)
      if accumulate { kernel_add(source, target, Int64(C)) } else { target.update(from: source, count: C) }
    }
    for row in tape.integers[others] { kernel_add(dy + Int(row) * C, filled, Int64(C)) }
    tape.releaseGradient(y)
  }
}

extension Reference {
  package static func scatterRows(
    _ x: [Float], _ chosen: [Int32], rows: Int, filling: [Float]
  ) -> [Float] {
    (0..<Int32(rows)).flatMap { row in
      chosen.firstIndex(of: row).map { Array(x[$0 * filling.count..<($0 + 1) * filling.count]) } ?? filling
    }
  }
}
