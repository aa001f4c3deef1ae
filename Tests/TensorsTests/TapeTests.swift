import Testing

@testable import Ops
@testable import Tensors

@Suite struct TapeTests {
  @Test func `arenas keep their size from batch to batch`() {
    let tape = Tape()
    var sizes: [Int] = []
    for _ in 0..<3 {
      tape.begin(lengths: [40, 24], training: true)
      let x = tape.input(noise(64 * 12, 1), rows: 64, columns: 12)
      let y = tape.attention(x, AttentionShape(heads: 2, causal: false, rotary: RotaryTable.Key(half: 1)))
      tape.backward(seeds: [(y, noise(64 * 4, 2))])
      sizes.append(tape.arenaFloats)
    }
    #expect(sizes[0] == sizes[1] && sizes[1] == sizes[2])
  }
}
