import Arithmetic
import CKernels
import Glibc
package import Tensors

struct SelectiveScanOp {
  let u: TapeValue
  let gate: TapeValue
  let projected: TapeValue
  let parameters: SelectiveScanParameters
  let residual: TapeValue?
  let reversed: Bool
  let y: TapeValue
  /// In the value arena: R x E time steps before bias and softplus.
  let steps: Int
  /// In the value arena: the states before every span of tokens.
  let states: Int
}

extension Tape {
  /// The selective scan of Mamba (Gu and Dao 2023, algorithm 2), with its gate:
  /// h_t = exp(delta_t A) h_(t-1) + delta_t u_t B_t, y_t = (C_t . h_t + D u_t) SiLU(gate_t) (+ residual_t).
  ///
  /// `u` and `gate` are R x E. `projected` is R x (rank + 2N): of each row, rank numbers from which
  /// delta = softplus(W_step r + b_step) follows, then B, then C. Each sequence starts from h = 0 at its first token,
  /// `reversed` at its last. Only the states before every 32nd token are kept.
  package func selectiveScan(
    _ u: TapeValue, gate: TapeValue, projected: TapeValue, parameters: SelectiveScanParameters,
    residual: TapeValue? = nil, reversed: Bool
  ) -> TapeValue {
    let channels = u.columns
    let (rank, count) = (parameters.stepWeight.shape[1], parameters.logA.shape[0])
    precondition(
      gate.columns == channels && projected.columns == rank + 2 * count
        && parameters.stepWeight.shape[0] == channels && parameters.logA.shape == [count, channels],
      "selectiveScan: \(channels) channels by \(parameters)")
    let y = makeValue(rows: u.rows, columns: channels, with: parameters.stepWeight)
    let op = SelectiveScanOp(
      u: u, gate: gate, projected: projected, parameters: parameters, residual: residual, reversed: reversed, y: y,
      steps: reserve(u.rows * channels),
      states: reserve(Int(kernel_scan_states(starts, Int64(sequences), Int64(channels), Int64(count)))))
    GEMM.multiply(
      u.rows, channels, rank, pointer(projected), projected.columns,
      packed(parameters.stepWeight, rank, channels, stride: rank, transposed: true), values.base + op.steps, channels)
    withScan(op, carried: carriedStates(channels, count)) {
      kernel_selective_scan($0, residual.map { UnsafePointer(pointer($0)) }, pointer(y))
    }
    record(op)
    if !isTraining { release(to: op.steps) }
    return y
  }
}

extension SelectiveScanOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil, y.rows > 0 else { return }
    let (_, accumulateU) = tape.gradientForWriting(u)
    let (_, accumulateGate) = tape.gradientForWriting(gate)
    let (_, accumulate) = tape.gradientForWriting(projected)
    precondition(!accumulate, "a scan's projection feeds nothing else")
    let (channels, columns, rank) = (u.columns, projected.columns, parameters.stepWeight.shape[1])
    let scratch = tape.reserve(u.rows * channels)
    tape.withScan(self) { scan in
      var gradients = kernel_scan_gradients(
        du: tape.gradient(u)!, dz: tape.gradient(gate)!, dsteps: tape.values.base + scratch,
        dprojected: tape.gradient(projected)!, dstepBias: tape.weightGradients(parameters.stepBias),
        dD: tape.weightGradients(parameters.skip), dlogA: tape.weightGradients(parameters.logA),
        accumulateU: accumulateU,
        accumulateZ: accumulateGate)
      kernel_selective_scan_backward(scan, tape.gradient(y)!, &gradients)
    }
    let dsteps = tape.values.base + scratch
    let dw = tape.weightGradients(parameters.stepWeight)
    GEMM.multiply(
      channels, rank, u.rows, dsteps, channels, transposeA: true, tape.pointer(projected), columns, dw, rank,
      initial: dw, half: tape.half)
    GEMM.multiply(
      u.rows, rank, channels, dsteps, channels,
      tape.packed(parameters.stepWeight, channels, rank, stride: rank, transposed: false), tape.gradient(projected)!,
      columns)
    tape.release(to: scratch)
    if let residual {
      tape.passGradient(from: y, to: residual, releasing: true)
    } else {
      tape.releaseGradient(y)
    }
  }
}

extension Tape {
  /// The states of sequences that go on.
  private func carriedStates(_ channels: Int, _ count: Int) -> [UnsafeMutablePointer<Float>?] {
    let columns = Int(kernel_scan_carried(Int64(channels), Int64(count)))
    return keptRows(columns: columns, most: 1).map { kept in
      if kept.count == 0 { kept.appendZeros(1) }
      return kept.base
    }
  }

  /// The op as the kernels take it, with scratch room.
  /// - Parameter carried: states of sequences that go on, which are changed; empty: all are whole.
  fileprivate func withScan(
    _ op: SelectiveScanOp, carried: [UnsafeMutablePointer<Float>?] = [], _ body: (UnsafePointer<kernel_scan>) -> Void
  ) {
    let parameters = op.parameters
    let (channels, count) = (Int64(op.u.columns), Int64(parameters.logA.shape[0]))
    let scratch = reserve(Int(kernel_scan_scratch(channels, count)))
    starts.withUnsafeBufferPointer { starts in
      carried.withUnsafeBufferPointer { carried in
        var scan = kernel_scan(
          u: pointer(op.u), z: pointer(op.gate), steps: values.base + op.steps, projected: pointer(op.projected),
          stepBias: weights(parameters.stepBias), D: weights(parameters.skip), logA: weights(parameters.logA),
          starts: starts.baseAddress, B: Int64(sequences), E: channels, N: count,
          rank: Int64(parameters.stepWeight.shape[1]), reversed: op.reversed, states: values.base + op.states,
          carried: carried.isEmpty ? nil : carried.baseAddress, scratch: values.base + scratch)
        body(&scan)
      }
    }
    release(to: scratch)
  }
}

extension Reference {
  /// `steps` is rows x channels, time steps after the softplus; `states` A, channels x N, negative; B and C rows x N.
  package static func selectiveScan(
    u: [Float], gate: [Float], steps: [Double], a: [Double], b: [Float], c: [Float], skip: [Float], lengths: [Int],
    reversed: Bool
  ) -> [Float] {
    let channels = skip.count
    let count = a.count / channels
    var y = u
    var start = 0
    for length in lengths {
      for channel in 0..<channels {
        var h = [Double](repeating: 0, count: count)
        for k in 0..<length {
          let row = start + (reversed ? length - 1 - k : k)
          let at = row * channels + channel
          var sum = Double(skip[channel]) * Double(u[at])
          for n in 0..<count {
            let decay = exp(steps[at] * a[channel * count + n])
            h[n] = decay * h[n] + steps[at] * Double(u[at]) * Double(b[row * count + n])
            sum += Double(c[row * count + n]) * h[n]
          }
          y[at] = Float(sum * Double(gate[at]) / (1 + exp(-Double(gate[at]))))
        }
      }
      start += length
    }
    return y
  }
}
