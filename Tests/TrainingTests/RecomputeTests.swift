import Blocks
import Randomness
import Spaces
import Tensors
import Testing
import Tokens

@testable import Networks
@testable import Training

/// Paths whose layers read and leave two streams, change widths, pool, and have every kind of block.
private let paths = [
  "c16-l24-t32-m16-h32(length=128)-g16", "e16(stem=5)-g16-c16-g24(tail=2)-g24", "t16(mlp=swiglu)-p16-h16(form=modal)",
]

@Suite struct RecomputeTests {
  private func state(_ text: String, objective: any Objective, recompute: Bool) throws -> [CheckpointFile] {
    var setup = Fixtures.pretraining([try Architecture(parsing: text)])
    setup.objective = objective
    setup.options.recompute = recompute
    setup.options.optimizer = AdamW(rate: 3e-3, warmup: 3)
    let trainer = try Pretrainer(setup)
    try trainer.train(until: 5)
    return try trainer.checkpoint()
  }

  @Test(arguments: paths) func `layers that are computed anew give the same bits`(text: String) throws {
    let objective: any Objective = MaskedModelling()
    #expect(
      try state(text, objective: objective, recompute: true) == state(text, objective: objective, recompute: false))
    guard !text.contains("p16") else { return }
    let next: any Objective = NextTokenPrediction()
    #expect(try state(text, objective: next, recompute: true) == state(text, objective: next, recompute: false))
  }

  @Test func `dropout is drawn as before`() throws {
    let tuned = { (recompute: Bool) in
      let train = Fixtures.labelled(60, seed: 1)
      let architecture = try Architecture(parsing: paths[0])
      var setup = FineTuneSetup(
        architecture,
        description: SupernetDescription(vocabulary: 12, architectures: [architecture], causal: false, seed: 7),
        on: train, holdOut: train)
      setup.dropout = 0.2
      setup.options.recompute = recompute
      let tuner = try FineTuner(setup)
      try tuner.train(until: 1)
      return try tuner.checkpoint()
    }
    #expect(try tuned(true) == tuned(false))
  }

  @Test func `memory holds one layer at a time`() throws {
    let floats = { (depth: Int, recompute: Bool) -> Int in
      let text = [String](repeating: "m32(mlp=gelu)", count: depth).joined(separator: "-")
      let supernet = Supernet(
        SupernetDescription(vocabulary: 12, architectures: [try Architecture(parsing: text)], causal: true, seed: 1))
      let path = try supernet.path(Architecture(parsing: text), head: .tokens)
      let tape = Tape()
      tape.recomputes = recompute
      let ids = [Int32](repeating: 6, count: 4096)
      tape.begin(lengths: [4096], training: true)
      let logits = path.tokenLogits(ids[...], rows: Array(0..<4096), on: tape)
      tape.backward(seeds: [(logits, [Float](repeating: 1e-3, count: 4096 * 12))])
      return tape.arenaFloats
    }
    // A layer's own values are many times its input.
    let (eight, kept) = (try floats(8, true), try floats(8, false))
    #expect(kept > 3 * eight, "\(kept) and \(eight)")
    #expect(try floats(16, true) < 2 * eight)
  }
}
