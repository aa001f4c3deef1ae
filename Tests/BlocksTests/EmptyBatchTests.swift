import Tensors
import Testing

@testable import Blocks

/// A shard may have no sequence, when a batch is smaller than the shards are many, or only an empty one.
@Suite struct EmptyBatchTests {
  @Test(arguments: BlockKind.all, [false, true]) func `every block takes a batch without rows`(
    kind: BlockKind, causal: Bool
  ) throws {
    let layer = Layer(kind, width: 8)
    let shape = BlockShape(layer, hIn: 6, causal: causal && layer.problem(causal: true) == nil)
    let weights = Initializer(seed: 1).weights(shape.layout, block: "block")
    let tape = Tape()
    for lengths in [[], [0], [0, 0], [0, 3, 0], []] {
      let rows = lengths.reduce(0, +)
      tape.begin(lengths: lengths, training: true)
      let x = tape.input([Float](repeating: 0.5, count: rows * 6), rows: rows, columns: 6)
      let y = shape.forward(x, on: tape, block: tape.bind(weights))
      let counts = lengths.map { ($0 + layer.stride - 1) / layer.stride }
      #expect(y.rows == counts.reduce(0, +) && tape.array(y).count == y.rows * 8)
      tape.backward(seeds: rows == 0 ? [] : [(y, [Float](repeating: 1, count: y.rows * 8))])
    }
  }
}
