import Arithmetic
import CKernels
import Glibc
package import Tensors

struct DepthwiseConvolutionOp {
  let x: TapeValue
  let weight: Parameter
  let bias: Parameter?
  let shape: ConvolutionShape
  let silu: Bool
  let reversed: Bool
  let y: TapeValue
}

extension Tape {
  /// y[t, c] = bias[c] + sum over taps j of W[j, c] x[t + j * dilation - left, c], zero beyond the sequence, then SiLU
  /// when asked. `weight` is taps x C, so that neighbouring numbers belong to neighbouring channels. `reversed` is the
  /// same convolution of the sequence read from its end: x[t - j * dilation + left, c].
  package func depthwiseConvolution(
    _ x: TapeValue, weight: Parameter, bias: Parameter? = nil, shape: ConvolutionShape, silu: Bool = false,
    reversed: Bool = false
  ) -> TapeValue {
    precondition(
      weight.shape == [shape.taps, x.columns] && (bias?.shape ?? [x.columns]) == [x.columns],
      "depthwise convolution: \(x.columns) features by \(weight.shape)")
    let y = makeValue(rows: x.rows, columns: x.columns, with: weight)
    if isContinued {
      continueDepthwise(x, weight: weight, bias: bias, shape: shape, silu: silu, into: y)
      return y
    }
    kernel_depthwise(
      pointer(x), weights(weight), bias.map { UnsafePointer(weights($0)) }, pointer(y), starts, Int64(sequences),
      Int64(x.columns), Int64(shape.taps), Int64(shape.dilation), Int64(shape.left), silu, reversed)
    record(
      DepthwiseConvolutionOp(x: x, weight: weight, bias: bias, shape: shape, silu: silu, reversed: reversed, y: y))
    return y
  }
}

extension Tape {
  /// The convolution of each sequence behind the rows that it has left.
  private func continueDepthwise(
    _ x: TapeValue, weight: Parameter, bias: Parameter?, shape: ConvolutionShape, silu: Bool, into y: TapeValue
  ) {
    let (columns, scratch) = (x.columns, valueEnd)
    for (b, kept) in keptRows(columns: columns, most: shape.reach).enumerated() {
      let (first, count) = (Int(starts[b]), Int(starts[b + 1] - starts[b]))
      let all = kept.count + count
      let room = (reserve(all * columns), reserve(all * columns))
      let (input, output) = (values.base + room.0, values.base + room.1)
      input.update(from: kept.base, count: kept.count * columns)
      (input + kept.count * columns).update(from: pointer(x) + first * columns, count: count * columns)
      kernel_depthwise(
        input, weights(weight), bias.map { UnsafePointer(weights($0)) }, output, [0, Int32(all)], 1, Int64(columns),
        Int64(shape.taps), Int64(shape.dilation), Int64(shape.left), silu, false)
      (pointer(y) + first * columns).update(from: output + kept.count * columns, count: count * columns)
      kept.append(pointer(x) + first * columns, count: count)
      release(to: scratch)
    }
  }
}

extension DepthwiseConvolutionOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (dx, accumulate) = tape.gradientForWriting(x)
    if !accumulate { dx.update(repeating: 0, count: x.rows * x.columns) }
    kernel_depthwise_backward(
      tape.gradient(y)!, tape.pointer(x), tape.weights(weight), bias.map { UnsafePointer(tape.weights($0)) }, dx,
      tape.weightGradients(weight), bias.map { tape.weightGradients($0) }, tape.starts, Int64(tape.sequences),
      Int64(x.columns),
      Int64(shape.taps), Int64(shape.dilation), Int64(shape.left), silu, reversed)
    tape.releaseGradient(y)
  }
}

extension Reference {
  package static func depthwiseConvolution(
    _ x: [Float], _ w: [Float], _ bias: [Float]?, lengths: [Int], columns: Int, shape: ConvolutionShape, silu: Bool,
    reversed: Bool
  ) -> [Float] {
    var y = x
    var start = 0
    for length in lengths {
      for t in 0..<length {
        for c in 0..<columns {
          var sum = Double(bias?[c] ?? 0)
          for j in 0..<shape.taps {
            let offset = j * shape.dilation - shape.left
            let source = reversed ? t - offset : t + offset
            guard source >= 0 && source < length else { continue }
            sum += Double(w[j * columns + c]) * Double(x[(start + source) * columns + c])
          }
          y[(start + t) * columns + c] = Float(silu ? sum / (1 + exp(-sum)) : sum)
        }
      }
      start += length
    }
    return y
  }
}
