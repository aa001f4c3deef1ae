import Layers
import Randomness
import Tensors

/// The blocks that one architecture uses, first to last, and how they run on a tape.
package struct Path {
  let embedding: Block
  let layers: [(shape: BlockShape, block: Block)]
  let norm: Block
  let head: Block

  /// In the order in which they are bound to a tape.
  var blocks: [Block] { [embedding] + layers.map(\.block) + [norm, head] }

  /// Numbers that a path of this architecture trains, its head included.
  package var parameterCount: Int { blocks.reduce(0) { $0 + $1.weights.layout.parameterCount } }

  /// Binds the blocks to a tape, in the order of `blocks`.
  func bind(_ tape: Tape) -> (embedding: Int, layers: [Int], norm: Int, head: Int) {
    let bind = { (block: Block) in tape.bind(block.weights, name: block.name) }
    return (bind(embedding), layers.map { bind($0.block) }, bind(norm), bind(head))
  }

  /// Scores over the vocabulary at the chosen rows: rows.count x V. Only those rows pass the last norm and the head.
  func tokenLogits(_ ids: ArraySlice<Int32>, rows: [Int32], on tape: Tape) -> TapeValue {
    let bound = bind(tape)
    let x = tape.gatherRows(body(ids, bound, tape), rows)
    return last(x, bound, tape)
  }

  /// Where the sequences lie for a contrast: B x projection, a linear map, GELU and another of the mean over each
  /// sequence of the normalised features.
  func projections(_ ids: ArraySlice<Int32>, on tape: Tape) -> TapeValue {
    let bound = bind(tape)
    let x = body(ids, bound, tape)
    let normal = tape.layerNorm(x, weight: tape.parameter(bound.norm, 0), bias: tape.parameter(bound.norm, 1))
    let parameter = { tape.parameter(bound.head, $0) }
    let hidden = tape.gelu(tape.linear(tape.segmentMeans(normal), weight: parameter(0)), bias: parameter(1))
    return tape.linear(hidden, weight: parameter(2), bias: parameter(3))
  }

  /// Where a shard's dropout draws its numbers. `firstRow` and `firstOutput` place the shard's rows, and those
  /// of its head, in the whole batch.
  struct Dropout {
    let rate: Double
    let random: Philox
    let step: Int
    let firstRow: Int
    let firstOutput: Int
  }

  func body(
    _ ids: ArraySlice<Int32>, _ bound: (embedding: Int, layers: [Int], norm: Int, head: Int), _ tape: Tape,
    _ dropout: Dropout? = nil
  ) -> TapeValue {
    var x = tape.embedding(ids, table: tape.parameter(bound.embedding, 0))
    for (site, layer) in layers.enumerated() {
      x = layer.shape.forward(x, on: tape, block: bound.layers[site])
      if let dropout {
        x = tape.dropout(
          x, rate: dropout.rate, random: dropout.random, step: dropout.step, site: site, firstRow: dropout.firstRow)
      }
    }
    return x
  }

  private func last(
    _ x: TapeValue, _ bound: (embedding: Int, layers: [Int], norm: Int, head: Int), _ tape: Tape
  ) -> TapeValue {
    let normal = tape.layerNorm(x, weight: tape.parameter(bound.norm, 0), bias: tape.parameter(bound.norm, 1))
    return tape.linear(normal, weight: tape.parameter(bound.head, 0), bias: tape.parameter(bound.head, 1))
  }
}
