import Arithmetic
import CKernels
package import Tensors

struct LongConvolutionOp {
  let u: TapeValue
  let filter: TapeValue
  let reversed: TapeValue?
  let bias: Parameter
  let y: TapeValue
}

extension Tape {
  /// Hyena's long convolution between its two gates (Poli et al. 2023, order 2): `u` is R x 3C, the columns of x0, x1
  /// and v, and y[t] = x0[t] * (bias w[t] + sum over s <= t of filter[t - s] w[s] + sum over s >= t of
  /// reversed[s - t] w[s]), w = x1 * v, per channel and within each sequence. Without `reversed` it is causal. Filters
  /// are lags x C, with at least as many lags as the longest sequence has tokens.
  ///
  /// One transform of N >= length complex points per sequence and direction of the product does it, both filters
  /// included (CKernels/fft.c). N depends on the sequence's own length alone. Nothing but y is kept: backward
  /// transforms again, which is cheaper than memory.
  package func longConvolution(_ u: TapeValue, filter: TapeValue, reversed: TapeValue? = nil, bias: Parameter)
    -> TapeValue
  {
    let C = u.columns / 3
    precondition(
      u.columns == 3 * C && filter.columns == C && filter.rows >= longestSequence && bias.shape == [C]
        && reversed.map { $0.columns == C && $0.rows == filter.rows } ?? true,
      "long convolution: \(u.columns) features by filters of \(filter.rows) x \(filter.columns)")
    let y = makeValue(rows: u.rows, columns: C, with: bias)
    let op = LongConvolutionOp(u: u, filter: filter, reversed: reversed, bias: bias, y: y)
    forEachLength(op) { kernel, table, N in
      kernel_long_convolution_forward(&kernel, table, N, pointer(y))
    }
    record(op)
    return y
  }
}

extension LongConvolutionOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (_, accumulate) = tape.gradientForWriting(u)
    precondition(!accumulate, "a long convolution's input feeds nothing else")
    for filter in [filter, reversed].compactMap(\.self) {
      let (dfilter, accumulate) = tape.gradientForWriting(filter)
      if !accumulate { dfilter.update(repeating: 0, count: filter.rows * filter.columns) }
    }
    // Only now: asking for a gradient's room may move the others.
    var to = kernel_long_convolution_gradients(
      du: tape.gradient(u)!, dfilter: tape.gradient(filter)!, dreversed: reversed.flatMap { tape.gradient($0) },
      dbias: tape.weightGradients(bias))
    tape.forEachLength(self) { kernel, table, N in
      kernel_long_convolution_backward(&kernel, table, N, tape.gradient(y)!, &to)
    }
    tape.releaseGradient(y)
  }
}

extension Tape {
  /// Points of the transform for a sequence: the least radix * 4^k >= length, radix 2 to 7.
  static func transformLength(_ length: Int) -> Int { Int(kernel_fft_length(Int64(length))) }

  /// Every length of transform that the sequences need, ascending, with what the kernels read.
  fileprivate func forEachLength(
    _ op: LongConvolutionOp, _ body: (inout kernel_long_convolution, UnsafePointer<Float>, Int64) -> Void
  ) {
    var lengths: [Int64] = []
    for b in 0..<sequences where starts[b] < starts[b + 1] {
      let N = Int64(Self.transformLength(Int(starts[b + 1] - starts[b])))
      if !lengths.contains(N) { lengths.append(N) }
    }
    for N in lengths.sorted() {
      if transforms[Int(N)] == nil { transforms[Int(N)] = FFTTable(length: Int(N)) }
      let scratch = reserve(Int(kernel_long_convolution_scratch(N)))
      starts.withUnsafeBufferPointer { starts in
        var kernel = kernel_long_convolution(
          u: pointer(op.u), filter: pointer(op.filter), reversed: op.reversed.map { UnsafePointer(pointer($0)) },
          bias: weights(op.bias), starts: starts.baseAddress!, B: Int64(sequences), C: Int64(op.y.columns),
          lags: Int64(op.filter.rows), scratch: values.base + scratch)
        body(&kernel, transforms[Int(N)]!.floats.base, N)
      }
      release(to: scratch)
    }
  }
}

extension Reference {
  /// Sum by sum.
  package static func longConvolution(
    _ u: [Float], filter: [Float], reversed: [Float]?, bias: [Float], lengths: [Int]
  ) -> [Float] {
    let C = bias.count
    var y = [Float](repeating: 0, count: lengths.reduce(0, +) * C)
    var start = 0
    for length in lengths {
      for t in 0..<length {
        for c in 0..<C {
          func part(_ number: Int, _ s: Int) -> Double { Double(u[(start + s) * 3 * C + number * C + c]) }
          var sum = Double(bias[c]) * part(1, t) * part(2, t)
          for s in 0..<length {
            var weight = s <= t ? Double(filter[(t - s) * C + c]) : 0
            if let reversed, s >= t { weight += Double(reversed[(s - t) * C + c]) }
            sum += weight * part(1, s) * part(2, s)
          }
          y[(start + t) * C + c] = Float(part(0, t) * sum)
        }
      }
      start += length
    }
    return y
  }
}
