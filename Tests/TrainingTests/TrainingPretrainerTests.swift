import Blocks
import Randomness
import Spaces
import Testing

@testable import Networks
@testable import Training

@Suite struct TrainingPretrainerTests {
  private func pretrainer(threads: Int = 1, seed: Int = 7, restoring: Checkpoint? = nil) throws -> Pretrainer {
    var setup = Fixtures.pretraining()
    setup.options.seed = seed
    setup.options.threads = threads
    setup.options.optimizer = AdamW(rate: 3e-3, warmup: 10)
    return try Pretrainer(setup, from: restoring)
  }

  @Test func `pretraining learns the next-token rule of its data`() throws {
    let trainer = try pretrainer(threads: 2)
    try trainer.train(until: 300)
    let held = (0..<8).map { EvaluationBatch(Fixtures.source(seed: 2)($0)) }
    let question = HeldOut.Question(Fixtures.space[0], on: held)
    let result = try trainer.evaluate(question)
    // Uniform guessing has 1.95 nats; the rule with its noise about 0.5.
    #expect(result.loss < 1.0, "loss \(result.loss), accuracy \(result.accuracy)")
    #expect(try trainer.evaluate(question) == result)
  }

  @Test(arguments: [2, 3, 4]) func `any number of threads gives the same bits`(threads: Int) throws {
    let one = try pretrainer(), many = try pretrainer(threads: threads)
    try one.train(until: 12)
    try many.train(until: 12)
    #expect(try one.checkpoint() == many.checkpoint())
  }

  @Test(arguments: [1, 4, 9]) func `an interrupted training equals an uninterrupted one`(at: Int) throws {
    let direct = try pretrainer()
    try direct.train(until: 15)
    let first = try pretrainer()
    var left = at
    let finished = try first.train(
      until: 15,
      isCancelled: {
        left -= 1
        return left < 0
      }, report: { _ in })
    #expect(!finished && first.step == at)
    let second = try pretrainer(threads: 2, restoring: Checkpoint(try first.checkpoint()))
    #expect(second.step == at)
    try second.train(until: 15)
    #expect(try direct.checkpoint() == second.checkpoint())
  }

  @Test func `a restored checkpoint is itself`() throws {
    let trainer = try pretrainer()
    try trainer.train(until: 5)
    let files = try trainer.checkpoint()
    #expect(try pretrainer(restoring: Checkpoint(files)).checkpoint() == files)
  }

  @Test func `a step touches the blocks of its path only`() throws {
    let trainer = try pretrainer()
    try trainer.train(until: 9)
    let before = Dictionary(uniqueKeysWithValues: try trainer.checkpoint().map { ($0.name, $0.bytes) })
    let chosen = Fixtures.space[trainer.choice(step: 9)]
    let touched = Set(try trainer.supernet.path(chosen, head: .tokens).blocks.map(\.name))
    try trainer.train(until: 10)
    var untouched = 0
    for file in try trainer.checkpoint() where file.name.hasSuffix(".safetensors") {
      let block = String(file.name.split(separator: "/")[1].dropLast(".safetensors".count))
      if touched.contains(block) {
        #expect(before[file.name] != file.bytes, "\(file.name)")
      } else {
        untouched += 1
        #expect(before[file.name] == file.bytes, "\(file.name)")
      }
    }
    #expect(untouched > 0)
  }

  @Test func `fair sampling trains every path once per cycle`() throws {
    var setup = Fixtures.pretraining()
    setup.fair = true
    let trainer = try Pretrainer(setup)
    for cycle in 0..<5 {
      #expect(Set((0..<3).map { trainer.choice(step: 3 * cycle + $0) }) == [0, 1, 2])
    }
  }

  @Test func `bad options are named`() throws {
    let even = try Architecture(parsing: "h16-c16(kernel=4)")
    let error = #expect(throws: BlockProblem.self) {
      _ = try Pretrainer(Fixtures.pretraining([even]))
    }
    let reason = "must be odd for a bidirectional convolution"
    #expect(error?.description == "option kernel=4 of module 'cnn': \(reason)")
  }

  @Test func `an infinite loss names its step and op`() throws {
    var setup = Fixtures.pretraining([Fixtures.space[0]])
    setup.options.optimizer = AdamW(rate: 1e30, clip: 0)
    let trainer = try Pretrainer(setup)
    let error = #expect(throws: ModelError.self) { try trainer.train(until: 50) }
    guard case .notFinite(_, let step, let origin) = try #require(error) else { throw error! }
    #expect(step == trainer.step && step > 0)
    // The first op whose output overflows, and its block.
    #expect(origin?.contains(" of block ") == true, "\(error!)")
  }

  @Test func `bad checkpoints are refused`() throws {
    let trainer = try pretrainer()
    try trainer.train(until: 3)
    let files = try trainer.checkpoint()
    let other = Checkpoint(files.map { CheckpointFile(name: $0.name, bytes: Array($0.bytes.dropLast(4))) })
    #expect(throws: ModelError.self) { try pretrainer(restoring: other).train(until: 20) }
    #expect(throws: ModelError.self) { _ = try pretrainer(seed: 8, restoring: Checkpoint(files)) }
  }
}
