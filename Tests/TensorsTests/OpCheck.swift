import Randomness
import Testing

@testable import Ops
@testable import Tensors

/// One op at one size: how the tape runs it, and its plain form.
struct OpCase {
  let name: String
  /// The lengths of the packed sequences; their sum is the rows of the input.
  let lengths: [Int]
  let columns: Int
  /// Shapes of the parameters, in order.
  let parameters: [[Int]]
  let fast: (Tape, TapeValue, [Parameter]) -> TapeValue
  let plain: (_ x: [Float], _ parameters: [[Float]]) -> [Float]
  /// nil: noise. For ops with kinks, of which a difference must not reach the other side.
  var input: [Float]?

  var rows: Int { lengths.reduce(0, +) }
}

/// The lengths of sequences that fill `rows` rows, uneven and with an empty one when there is room.
func uneven(_ rows: Int) -> [Int] { rows < 3 ? [rows] : [rows / 3, 0, 1, rows - rows / 3 - 1] }

/// Numbers in [-1, 1).
func noise(_ count: Int, _ seed: Int) -> [Float] {
  let random = Philox(seed: seed, stream: .synthesis)
  return (0..<count).map { Float(2 * random.uniform($0) - 1) }
}

/// Different numbers, at least 0.05 apart, in no order.
func apart(_ count: Int) -> [Float] {
  Philox(seed: 5, stream: .synthesis).permutation(count).map { 0.05 * Float($0 - count / 2) }
}

func isClose(_ a: Float, _ b: Float, absolute: Float, relative: Float) -> Bool {
  abs(a - b) <= absolute + relative * abs(b)
}

/// Compares values with the plain form, and gradients of sum(y * s) with central differences of the plain form, at
/// about 12 places of the input and of each parameter. Runs twice, the second time in used arenas.
func check(_ op: OpCase, sourceLocation: SourceLocation = #_sourceLocation) {
  var layout = ParameterLayout()
  for (i, shape) in op.parameters.enumerated() { layout.add("p\(i)", shape, decays: true, .zeros) }
  let buffer = ParameterBuffer(layout)
  // Divided by the root of the fan-in, so that sums stay near 1 and a tolerance means the same at every size.
  let parameters = op.parameters.enumerated().map { i, shape in
    let scale = 1.5 / Float(max(1, shape.dropFirst().reduce(1, *))).squareRoot()
    return noise(layout.entries[i].count, 100 + i).map { $0 * scale }
  }
  for (i, values) in parameters.enumerated() { buffer.set(i, values) }
  let x = op.input ?? noise(op.rows * op.columns, 1)
  let expected = op.plain(x, parameters)
  let seed = noise(expected.count, 9)
  func loss(_ x: [Float], _ p: [[Float]]) -> Double {
    zip(op.plain(x, p), seed).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }
  let tape = Tape()
  for round in 0..<2 {
    tape.begin(lengths: op.lengths, training: true)
    let block = tape.bind(buffer)
    let input = tape.input(x, rows: op.rows, columns: op.columns)
    let y = op.fast(tape, input, op.parameters.indices.map { tape.parameter(block, $0) })
    let actual = tape.array(y)
    let close =
      actual.count == expected.count
      && zip(actual, expected).allSatisfy { isClose($0, $1, absolute: 2e-5, relative: 2e-5) }
    #expect(close, "\(op.name) \(op.lengths) x \(op.columns), round \(round)", sourceLocation: sourceLocation)
    tape.backward(seeds: [(y, seed)])
    func compare(_ what: String, _ gradient: [Float], _ change: (Int, Float) -> Double) {
      for place in stride(from: 0, to: gradient.count, by: max(1, gradient.count / 12)) {
        let step: Float = 1e-2
        let numeric = Float((change(place, step) - change(place, -step)) / Double(2 * step))
        #expect(
          isClose(gradient[place], numeric, absolute: 3e-3, relative: 3e-3),
          "\(op.name) \(op.lengths) x \(op.columns): d\(what)[\(place)] = \(gradient[place]), numeric \(numeric)",
          sourceLocation: sourceLocation)
      }
    }
    let gradient = tape.gradientArray(input) ?? []
    #expect(gradient.count == x.count, "\(op.name): no gradient of x", sourceLocation: sourceLocation)
    compare("x", gradient) { place, step in
      var moved = x
      moved[place] += step
      return loss(moved, parameters)
    }
    for (i, entry) in layout.entries.enumerated() {
      let base = tape.parameterGradientBase + entry.offset
      compare("p\(i)", Array(UnsafeBufferPointer(start: base, count: entry.count))) { place, step in
        var moved = parameters
        moved[i][place] += step
        return loss(x, moved)
      }
    }
  }
}
