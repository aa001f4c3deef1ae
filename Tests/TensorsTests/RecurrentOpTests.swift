import Glibc
import Testing

@testable import Ops
@testable import Tensors

private let rowCounts = [1, 2, 7, 64]

@Suite struct RecurrentOpTests {
  @Test(arguments: rowCounts, [3, 16, 17]) func `an RMS norm equals its plain form`(rows: Int, columns: Int) {
    check(
      OpCase(
        name: "rms norm", lengths: uneven(rows), columns: columns, parameters: [[columns]],
        fast: { $0.rmsNorm($1, weight: $2[0]) }, plain: { Reference.rmsNorm($0, $1[0], rows: rows) }))
  }

  /// E channels, N states, rank; E above and below the 16 channels that are worked on together, and the N that has a
  /// kernel of its own.
  @Test(arguments: rowCounts, [(1, 1, 1), (3, 5, 2), (17, 16, 1), (32, 2, 3)])
  func `a selective scan equals its plain form`(rows: Int, size: (Int, Int, Int)) {
    for reversed in [false, true] { check(scan(uneven(rows), size, reversed: reversed)) }
  }

  @Test(arguments: [false, true]) func `a selective scan over many spans equals its plain form`(reversed: Bool) {
    check(scan([65, 1, 32, 150, 64], (2, 16, 1), reversed: reversed))
  }

  /// The scan of linear maps of x, plus x's map to its inputs as residual.
  private func scan(_ lengths: [Int], _ size: (Int, Int, Int), reversed: Bool) -> OpCase {
    let (e, n, rank) = size
    let rows = lengths.reduce(0, +)
    return OpCase(
      name: "scan of \(size), reversed \(reversed)", lengths: lengths, columns: 3,
      parameters: [[e, 3], [e, 3], [rank + 2 * n, 3], [e, rank], [e], [n, e], [e]],
      fast: { tape, x, p in
        let u = tape.linear(x, weight: p[0])
        return tape.selectiveScan(
          u, gate: tape.linear(x, weight: p[1]), projected: tape.linear(x, weight: p[2]),
          parameters: SelectiveScanParameters(stepWeight: p[3], stepBias: p[4], logA: p[5], skip: p[6]), residual: u,
          reversed: reversed)
      },
      plain: { x, p in
        let u = Reference.linear(x, p[0], nil, rows: rows, out: e, columns: 3)
        let gate = Reference.linear(x, p[1], nil, rows: rows, out: e, columns: 3)
        let width = rank + 2 * n
        let projected = Reference.linear(x, p[2], nil, rows: rows, out: width, columns: 3)
        func part(_ columns: Range<Int>) -> [Float] {
          (0..<rows).flatMap { row in columns.map { projected[row * width + $0] } }
        }
        let steps = Reference.linear(part(0..<rank), p[3], p[4], rows: rows, out: e, columns: rank)
        let a = (0..<e * n).map { -exp(Double(p[5][$0 % n * e + $0 / n])) }
        let y = Reference.selectiveScan(
          u: u, gate: gate, steps: steps.map { log1p(exp(Double($0))) }, a: a, b: part(rank..<rank + n),
          c: part(rank + n..<width), skip: p[6], lengths: lengths, reversed: reversed)
        return zip(y, u).map { $0 + $1 }
      })
  }

  @Test(arguments: rowCounts, [(1, 1), (2, 3), (1, 17), (2, 16)]) func `an LSTM equals its plain form`(
    rows: Int, size: (Int, Int)
  ) {
    let (directions, g) = size
    check(
      OpCase(
        name: "lstm, \(directions) directions of \(g)", lengths: uneven(rows), columns: 3,
        parameters: [[directions * 4 * g, 3], [directions * 4 * g, g]],
        fast: { $0.lstm($0.linear($1, weight: $2[0]), weight: $2[1], directions: directions) },
        plain: { x, p in
          let gates = Reference.linear(x, p[0], nil, rows: rows, out: directions * 4 * g, columns: 3)
          return Reference.lstm(gates, p[1], lengths: uneven(rows), directions: directions, g: g)
        }))
  }

  @Test func `an LSTM is close at large gates too`() {
    // Every combination of gates far out and near zero: 1 / (1 + e^-x) and tanh at their ends and around 0.
    let values: [Float] = [-60, -9, -0.7, -0.6, -1e-3, 0, 1e-3, 0.6, 0.7, 9, 60]
    let gates = values.flatMap { a in values.flatMap { b in [a, b, b * 0.5, -a] } }
    var layout = ParameterLayout()
    layout.add("u", [4, 1], decays: false, .zeros)
    let tape = Tape()
    tape.begin(lengths: [Int](repeating: 11, count: 11), training: false)
    let block = tape.bind(ParameterBuffer(layout))
    let input = tape.input(gates, rows: 121, columns: 4)
    let y = tape.array(tape.lstm(input, weight: tape.parameter(block, 0), directions: 1))
    let expected = Reference.lstm(gates, [0, 0, 0, 0], lengths: [Int](repeating: 11, count: 11), directions: 1, g: 1)
    for (a, b) in zip(y, expected) { #expect(isClose(a, b, absolute: 1e-9, relative: 2e-6)) }
  }
}
