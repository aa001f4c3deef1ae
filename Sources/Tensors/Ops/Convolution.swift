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
}

struct ConvolutionOp {
  let x: TapeValue
  let weight: Parameter
  let shape: ConvolutionShape
  let groups: Int
  let y: TapeValue
}

extension Tape {
  /// y[t] = sum over taps j of W[:, j, :] x[t + j * dilation - left], zero beyond the sequence; no bias (the activation
  /// adds it). `weight` is out x taps x in / groups: the outputs of a group see its inputs only. The rows of several
  /// tokens are unfolded at a time, then one product, or one for each group and tap.
  package func convolution(
    _ x: TapeValue, weight: Parameter, shape: ConvolutionShape, groups: Int = 1
  ) -> TapeValue {
    precondition(
      weight.shape.count == 3 && weight.shape[1] == shape.taps && weight.shape[2] * groups == x.columns
        && weight.shape[0] % groups == 0, "convolution: \(x.columns) features by \(weight.shape), \(groups) groups")
    let y = makeValue(rows: x.rows, columns: weight.shape[0])
    let op = ConvolutionOp(x: x, weight: weight, shape: shape, groups: groups, y: y)
    let width = shape.taps * x.columns
    let chunk = chunkRows(width)
    let scratch = reserve(chunk * width)
    for first in stride(from: 0, to: x.rows, by: chunk) {
      let end = min(first + chunk, x.rows)
      let columns = values.base + scratch
      unfold(x, shape, into: columns, first..<end)
      for product in products(op) {
        BLAS.multiply(
          end - first, y.columns / groups, product.depth, columns + product.column, width,
          weights(weight) + product.weight, width / groups, transposeB: true,
          pointer(y) + first * y.columns + product.output, y.columns, accumulate: product.accumulate)
      }
    }
    release(to: scratch)
    if isTraining { ops.append(.convolution(op)) }
    return y
  }

  /// dW += dyᵀ unfold(x); dx += fold(dy W).
  func convolutionBackward(_ op: ConvolutionOp) {
    guard gradient(op.y) != nil else { return }
    let (dx, accumulate) = gradientForWriting(op.x)
    let dy = gradient(op.y)!
    if !accumulate { dx.update(repeating: 0, count: op.x.rows * op.x.columns) }
    let (width, out) = (op.shape.taps * op.x.columns, op.y.columns)
    let chunk = chunkRows(width)
    let scratch = reserve(chunk * width)
    for first in stride(from: 0, to: op.x.rows, by: chunk) {
      let end = min(first + chunk, op.x.rows)
      let columns = values.base + scratch
      unfold(op.x, op.shape, into: columns, first..<end)
      for product in products(op) {
        let (dpart, part) = (dy + first * out + product.output, columns + product.column)
        BLAS.multiply(
          out / op.groups, product.depth, end - first, dpart, out, transposeA: true, part, width,
          weightGradients(op.weight) + product.weight, width / op.groups, accumulate: true)
        BLAS.multiply(
          end - first, product.depth, out / op.groups, dpart, out, weights(op.weight) + product.weight,
          width / op.groups, part, width, accumulate: false)
      }
      kernel_fold(
        columns, dx, starts, Int64(sequences), Int64(op.x.columns), Int64(op.shape.taps), Int64(op.shape.dilation),
        Int64(op.shape.left), Int64(first), Int64(end))
    }
    release(to: scratch)
    releaseGradient(op.y)
  }

  /// A product of unfolded columns and weights: where each begins, and how many columns it takes.
  private struct Product {
    let column: Int
    let weight: Int
    let output: Int
    let depth: Int
    /// Whether it adds to the output of the one before.
    let accumulate: Bool
  }

  /// One product of all columns; with groups, one for each group and tap, whose columns are neighbours.
  private func products(_ op: ConvolutionOp) -> some Sequence<Product> {
    let (taps, columns) = (op.groups == 1 ? 1 : op.shape.taps, op.x.columns / op.groups)
    let depth = op.groups == 1 ? op.shape.taps * columns : columns
    return (0..<op.groups * taps).lazy.map { number in
      let (group, tap) = (number / taps, number % taps)
      let out = op.y.columns / op.groups * group
      return Product(
        column: tap * op.x.columns + group * columns, weight: out * op.shape.taps * columns + tap * columns,
        output: out, depth: depth, accumulate: tap > 0)
    }
  }

  private func unfold(
    _ x: TapeValue, _ shape: ConvolutionShape, into columns: UnsafeMutablePointer<Float>, _ rows: Range<Int>
  ) {
    kernel_unfold(
      pointer(x), columns, starts, Int64(sequences), Int64(x.columns), Int64(shape.taps), Int64(shape.dilation),
      Int64(shape.left), Int64(rows.lowerBound), Int64(rows.upperBound))
  }

  /// Rows unfolded at a time: about a megabyte. A function of the shape alone, since it may change the bits.
  private func chunkRows(_ width: Int) -> Int { max(64, (1 << 18) / width) }
}

extension Reference {
  package static func convolution(
    _ x: [Float], _ w: [Float], lengths: [Int], out: Int, columns: Int, shape: ConvolutionShape,
    groups: Int = 1
  ) -> [Float] {
    let inputs = columns / groups
    var y = [Float](repeating: 0, count: lengths.reduce(0, +) * out)
    var start = 0
    for length in lengths {
      for t in 0..<length {
        for o in 0..<out {
          var sum = 0.0
          for j in 0..<shape.taps {
            let source = t + j * shape.dilation - shape.left
            guard source >= 0 && source < length else { continue }
            let band = o / (out / groups) * inputs
            for c in 0..<inputs {
              sum += Double(w[(o * shape.taps + j) * inputs + c]) * Double(x[(start + source) * columns + band + c])
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
