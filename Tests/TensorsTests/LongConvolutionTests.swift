import Glibc
import Testing

@testable import Ops
@testable import Tensors

@Suite struct LongConvolutionTests {
  /// u and the filters come from products of x, so that gradients reach them all.
  private func check(_ lengths: [Int], columns: Int, lags: Int, causal: Bool) {
    let rows = lengths.reduce(0, +)
    let ids = (0..<lags).map(Int32.init)
    // A filter in the block's buffer, read as a table of which every row is taken once.
    TensorsTests.check(
      OpCase(
        name: "long convolution, causal \(causal)", lengths: lengths, columns: 2,
        parameters: [[3 * columns, 2], [columns], [lags, columns], [lags, columns]],
        fast: { tape, x, p in
          let filter = tape.embedding(ids[...], table: p[2])
          return tape.longConvolution(
            tape.linear(x, weight: p[0]), filter: filter,
            reversed: causal ? nil : tape.embedding(ids[...], table: p[3]), bias: p[1])
        },
        plain: { x, p in
          let u = Reference.linear(x, p[0], nil, rows: rows, out: 3 * columns, columns: 2)
          return Reference.longConvolution(
            u, filter: p[2], reversed: causal ? nil : p[3], bias: p[1], lengths: lengths)
        }))
  }

  @Test(arguments: [1, 2, 7, 64], [1, 3, 16, 17]) func `a long convolution of any small size equals its plain form`(
    rows: Int, columns: Int
  ) {
    for causal in [false, true] { check(uneven(rows), columns: columns, lags: max(1, rows), causal: causal) }
  }

  @Test(arguments: [false, true]) func `one long convolution takes several transform lengths`(causal: Bool) {
    check([3, 130, 9, 0, 33, 3, 70], columns: 35, lags: 131, causal: causal)
  }

  /// Every first radix, with and without passes after it.
  @Test func `sequences of every length equal the plain form`() {
    for length in Array(1...29) + [31, 64, 65, 80, 96, 97, 112, 128, 192, 300, 449, 1000] {
      let N = Tape.transformLength(length)
      #expect(N >= length && (length < 2 || N < 2 * length))
      let (u, h, r) = (noise(length * 3, 1), noise(length, 2), noise(length, 3))
      var layout = ParameterLayout()
      layout.add("bias", [1], decays: false, .zeros)
      let tape = Tape()
      tape.begin(lengths: [length], training: false)
      let block = tape.bind(ParameterBuffer(layout))
      let y = tape.longConvolution(
        tape.input(u, rows: length, columns: 3), filter: tape.input(h, rows: length, columns: 1),
        reversed: tape.input(r, rows: length, columns: 1), bias: tape.parameter(block, 0))
      let expected = Reference.longConvolution(u, filter: h, reversed: r, bias: [0], lengths: [length])
      let scale = Float(length).squareRoot()
      for (a, b) in zip(tape.array(y), expected) { #expect(isClose(a, b, absolute: 5e-7 * scale, relative: 1e-6)) }
    }
  }

  @Test func `a sequence's result does not depend on its neighbours`() {
    let (u, h) = (noise(60 * 48, 1), noise(40 * 16, 2))
    func run(_ lengths: [Int], from row: Int) -> [Float] {
      var layout = ParameterLayout()
      layout.add("bias", [16], decays: false, .zeros)
      let tape = Tape()
      tape.begin(lengths: lengths, training: false)
      let block = tape.bind(ParameterBuffer(layout))
      let rows = lengths.reduce(0, +)
      let input = tape.input(Array(u[row * 48..<(row + rows) * 48]), rows: rows, columns: 48)
      let filter = tape.input(h, rows: 40, columns: 16)
      return tape.array(tape.longConvolution(input, filter: filter, bias: tape.parameter(block, 0)))
    }
    #expect(run([20, 40], from: 0) == run([20], from: 0) + run([40], from: 20))
  }

  @Test(arguments: [1, 2, 7, 64], [1, 3, 16, 17]) func `sine and filter window equal their plain forms`(
    rows: Int, columns: Int
  ) {
    let window = FilterWindow(length: 20)
    TensorsTests.check(
      OpCase(
        name: "sine", lengths: uneven(rows), columns: columns, parameters: [[columns], [columns, columns]],
        fast: { tape, x, p in
          let z = tape.sine(tape.linear(x, weight: p[1]), frequency: p[0])
          return tape.filterWindow(tape.sine(z, frequency: p[0]), window)
        },
        plain: { x, p in
          let z = Reference.linear(x, p[1], nil, rows: rows, out: columns, columns: columns)
          let once = Reference.sine(z, frequency: p[0])
          return Reference.filterWindow(Reference.sine(once, frequency: p[0]), window, columns: columns)
        }))
  }

  @Test func `the sine is close at large arguments too`() {
    let x: [Float] = [-900, -300.3, -31.4, -0.7854, -1e-5, 0, 1e-5, 0.7854, 1.5708, 3.1416, 100, 517.2, 4000]
    var layout = ParameterLayout()
    layout.add("frequency", [1], decays: false, .ones)
    let tape = Tape()
    tape.begin(lengths: [x.count], training: false)
    let weights = ParameterBuffer(layout)
    weights.set(0, [1])
    let block = tape.bind(weights)
    let y = tape.array(tape.sine(tape.input(x, rows: x.count, columns: 1), frequency: tape.parameter(block, 0)))
    for (a, b) in zip(y, x) { #expect(abs(Double(a) - sin(Double(b))) < 1.5e-7) }
  }

  @Test(arguments: [1, 2, 5]) func `filter features equal their plain form`(bands: Int) {
    let tape = Tape()
    tape.begin(lengths: [1], training: false)
    let y = tape.array(tape.filterFeatures(lags: 300, bands: bands, length: 100))
    for (a, b) in zip(y, Reference.filterFeatures(lags: 300, bands: bands, length: 100)) { #expect(abs(a - b) < 1e-6) }
  }
}
