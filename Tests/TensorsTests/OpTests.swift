import Arithmetic
import Losses
import Randomness
import Testing

@testable import Ops
@testable import Tensors

private let rowCounts = [1, 2, 7, 64]
private let columnCounts = [1, 3, 16, 17]

@Suite struct OpTests {
  @Test(arguments: rowCounts, columnCounts) func `a linear map equals its plain form`(rows: Int, columns: Int) {
    let out = columns + 2
    check(
      OpCase(
        name: "linear", lengths: uneven(rows), columns: columns, parameters: [[out, columns], [out]],
        fast: { $0.linear($1, weight: $2[0], bias: $2[1]) },
        plain: { Reference.linear($0, $1[0], $1[1], rows: rows, out: out, columns: columns) }))
  }

  @Test(arguments: rowCounts, columnCounts) func `a linear map with a residual equals its plain form`(
    rows: Int, columns: Int
  ) {
    check(
      OpCase(
        name: "linear + residual", lengths: uneven(rows), columns: columns,
        parameters: [[columns, columns], [columns]],
        fast: { $0.linear($1, weight: $2[0], bias: $2[1], residual: $1) },
        plain: { x, p in
          zip(Reference.linear(x, p[0], p[1], rows: rows, out: columns, columns: columns), x).map { $0 + $1 }
        }))
  }

  @Test(arguments: rowCounts, [3, 16, 17]) func `a layer norm equals its plain form`(rows: Int, columns: Int) {
    check(
      OpCase(
        name: "layer norm", lengths: uneven(rows), columns: columns, parameters: [[columns], [columns]],
        fast: { $0.layerNorm($1, weight: $2[0], bias: $2[1]) },
        plain: { Reference.layerNorm($0, $1[0], $1[1], rows: rows) }))
  }

  @Test(arguments: rowCounts, columnCounts) func `GELU with bias and residual equals its plain form`(
    rows: Int, columns: Int
  ) {
    check(
      OpCase(
        name: "gelu", lengths: uneven(rows), columns: columns, parameters: [[columns], [columns, columns]],
        fast: { $0.gelu($0.linear($1, weight: $2[1]), bias: $2[0], residual: $1) },
        plain: { x, p in
          let z = Reference.linear(x, p[1], nil, rows: rows, out: columns, columns: columns)
          return Reference.gelu(z, bias: p[0], residual: x)
        }))
  }

  @Test func `GELU is close at large arguments too`() {
    let z: [Float] = [-40, -12, -6, -3, -1e-3, 0, 1e-3, 3, 6, 12, 40]
    var layout = ParameterLayout()
    layout.add("bias", [1], decays: false, .zeros)
    let tape = Tape()
    tape.begin(lengths: [z.count], training: false)
    let block = tape.bind(ParameterBuffer(layout))
    let y = tape.array(tape.gelu(tape.input(z, rows: z.count, columns: 1), bias: tape.parameter(block, 0)))
    for (a, b) in zip(y, Reference.gelu(z, bias: [0], residual: nil)) {
      #expect(isClose(a, b, absolute: 1e-7, relative: 1e-6))
    }
  }

  @Test(arguments: rowCounts, columnCounts) func `a convolution equals its plain form`(rows: Int, columns: Int) {
    for (taps, dilation, causal) in [(9, 1, false), (3, 2, false), (4, 3, true), (1, 1, true)] {
      let shape = ConvolutionShape(taps: taps, dilation: dilation, causal: causal)
      let out = columns + 1
      check(
        OpCase(
          name: "convolution \(taps)/\(dilation)/\(causal)", lengths: uneven(rows), columns: columns,
          parameters: [[out, taps, columns]], fast: { $0.convolution($1, weight: $2[0], shape: shape) },
          plain: {
            Reference.convolution($0, $1[0], lengths: uneven(rows), out: out, columns: columns, shape: shape)
          }))
    }
  }

  @Test(arguments: rowCounts, [1, 3, 17, 64, 131]) func `a depthwise convolution equals its plain form`(
    rows: Int, columns: Int
  ) {
    let forms = [
      (4, 1, true, true, false), (3, 1, false, false, false), (4, 1, true, true, true), (5, 2, false, true, true),
    ]
    for (taps, dilation, causal, silu, reversed) in forms {
      let shape = ConvolutionShape(taps: taps, dilation: dilation, causal: causal)
      check(
        OpCase(
          name: "depthwise \(taps)/\(dilation)/\(causal)/\(silu)/\(reversed)", lengths: uneven(rows),
          columns: columns,
          parameters: silu ? [[taps, columns], [columns]] : [[taps, columns]],
          fast: {
            $0.depthwiseConvolution(
              $1, weight: $2[0], bias: silu ? $2[1] : nil, shape: shape, silu: silu, reversed: reversed)
          },
          plain: {
            Reference.depthwiseConvolution(
              $0, $1[0], silu ? $1[1] : nil, lengths: uneven(rows), columns: columns, shape: shape, silu: silu,
              reversed: reversed)
          }))
    }
  }

  @Test(arguments: rowCounts, [(2, 4), (3, 3), (4, 20)]) func `a grouped convolution equals its plain form`(
    rows: Int, size: (Int, Int)
  ) {
    let (groups, columns) = size
    let shape = ConvolutionShape(taps: 5, dilation: 2, causal: false)
    let out = 2 * columns
    check(
      OpCase(
        name: "convolution of \(groups) groups", lengths: uneven(rows), columns: columns,
        parameters: [[out, 5, columns / groups]],
        fast: { $0.convolution($1, weight: $2[0], shape: shape, groups: groups) },
        plain: {
          Reference.convolution(
            $0, $1[0], lengths: uneven(rows), out: out, columns: columns, shape: shape, groups: groups)
        }))
  }

  @Test(arguments: rowCounts, [(1, 2), (3, 6), (2, 16), (1, 34)]) func `attention equals its plain form`(
    rows: Int, size: (Int, Int)
  ) {
    let (heads, h) = size
    for (causal, window) in [(false, nil), (true, nil), (false, 2), (true, 1)] as [(Bool, Int?)] {
      let shape = AttentionShape(
        heads: heads, causal: causal, window: window,
        rotary: window == 2 ? nil : RotaryTable.Key(half: h / heads / 2, base: 100, stretch: window ?? 3))
      check(
        OpCase(
          name: "attention of \(heads) heads, \(shape)", lengths: uneven(rows), columns: 3 * h,
          parameters: [[3 * h, 3 * h]],
          fast: { $0.attention($0.linear($1, weight: $2[0]), shape) },
          plain: { x, p in
            let qkv = Reference.linear(x, p[0], nil, rows: rows, out: 3 * h, columns: 3 * h)
            return Reference.attention(qkv, lengths: uneven(rows), h: h, shape)
          }))
    }
  }

  @Test(arguments: [false, true], [nil, 1, 40, 100]) func `attention over several query blocks equals its plain form`(
    causal: Bool, window: Int?
  ) {
    let shape = AttentionShape(heads: 1, causal: causal, window: window, rotary: RotaryTable.Key(half: 1))
    let lengths = [150, 63, 64, 65]
    check(
      OpCase(
        name: "attention", lengths: lengths, columns: 6, parameters: [[6, 6]],
        fast: { $0.attention($0.linear($1, weight: $2[0]), shape) },
        plain: { x, p in
          let qkv = Reference.linear(x, p[0], nil, rows: 342, out: 6, columns: 6)
          return Reference.attention(qkv, lengths: lengths, h: 2, shape)
        }))
  }

  @Test(arguments: rowCounts, columnCounts) func `segment means and sums equal their plain forms`(
    rows: Int, columns: Int
  ) {
    check(
      OpCase(
        name: "means", lengths: uneven(rows), columns: columns, parameters: [[columns, columns]],
        fast: { $0.segmentMeans($0.add($1, $0.add($1, $0.linear($1, weight: $2[0])))) },
        plain: { x, p in
          let y = Reference.linear(x, p[0], nil, rows: rows, out: columns, columns: columns)
          return Reference.segmentMeans(zip(x, y).map { 2 * $0 + $1 }, lengths: uneven(rows), columns: columns)
        }))
  }

  @Test(arguments: [1, 2, 7, 20], columnCounts) func `segment maxima equal their plain form`(rows: Int, columns: Int) {
    check(
      OpCase(
        name: "maxima", lengths: uneven(rows), columns: columns, parameters: [],
        fast: { tape, x, _ in tape.add(tape.segmentMaxima(x), tape.segmentMeans(x)) },
        plain: { x, _ in
          zip(
            Reference.segmentMaxima(x, lengths: uneven(rows), columns: columns),
            Reference.segmentMeans(x, lengths: uneven(rows), columns: columns)
          ).map { $0 + $1 }
        }, input: apart(rows * columns)))
  }

  @Test(arguments: [2, 6, 20], [1, 3, 4]) func `pair features equal their plain form`(rows: Int, columns: Int) {
    check(
      OpCase(
        name: "pairs", lengths: uneven(rows), columns: columns, parameters: [],
        fast: { tape, x, _ in tape.add(tape.pairFeatures(x), tape.pairFeatures(x)) },
        plain: { x, _ in Reference.pairFeatures(x, columns: columns).map { 2 * $0 } }, input: apart(rows * columns)))
  }

  @Test(arguments: [2, 6, 20], [1, 3, 4]) func `means of pairs equal their plain form`(rows: Int, columns: Int) {
    check(
      OpCase(
        name: "pair means", lengths: uneven(rows), columns: columns, parameters: [],
        fast: { tape, x, _ in tape.add(tape.pairMeans(x), tape.pairMeans(x)) },
        plain: { x, _ in Reference.pairMeans(x, columns: columns).map { 2 * $0 } }))
  }

  @Test(arguments: rowCounts, columnCounts + [150]) func `binary cross-entropy equals its plain form`(
    rows: Int, columns: Int
  ) {
    let logits = noise(rows * columns, 3).map { 30 * $0 }
    let targets = logits.indices.map { Float($0 * 5 % 3 % 2) }
    for weights in [nil, noise(columns, 4).map { abs($0) + 0.1 }] {
      let tape = Tape()
      tape.begin(lengths: [rows], training: true)
      let value = tape.input(logits, rows: rows, columns: columns)
      let sum = tape.binaryCrossEntropy(value, targets: targets, positives: weights, scale: 0.25)
      let expected = Reference.binaryCrossEntropy(
        logits, targets: targets, positives: weights, columns: columns, scale: 0.25)
      #expect(abs(sum.loss - expected.loss) < 1e-5 * (1 + abs(expected.loss)))
      for (a, b) in zip(tape.gradientArray(value)!, expected.gradient) {
        #expect(isClose(a, b, absolute: 1e-6, relative: 1e-5))
      }
    }
    let tape = Tape()
    tape.begin(lengths: [1], training: true)
    #expect(tape.binaryCrossEntropy(tape.input([.nan], rows: 1, columns: 1), targets: [1], scale: 1).loss.isNaN)
  }

  @Test(arguments: rowCounts) func `the squared error equals its plain form`(rows: Int) {
    let (x, targets) = (noise(rows, 3), noise(rows, 4))
    let tape = Tape()
    tape.begin(lengths: [rows], training: true)
    let value = tape.input(x, rows: rows, columns: 1)
    let sum = tape.squaredError(value, targets: targets, scale: 0.25)
    let expected = Reference.squaredError(x, targets: targets, scale: 0.25)
    #expect(abs(sum.loss - expected.loss) < 1e-6 * (1 + expected.loss))
    for (a, b) in zip(tape.gradientArray(value)!, expected.gradient) {
      #expect(isClose(a, b, absolute: 1e-7, relative: 1e-6))
    }
  }

  @Test(arguments: rowCounts, columnCounts) func `embedding and gather equal their plain forms`(rows: Int, columns: Int)
  {
    let ids = (0..<rows).map { Int32($0 * 7 % 5) }
    let chosen = (0..<rows).filter { $0 % 3 != 1 }.map(Int32.init)
    check(
      OpCase(
        name: "embedding", lengths: uneven(rows), columns: columns, parameters: [[5, columns]],
        fast: { $0.gatherRows($0.add($1, $0.embedding(ids, table: $2[0])), chosen) },
        plain: { x, p in
          chosen.flatMap { row in
            (0..<columns).map { c in
              let (r, id) = (Int(row), Int(ids[Int(row)]))
              return x[r * columns + c] + p[0][id * columns + c]
            }
          }
        }))
  }

  @Test(arguments: rowCounts, [2, 3, 16, 17, 300]) func `cross-entropy equals its plain form`(rows: Int, columns: Int) {
    let logits = noise(rows * columns, 3).map { 8 * $0 }
    let targets = (0..<rows).map { Int32($0 * 5 % columns) }
    let weights = noise(columns, 4).map { abs($0) + 0.1 }
    for (weights, smoothing) in [(nil, 0), (weights, 0), (weights, 0.125)] as [([Float]?, Double)] {
      let tape = Tape()
      tape.begin(lengths: [rows], training: true)
      let value = tape.input(logits, rows: rows, columns: columns)
      let sum = tape.crossEntropy(
        value, targets: targets, classWeights: weights, smoothing: Float(smoothing), scale: 0.25)
      let expected = Reference.crossEntropy(
        logits, targets: targets, classWeights: weights, smoothing: smoothing, scale: 0.25)
      #expect(abs(sum.loss - expected.loss) < 1e-5 * (1 + abs(expected.loss)))
      for (a, b) in zip(tape.gradientArray(value)!, expected.gradient) {
        #expect(isClose(a, b, absolute: 1e-6, relative: 1e-5))
      }
      let correct = targets.indices.filter { r in
        let row = logits[r * columns..<(r + 1) * columns]
        return row.max()! == row[row.startIndex + Int(targets[r])]
      }
      #expect(sum.correct == correct.count)
    }
  }

  @Test(arguments: [3, 31, 32, 100]) func `the first of equal logits is the answer`(columns: Int) {
    for largest in [0, columns / 2, columns - 1] {
      let tape = Tape()
      tape.begin(lengths: [2], training: false)
      let row = (0..<columns).map { $0 < largest ? Float(-1) : 2 }
      let targets = [Int32(largest), Int32(columns - 1)]
      let sum = tape.crossEntropy(tape.input(row + row, rows: 2, columns: columns), targets: targets, scale: 1)
      #expect(sum.correct == (largest == columns - 1 ? 2 : 1), "\(largest) of \(columns)")
    }
  }

  @Test func `dropout drops its share and follows the row number`() {
    let random = Philox(seed: 3, stream: .dropout)
    let ones = [Float](repeating: 1, count: 400 * 10)
    func run(rows: Range<Int>) -> (y: [Float], gradient: [Float]) {
      let tape = Tape()
      tape.begin(lengths: [rows.count], training: true)
      let x = tape.input(Array(ones.prefix(rows.count * 10)), rows: rows.count, columns: 10)
      let y = tape.dropout(x, rate: 0.25, random: random, step: 5, site: 1, firstRow: rows.lowerBound)
      tape.backward(seeds: [(y, Array(ones.prefix(rows.count * 10)))])
      return (tape.array(y), tape.gradientArray(x)!)
    }
    let whole = run(rows: 0..<400)
    let dropped = whole.y.filter { $0 == 0 }.count
    #expect(abs(dropped - 1000) < 100)
    #expect(whole.y.allSatisfy { $0 == 0 || abs($0 - 4 / 3) < 1e-6 })
    #expect(whole.gradient == whole.y)
    #expect(run(rows: 0..<150).y + run(rows: 150..<400).y == whole.y)
  }

  /// Philox-4x32-10, one counter at a time.
  private func draws(_ counter: (UInt32, UInt32, UInt32, UInt32), _ key: (UInt32, UInt32)) -> [UInt32] {
    var (x, k) = (counter, key)
    for _ in 0..<10 {
      let (p, q) = (UInt64(0xD251_1F53) * UInt64(x.0), UInt64(0xCD9E_8D57) * UInt64(x.2))
      x = (
        UInt32(q >> 32) ^ x.1 ^ k.0, UInt32(truncatingIfNeeded: q), UInt32(p >> 32) ^ x.3 ^ k.1,
        UInt32(truncatingIfNeeded: p)
      )
      k = (k.0 &+ 0x9E37_79B9, k.1 &+ 0xBB67_AE85)
    }
    return [x.0, x.1, x.2, x.3]
  }

  @Test(arguments: [1, 63, 64, 130]) func `dropout draws for each element`(columns: Int) {
    let (rows, firstRow) = (3, (1 << 32) - 1)
    let random = Philox(seed: 4, stream: .dropout)
    let words = random.words(7, 2)
    let x = noise(rows * columns, 5)
    let tape = Tape()
    tape.begin(lengths: [rows], training: true)
    let value = tape.input(x, rows: rows, columns: columns)
    let y = tape.array(tape.dropout(value, rate: 0.3, random: random, step: 7, site: 2, firstRow: firstRow))
    for r in 0..<rows {
      for c in 0..<columns {
        let row = UInt64(firstRow + r)
        let counter = (UInt32(c / 4), UInt32(0), UInt32(truncatingIfNeeded: row), UInt32(row >> 32))
        let isDropped = Double(draws(counter, (words[0], words[1]))[c % 4]) < 0.3 * 0x1p32
        #expect((y[r * columns + c] == 0) == isDropped, "row \(r), column \(c)")
      }
    }
  }

  /// Packed weights are not used once the weights are others.
  @Test func `products follow weights that have changed`() {
    var layout = ParameterLayout()
    layout.add("map", [40, 7], decays: true, .zeros)
    let (buffer, other) = (ParameterBuffer(layout), ParameterBuffer(layout))
    let product = { () -> [Float] in
      let tape = Tape()
      tape.begin(lengths: [1], training: false)
      let block = tape.bind(buffer)
      let x = tape.input([Float](repeating: 1, count: 7), rows: 1, columns: 7)
      return tape.array(tape.linear(x, weight: tape.parameter(block, 0)))
    }
    #expect(product() == [Float](repeating: 0, count: 40))
    buffer.set(0, [Float](repeating: 1, count: 280))
    #expect(product() == [Float](repeating: 7, count: 40))
    buffer.exchange(with: other)
    #expect(product() == [Float](repeating: 0, count: 40))
    buffer.copy(from: other)
    #expect(product() == [Float](repeating: 7, count: 40))
    let gradient = FloatBuffer(count: 280)
    gradient.replace(from: 0, with: [Float](repeating: 1, count: 280))
    ParameterUpdate.adamW(
      buffer, gradient.base, first: other, second: ParameterBuffer(layout), range: 0..<280,
      .init(rate: 1, beta1: 0, beta2: 0, epsilon: 0, decay: 0, corrections: (1, 1), scale: 1))
    #expect(product() == [Float](repeating: 0, count: 40))
  }
}
