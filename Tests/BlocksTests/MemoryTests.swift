import Tensors
import Testing

@testable import Blocks

@Suite struct MemoryTests {
  /// Eight times the tokens take at most eight times the memory, times the half that arenas grow ahead by: an L x L
  /// matrix would take sixty-four times.
  @Test(arguments: BlockKind.all, [false, true]) func `the memory of a block is linear in the length`(
    kind: BlockKind, causal: Bool
  )
    throws
  {
    let layer = Layer(kind, width: 16)
    let shape = BlockShape(layer, hIn: 8, causal: causal && layer.problem(causal: true) == nil)
    let weights = Initializer(seed: 1).weights(shape.layout, block: shape.name)
    func floats(_ length: Int) -> Int {
      let tape = Tape()
      tape.begin(lengths: [length], training: true)
      let block = tape.bind(weights)
      let numbers = (0..<length * 16).map { Float($0 % 7) - 3 }
      let x = tape.input(Array(numbers.prefix(length * 8)), rows: length, columns: 8)
      let y = shape.forward(x, on: tape, block: block)
      tape.backward(seeds: [(y, Array(numbers.prefix(y.rows * 16)))])
      return tape.arenaFloats - weights.layout.size
    }
    let (short, long) = (floats(256), floats(2048))
    print("memory of \(shape.name), causal \(causal): \(short / 256) floats a token at 256, \(long / 2048) at 2048")
    #expect(long < 13 * short)
  }
}
