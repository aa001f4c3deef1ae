import CKernels

/// The extent of a convolution over the tokens of a sequence.
package struct ConvolutionShape: Hashable, Sendable {
  /// Weights along the sequence.
  package let taps: Int
  /// Tokens between neighbouring taps.
  package let dilation: Int
  /// Tokens that the first tap lies before the output: the whole reach when causal, half of it otherwise.
  package let left: Int
  package init(taps: Int, dilation: Int, causal: Bool) {
    precondition(taps > 0 && dilation > 0, "convolution of \(taps) taps, dilation \(dilation)")
    self.taps = taps
    self.dilation = dilation
    let reach = (taps - 1) * dilation
    left = causal ? reach : reach / 2
  }

  /// Tokens from the first tap to the last.
  var reach: Int { (taps - 1) * dilation }
  /// Taps whose tokens are neighbours, and so lie one after another in memory: all of them, or each alone.
  var runs: [Range<Int>] { dilation == 1 ? [0..<taps] : (0..<taps).map { $0..<$0 + 1 } }
}

struct ConvolutionOp {
  let x: TapeValue
  let weight: Parameter
  let shape: ConvolutionShape
  let y: TapeValue
}

extension Tape {
  /// y[t] = sum over taps j of W[:, j, :] x[t + j * dilation - left], zero beyond the sequence; no bias (the activation
  /// adds it). `weight` is out x taps x in. Between rows of zeros, the tokens that an output sees lie one after
  /// another, so the convolution is a product whose rows overlap: nothing is unfolded.
  package func convolution(_ x: TapeValue, weight: Parameter, shape: ConvolutionShape) -> TapeValue {
    precondition(
      weight.shape.count == 3 && weight.shape[1] == shape.taps && weight.shape[2] == x.columns,
      "convolution: \(x.columns) features by \(weight.shape)")
    let y = makeValue(rows: x.rows, columns: weight.shape[0])
    let (width, scratch) = (shape.taps * x.columns, valueEnd)
    let padded = reservePadded(x.columns, shape)
    let packed = reserve(GEMM.packedCount(width, y.columns))
    pad(pointer(x), x.columns, shape, into: padded)
    for taps in shape.runs {
      let first = taps.lowerBound * x.columns
      let matrix = GEMM.pack(
        taps.count * x.columns, y.columns, weights(weight) + first, width, transpose: true, half: half,
        into: values.base + packed)
      slide(padded, x.columns, taps, shape, left: shape.left, by: matrix, pointer(y), add: first > 0)
    }
    release(to: scratch)
    if isTraining { ops.append(.convolution(ConvolutionOp(x: x, weight: weight, shape: shape, y: y))) }
    return y
  }

  /// dW[:, j, :] += sum over t of dy[t] x[t + j * dilation - left]; dx is dy's convolution with the taps in reverse.
  func convolutionBackward(_ op: ConvolutionOp) {
    guard gradient(op.y) != nil else { return }
    let (dx, accumulate) = gradientForWriting(op.x)
    let dy = gradient(op.y)!
    let (shape, columns, out, scratch) = (op.shape, op.x.columns, op.y.columns, valueEnd)
    let width = shape.taps * columns
    let paddedX = reservePadded(columns, shape)
    let paddedY = reservePadded(out, shape)
    let reversed = reserve(out * width)
    let packed = reserve(GEMM.packedCount(shape.taps * out, columns))
    pad(pointer(op.x), columns, shape, into: paddedX)
    pad(dy, out, shape, into: paddedY)
    let rows = op.x.rows + (sequences - 1) * shape.reach
    for taps in shape.runs where rows > 0 {
      let dw = weightGradients(op.weight) + taps.lowerBound * columns
      let from = shape.reach - shape.left + taps.lowerBound * shape.dilation
      GEMM.multiply(
        out, taps.count * columns, rows, values.base + paddedY + shape.reach * out, out, transposeA: true,
        values.base + paddedX + from * columns, columns, dw, width, initial: dw, half: half)
    }
    kernel_reverse_taps(
      weights(op.weight), Int64(out), Int64(shape.taps), Int64(columns), values.base + reversed)
    for taps in shape.runs {
      let first = taps.lowerBound * out * columns
      let matrix = GEMM.pack(
        taps.count * out, columns, values.base + reversed + first, columns, transpose: false, half: half,
        into: values.base + packed)
      slide(
        paddedY, out, taps, shape, left: shape.reach - shape.left, by: matrix, dx, add: accumulate || first > 0)
    }
    release(to: scratch)
    releaseGradient(op.y)
  }

  /// Rows of zeros as long as the reach before, between and after the sequences.
  private func reservePadded(_ columns: Int, _ shape: ConvolutionShape) -> Int {
    reserve((rows + (sequences + 1) * shape.reach) * columns)
  }

  private func pad(_ x: UnsafePointer<Float>, _ columns: Int, _ shape: ConvolutionShape, into padded: Int) {
    kernel_pad(x, starts, Int64(sequences), Int64(columns), Int64(shape.reach), values.base + padded)
  }

  /// y[t] (+)= the padded tokens that `taps` see from t, `columns` numbers each, times `matrix`.
  private func slide(
    _ padded: Int, _ columns: Int, _ taps: Range<Int>, _ shape: ConvolutionShape, left: Int,
    by matrix: GEMM.Packed, _ y: UnsafeMutablePointer<Float>, add: Bool
  ) {
    for b in 0..<sequences {
      let (first, count) = (Int(starts[b]), Int(starts[b + 1] - starts[b]))
      let from = first + (b + 1) * shape.reach - left + taps.lowerBound * shape.dilation
      let c = y + first * matrix.n
      GEMM.multiply(
        count, matrix.n, matrix.k, values.base + padded + from * columns, columns, matrix, c, matrix.n,
        initial: add ? c : nil)
    }
  }
}

extension Reference {
  package static func convolution(
    _ x: [Float], _ w: [Float], lengths: [Int], out: Int, columns: Int, shape: ConvolutionShape
  ) -> [Float] {
    var y = [Float](repeating: 0, count: lengths.reduce(0, +) * out)
    var start = 0
    for length in lengths {
      for t in 0..<length {
        for o in 0..<out {
          var sum = 0.0
          for j in 0..<shape.taps {
            let source = t + j * shape.dilation - shape.left
            guard source >= 0 && source < length else { continue }
            for c in 0..<columns {
              sum += Double(w[(o * shape.taps + j) * columns + c]) * Double(x[(start + source) * columns + c])
            }
          }
          y[(start + t) * out + o] = Float(sum)
        }
      }
      start += length
    }
    return y
  }
}
