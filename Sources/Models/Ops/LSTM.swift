import Arithmetic
import CKernels
import Glibc
package import Tensors

struct LSTMOp {
  let gates: TapeValue
  let weight: Parameter
  let directions: Int
  let y: TapeValue
  /// In the value arena: R x (directions * g) cells.
  let cells: Int
  /// In the tape's integers: the sequences by falling length.
  let order: Range<Int>

  /// Units of one direction.
  var units: Int { y.columns / directions }
}

extension Tape {
  /// The recurrence of an LSTM (Hochreiter & Schmidhuber 1997, with forget gates as in PyTorch), g units a direction:
  /// (i, f, g, o) = gates_t + U h_(t-1); c_t = sigmoid(f) c_(t-1) + sigmoid(i) tanh(g); h_t = sigmoid(o) tanh(c_t).
  ///
  /// `gates` is R x (directions * 4g): what the inputs and the bias give, turned into activations in place. `weight` is
  /// (directions * 4g) x g. The second direction starts at each sequence's last token. The result is
  /// R x (directions * g). A step is one product over all sequences that are still running.
  package func lstm(_ gates: TapeValue, weight: Parameter, directions: Int) -> TapeValue {
    let g = weight.shape[1]
    precondition(
      weight.shape[0] == gates.columns && gates.columns == directions * 4 * g,
      "lstm: \(gates.columns) gates by \(weight.shape), \(directions) directions")
    let y = makeValue(rows: gates.rows, columns: directions * g, with: weight)
    if isContinued {
      continueLSTM(gates, weight: weight, into: y)
      return y
    }
    let op = LSTMOp(
      gates: gates, weight: weight, directions: directions, y: y, cells: reserve(gates.rows * directions * g),
      order: keep(repeatElement(0, count: sequences)))
    integers.withUnsafeMutableBufferPointer {
      kernel_order_by_length(starts, $0.baseAddress! + op.order.lowerBound, Int64(sequences))
    }
    let scratch = reserve(sequences * 5 * g)
    let (hidden, recurrent) = (values.base + scratch, values.base + scratch + sequences * g)
    for direction in 0..<directions {
      let matrix = packed(weight, from: direction * 4 * g * g, g, 4 * g, stride: g, transposed: true)
      forEachStep(op, backward: false) { step, running, order in
        if step > 0 { GEMM.multiply(running, 4 * g, g, hidden, g, matrix, recurrent, 4 * g) }
        kernel_lstm_step(
          pointer(gates) + direction * 4 * g, Int64(gates.columns), recurrent, values.base + op.cells + direction * g,
          pointer(y) + direction * g, Int64(y.columns), hidden, starts, order, Int64(running), Int64(g), Int64(step),
          direction == 1)
      }
    }
    release(to: isTraining ? scratch : op.cells)
    record(op)
    return y
  }
}

extension Tape {
  /// The recurrence of each sequence from the hidden numbers and cells that it has left; one direction.
  private func continueLSTM(_ gates: TapeValue, weight: Parameter, into y: TapeValue) {
    let (g, scratch) = (y.columns, valueEnd)
    let matrix = packed(weight, g, 4 * g, stride: g, transposed: true)
    for (b, kept) in keptRows(columns: g, most: 2).enumerated() {
      if kept.count == 0 { kept.appendZeros(2) }
      let (first, count) = (Int(starts[b]), Int(starts[b + 1] - starts[b]))
      let room = (reserve((count + 1) * g), reserve(4 * g))
      let (cells, recurrent) = (values.base + room.0, values.base + room.1)
      let hidden = kept.base
      cells.update(from: hidden + g, count: g)
      // Row 0 of the kernel's sequence is the one before, of which the cells alone are read.
      for step in stride(from: 1, through: count, by: 1) {
        GEMM.multiply(1, 4 * g, g, hidden, g, matrix, recurrent, 4 * g)
        kernel_lstm_step(
          pointer(gates) + (first - 1) * 4 * g, Int64(4 * g), recurrent, cells, pointer(y) + (first - 1) * g, Int64(g),
          hidden, [0, Int32(count + 1)], [0], 1, Int64(g), Int64(step), false)
      }
      (hidden + g).update(from: cells + count * g, count: g)
      release(to: scratch)
    }
  }
}

extension LSTMOp: Op {
  /// Steps from the last to the first; the gates become their own gradients. dU += dgatesᵀ h_(t-1) over all steps.
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil, y.rows > 0 else { return }
    precondition(tape.gradient(gates) == nil, "an LSTM's gates feed nothing else")
    tape.gradientInPlace[gates.index] = true
    let (g, rows) = (units, y.rows)
    let scratch = tape.reserve(max(tape.sequences * 6 * g, rows * g))
    // After the room: an arena that grows moves.
    let dy = tape.gradient(y)!
    for direction in 0..<directions {
      let dgates = tape.pointer(gates) + direction * 4 * g
      let (dhidden, dcell) = (tape.values.base + scratch, tape.values.base + scratch + tape.sequences * g)
      let drecurrent = dcell + tape.sequences * g
      dhidden.update(repeating: 0, count: 2 * tape.sequences * g)
      let matrix = tape.packed(weight, from: direction * 4 * g * g, 4 * g, g, stride: g, transposed: false)
      tape.forEachStep(self, backward: true) { step, running, order in
        kernel_lstm_step_backward(
          dy + direction * g, dgates, Int64(gates.columns), tape.values.base + cells + direction * g,
          Int64(y.columns), dhidden, dcell, drecurrent, tape.starts, order, Int64(running), Int64(g), Int64(step),
          direction == 1)
        if step > 0 { GEMM.multiply(running, g, 4 * g, drecurrent, 4 * g, matrix, dhidden, g) }
      }
      let previous = tape.values.base + scratch
      kernel_lstm_previous(
        tape.pointer(y) + direction * g, Int64(y.columns), previous, tape.starts, Int64(tape.sequences), Int64(g),
        direction == 1)
      let dw = tape.weightGradients(weight) + direction * 4 * g * g
      GEMM.multiply(
        4 * g, g, rows, dgates, gates.columns, transposeA: true, previous, g, dw, g, initial: dw,
        half: tape.half)
    }
    tape.release(to: scratch)
    tape.releaseGradient(y)
  }
}

extension Tape {
  /// Every step of the longest sequence, with how many sequences have it (the first so many of `order`).
  fileprivate func forEachStep(
    _ op: LSTMOp, backward: Bool, _ body: (_ step: Int, _ running: Int, _ order: UnsafePointer<Int32>) -> Void
  ) {
    if sequences == 0 { return }
    integers.withUnsafeBufferPointer { integers in
      let order = integers.baseAddress! + op.order.lowerBound
      let length = { (rank: Int) in Int(self.starts[Int(order[rank]) + 1] - self.starts[Int(order[rank])]) }
      let steps = length(0)
      var running = backward ? 0 : sequences
      for index in 0..<steps {
        let step = backward ? steps - 1 - index : index
        while !backward, length(running - 1) <= step { running -= 1 }
        while backward, running < sequences, length(running) > step { running += 1 }
        body(step, running, order)
      }
    }
  }
}

extension Reference {
  /// `u` is (directions * 4g) x g.
  package static func lstm(_ gates: [Float], _ u: [Float], lengths: [Int], directions: Int, g: Int) -> [Float] {
    let h = directions * g
    var y = [Float](repeating: 0, count: gates.count / 4)
    var start = 0
    for length in lengths {
      for direction in 0..<directions {
        var hidden = [Double](repeating: 0, count: g)
        var cell = hidden
        for k in 0..<length {
          let row = start + (direction == 1 ? length - 1 - k : k)
          let v = (0..<4 * g).map { j in
            let place = direction * 4 * g + j
            return (0..<g).reduce(Double(gates[row * 4 * h + place])) { $0 + Double(u[place * g + $1]) * hidden[$1] }
          }
          for i in 0..<g {
            cell[i] = cell[i] / (1 + exp(-v[g + i])) + tanh(v[2 * g + i]) / (1 + exp(-v[i]))
            hidden[i] = tanh(cell[i]) / (1 + exp(-v[3 * g + i]))
            y[row * h + direction * g + i] = Float(hidden[i])
          }
        }
      }
      start += length
    }
    return y
  }
}
