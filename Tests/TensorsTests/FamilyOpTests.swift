import Testing

@testable import Ops
@testable import Tensors

/// Ops of ConvNova, StripedHyena, gated MLPs, pooling blocks and masked autoencoders.
@Suite struct FamilyOpTests {
  private static let rowCounts = [1, 2, 7, 64]

  @Test(arguments: rowCounts, Activation.allCases) func `an activation equals its plain form`(
    rows: Int, form: Activation
  ) {
    for columns in [1, 3, 17] {
      check(
        OpCase(
          name: "\(form)", lengths: [rows], columns: columns, parameters: [],
          fast: { tape, x, _ in tape.activation(x, form) }, plain: { x, _ in Reference.activation(x, form) }))
      check(
        OpCase(
          name: "\(form) with a bias", lengths: [rows], columns: columns, parameters: [[columns]],
          fast: { $0.activation($1, form, bias: $2[0]) },
          plain: { Reference.activation($0, form, bias: $1[0]) }))
    }
  }

  @Test(arguments: rowCounts) func `a product equals its plain form`(rows: Int) {
    for columns in [1, 5, 16] {
      check(
        OpCase(
          name: "product", lengths: [rows], columns: columns, parameters: [[columns, columns]],
          fast: { $0.multiply($1, $0.linear($1, weight: $2[0])) },
          plain: {
            Reference.multiply($0, Reference.linear($0, $1[0], nil, rows: rows, out: columns, columns: columns))
          }))
    }
  }

  @Test(arguments: rowCounts, [1, 2, 5]) func `repeated columns equal their plain form`(rows: Int, times: Int) {
    check(
      OpCase(
        name: "repeated columns", lengths: [rows], columns: 3, parameters: [],
        fast: { tape, x, _ in tape.repeatColumns(x, times: times) },
        plain: { x, _ in Reference.repeatColumns(x, times: times) }))
  }

  @Test(arguments: rowCounts) func `permuted columns equal their plain form`(rows: Int) {
    let order: [Int32] = [2, 0, 3, 1, 4]
    check(
      OpCase(
        name: "permuted columns", lengths: [rows], columns: 5, parameters: [],
        fast: { tape, x, _ in tape.permuteColumns(x, order) }, plain: { x, _ in Reference.permuteColumns(x, order) }))
  }

  @Test(arguments: rowCounts, [1, 2, 3, 9]) func `pooling equals its plain form`(rows: Int, factor: Int) {
    for maximum in [false, true] {
      check(
        OpCase(
          name: "pooling by \(factor), maximum \(maximum)", lengths: uneven(rows), columns: 3, parameters: [],
          fast: { tape, x, _ in tape.pool(x, factor: factor, maximum: maximum) },
          plain: { x, _ in
            Reference.pool(x, lengths: uneven(rows), columns: 3, factor: factor, maximum: maximum)
          }, input: apart(rows * 3)))
    }
  }

  /// The rows of x do not take part: they are there for the division of the tape.
  @Test(arguments: [1, 2, 7, 64], [(1, 1), (3, 2), (8, 5)]) func `a modal filter equals its plain form`(
    lags: Int, size: (Int, Int)
  ) {
    let shape = [size.0, size.1]
    check(
      OpCase(
        name: "modal filter", lengths: [lags], columns: size.1, parameters: [shape, shape, shape, shape],
        fast: {
          let modes = Modes(decay: $2[0], angle: $2[1], real: $2[2], imaginary: $2[3])
          return $0.multiply($1, $0.modalFilter(modes, lags: lags))
        },
        plain: {
          Reference.multiply(
            $0,
            Reference.modalFilter(
              decay: $1[0], angle: $1[1], real: $1[2], imaginary: $1[3], lags: lags, columns: size.1))
        }))
  }

  @Test(arguments: [1, 2, 7, 33], [1, 3, 9]) func `a stem equals its plain form`(rows: Int, taps: Int) {
    let ids = (0..<rows).map { Int32($0 * $0 % 5) }
    for causal in [false, true] {
      let shape = ConvolutionShape(taps: taps, dilation: 1, causal: causal)
      check(
        OpCase(
          name: "stem of \(taps) taps", lengths: uneven(rows), columns: 4, parameters: [[5, taps, 4]],
          fast: { $0.multiply($1, $0.stemEmbedding(ids, table: $2[0], shape: shape)) },
          plain: {
            Reference.multiply(
              $0, Reference.stemEmbedding(ids, $1[0], lengths: uneven(rows), columns: 4, shape: shape))
          }))
    }
  }

  /// Visible rows go through attention with the places that they had, and back among the others.
  @Test(arguments: [2, 7, 40]) func `chosen rows are attended to in their places and put back`(rows: Int) {
    let lengths = uneven(rows)
    let chosen = (0..<Int32(rows)).filter { $0 % 3 != 1 }
    let shape = AttentionShape(heads: 1, causal: false, rotary: RotaryTable.Key(half: 2))
    let gather = { (x: [Float], columns: Int) in
      chosen.flatMap { x[Int($0) * columns..<(Int($0) + 1) * columns] }
    }
    var (counts, places, start) = ([Int](), [Int](), 0)
    for length in lengths {
      let own = chosen.filter { (start..<start + length).contains(Int($0)) }
      counts.append(own.count)
      places += own.map { Int($0) - start }
      start += length
    }
    check(
      OpCase(
        name: "a masked autoencoder's rows", lengths: lengths, columns: 4, parameters: [[12, 4], [1, 4]],
        fast: { tape, x, parameters in
          let qkv = tape.linear(tape.gatherRows(x, chosen), weight: parameters[0])
          tape.divide(among: chosen)
          let y = tape.attention(qkv, shape)
          tape.division = 0
          return tape.scatterRows(y, chosen, filling: parameters[1])
        },
        plain: { x, p in
          let qkv = Reference.linear(gather(x, 4), p[0], nil, rows: chosen.count, out: 12, columns: 4)
          let y = Reference.attention(qkv, lengths: counts, h: 4, shape, places: places)
          return Reference.scatterRows(y, chosen, rows: rows, filling: p[1])
        }))
  }
}
