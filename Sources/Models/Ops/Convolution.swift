import Arithmetic
import CKernels
package import Tensors

struct ConvolutionOp {
  let x: TapeValue
  let weight: Parameter
  let shape: ConvolutionShape
  let groups: Int
  let y: TapeValue

  /// Features of x and of y in a group.
  var inputs: Int { x.columns / groups }
  var outputs: Int { y.columns / groups }
  /// Numbers of a weight's row.
  var width: Int { shape.taps * inputs }
  /// Taps whose inputs lie one after another in memory: all of them, or each alone.
  var runs: [Range<Int>] {
    shape.dilation == 1 && groups == 1 ? [0..<shape.taps] : (0..<shape.taps).map { $0..<$0 + 1 }
  }
}

extension Tape {
  /// y[t] = sum over taps j of W[:, j, :] x[t + j * dilation - left], zero beyond the sequence; no bias (the activation
  /// adds it). `weight` is out x taps x in / groups: the outputs of a group see its inputs only. Between rows of zeros,
  /// the tokens that an output sees lie one after another, so the convolution is a product whose rows overlap: nothing
  /// is unfolded.
  package func convolution(
    _ x: TapeValue, weight: Parameter, shape: ConvolutionShape, groups: Int = 1
  ) -> TapeValue {
    precondition(
      weight.shape.count == 3 && weight.shape[1] == shape.taps && weight.shape[2] * groups == x.columns
        && weight.shape[0] % groups == 0, "convolution: \(x.columns) features by \(weight.shape), \(groups) groups")
    let y = makeValue(rows: x.rows, columns: weight.shape[0], with: weight)
    let op = ConvolutionOp(x: x, weight: weight, shape: shape, groups: groups, y: y)
    let scratch = valueEnd
    let padded = reservePadded(x.columns, shape)
    pad(pointer(x), x.columns, shape, into: padded)
    if isContinued { fill(padded, with: x, shape) }
    for group in 0..<groups {
      for taps in op.runs {
        let first = taps.lowerBound * op.inputs
        let matrix = packed(
          weight, from: group * op.outputs * op.width + first, taps.count * op.inputs, op.outputs, stride: op.width,
          transposed: true)
        let from = taps.lowerBound * shape.dilation - shape.left
        slide(
          padded + group * op.inputs, x.columns, from, shape, by: matrix, pointer(y) + group * op.outputs, y.columns,
          add: first > 0)
      }
    }
    release(to: scratch)
    record(op)
    return y
  }
}

extension ConvolutionOp: Op {
  /// dW[:, j, :] += sum over t of dy[t] x[t + j * dilation - left]; dx is dy's convolution with the taps in reverse.
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (dx, accumulate) = tape.gradientForWriting(x)
    let (columns, out, scratch) = (x.columns, y.columns, tape.valueEnd)
    let paddedX = tape.reservePadded(columns, shape)
    let paddedY = tape.reservePadded(out, shape)
    let reversed = tape.reserve(outputs * width)
    tape.pad(tape.pointer(x), columns, shape, into: paddedX)
    tape.pad(tape.gradient(y)!, out, shape, into: paddedY)
    let rows = x.rows + (tape.sequences - 1) * shape.reach
    for group in 0..<groups {
      let (firstInput, firstOutput) = (group * inputs, group * outputs)
      for taps in runs where rows > 0 {
        let dw = tape.weightGradients(weight) + firstOutput * width + taps.lowerBound * inputs
        let from = shape.reach - shape.left + taps.lowerBound * shape.dilation
        GEMM.multiply(
          outputs, taps.count * inputs, rows, tape.values.base + paddedY + shape.reach * out + firstOutput, out,
          transposeA: true, tape.values.base + paddedX + from * columns + firstInput, columns, dw, width, initial: dw,
          half: tape.half)
      }
      for taps in runs {
        let matrix = tape.packedInReverse(self, group, taps, room: reversed)
        let from = taps.lowerBound * shape.dilation - (shape.reach - shape.left)
        tape.slide(
          paddedY + firstOutput, out, from, shape, by: matrix, dx + firstInput, columns,
          add: accumulate || taps.lowerBound > 0)
      }
    }
    tape.release(to: scratch)
    tape.releaseGradient(y)
  }
}

extension Tape {
  /// The taps of a run of the reversed weights, each outputs x inputs: one tap is a matrix as it lies, all of them are
  /// put in order in `room` first.
  fileprivate func packedInReverse(_ op: ConvolutionOp, _ group: Int, _ taps: Range<Int>, room: Int) -> GEMM.Packed {
    let first = group * op.outputs * op.width
    if taps.count == 1 {
      let tap = op.shape.taps - 1 - taps.lowerBound
      return packed(
        op.weight, from: first + tap * op.inputs, op.outputs, op.inputs, stride: op.width, transposed: false)
    }
    let form = PackedWeights.Form(
      offset: op.weight.offset + first, k: taps.count * op.outputs, n: op.inputs, transposed: false,
      tapsReversed: true, half: half)
    return blocks[op.weight.block].packed.matrix(form) { packed in
      let reversed = values.base + room
      kernel_reverse_taps(
        weights(op.weight) + first, Int64(op.outputs), Int64(op.shape.taps), Int64(op.inputs), reversed)
      GEMM.pack(form.k, form.n, reversed, op.inputs, transpose: false, half: half, into: packed)
    }
  }

  /// Room for x with rows of zeros as long as the reach before, between and after the sequences.
  fileprivate func reservePadded(_ columns: Int, _ shape: ConvolutionShape) -> Int {
    reserve((rows + (sequences + 1) * shape.reach) * columns)
  }

  /// The gap before each sequence takes the rows that the sequence has left, and the last ones are left anew.
  fileprivate func fill(_ padded: Int, with x: TapeValue, _ shape: ConvolutionShape) {
    for (b, kept) in keptRows(columns: x.columns, most: shape.reach).enumerated() {
      let first = values.base + padded + (Int(starts[b]) + b * shape.reach) * x.columns
      (first + (shape.reach - kept.count) * x.columns).update(from: kept.base, count: kept.count * x.columns)
      kept.append(pointer(x) + Int(starts[b]) * x.columns, count: Int(starts[b + 1] - starts[b]))
    }
  }

  fileprivate func pad(_ x: UnsafePointer<Float>, _ columns: Int, _ shape: ConvolutionShape, into padded: Int) {
    kernel_pad(x, starts, Int64(sequences), Int64(columns), Int64(shape.reach), values.base + padded)
  }

  /// y[t] (+)= matrix.k padded numbers from token t + `from` on, times `matrix`. Rows of the padded tokens are `stride`
  /// apart, those of y `columns`.
  fileprivate func slide(
    _ padded: Int, _ stride: Int, _ from: Int, _ shape: ConvolutionShape, by matrix: GEMM.Packed,
    _ y: UnsafeMutablePointer<Float>, _ columns: Int, add: Bool
  ) {
    for b in 0..<sequences {
      let (first, count) = (Int(starts[b]), Int(starts[b + 1] - starts[b]))
      let token = first + (b + 1) * shape.reach + from
      let c = y + first * columns
      GEMM.multiply(
        count, matrix.n, matrix.k, values.base + padded + token * stride, stride, matrix, c, columns,
        initial: add ? c : nil)
    }
  }
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
