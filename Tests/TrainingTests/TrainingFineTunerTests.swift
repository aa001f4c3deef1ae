import Blocks
import JSON
import Testing
import Tokens

@testable import Networks
@testable import Training

@Suite struct TrainingFineTunerTests {
  private let train = Fixtures.labelled(300, seed: 1)
  private let held = Fixtures.labelled(100, seed: 2)

  private func tuner(
    threads: Int = 1, on train: LabelledTokens? = nil, pretrained: Checkpoint? = nil,
    restoring: Checkpoint? = nil, score: (([Float]) -> Double)? = nil
  ) throws -> FineTuner {
    let description = SupernetDescription(vocabulary: 12, architectures: Fixtures.space, causal: false, seed: 7)
    var setup = FineTuneSetup(
      Fixtures.space[0], description: description, on: train ?? self.train, holdOut: held)
    setup.score = score
    setup.weights = pretrained
    setup.batchSize = 32
    setup.dropout = 0.1
    setup.options.threads = threads
    setup.options.optimizer = AdamW(rate: 3e-3, warmup: 10)
    return try FineTuner(setup, from: restoring)
  }

  @Test func `a fine-tune learns a motif and keeps the best epoch`() throws {
    let tuner = try tuner(threads: 2, score: { Fixtures.accuracy($0, held.labels) })
    try tuner.train(epochs: 14)
    let best = tuner.epochs.map(\.score).max()!
    #expect(best > 0.85, "\(tuner.epochs)")
    #expect(try Fixtures.accuracy(tuner.evaluate(held), held.labels) == best)
  }

  /// A refit: nothing is scored, and the mean of the weights after the last step counts, interrupted or not.
  @Test func `without a hold-out the last step's weights count`() throws {
    let description = SupernetDescription(vocabulary: 12, architectures: Fixtures.space, causal: false, seed: 7)
    var setup = FineTuneSetup(Fixtures.space[0], description: description, on: train, holdOut: nil)
    setup.batchSize = 32
    setup.averaging = 0.9
    setup.options.optimizer = AdamW(rate: 3e-3, warmup: 10)
    let direct = try FineTuner(setup)
    try direct.train(epochs: 12)
    #expect(direct.epochs.isEmpty && direct.bestEpoch == nil)
    #expect(try Fixtures.accuracy(direct.evaluate(held), held.labels) > 0.85)
    let first = try FineTuner(setup)
    try first.train(until: 40, isCancelled: { first.step == 17 }, report: { _ in })
    let second = try FineTuner(setup, from: Checkpoint(try first.checkpoint()))
    try second.train(epochs: 12)
    #expect(try direct.evaluate(held) == second.evaluate(held))
    let network = try TaskNetwork(
      Fixtures.space[0], head: setup.head, of: direct.model, half: false, threads: 1)
    #expect(try network.outputs(of: held.tokens) == direct.evaluate(held))
    #expect(throws: ModelError.self) { try LinearProbe(setup) }
  }

  @Test func `the number of threads changes nothing`() throws {
    let one = try tuner(), four = try tuner(threads: 4)
    try one.train(epochs: 2)
    try four.train(epochs: 2)
    #expect(try one.checkpoint() == four.checkpoint())
    #expect(try one.evaluate(held) == four.evaluate(held))
  }

  @Test(arguments: [0, 3, 10, 17]) func `an interrupted training equals an uninterrupted one`(at: Int) throws {
    let direct = try tuner()
    try direct.train(epochs: 3)
    let first = try tuner()
    try first.train(until: 30, isCancelled: { first.step == at }, report: { _ in })
    let second = try tuner(restoring: Checkpoint(try first.checkpoint()))
    try second.train(epochs: 3)
    #expect(try direct.checkpoint() == second.checkpoint())
  }

  /// A state that an earlier program saved, with the bits of scores as integers, gives the same scores.
  @Test func `a cursor of format 1 is still read`() throws {
    let direct = try tuner()
    try direct.train(epochs: 2)
    let bits = { (number: Double) in JSON.int(Int(Int64(bitPattern: number.bitPattern))) }
    let cursor = JSON.sorted([
      "format": .int(1), "step": .int(direct.step),
      "epochs": .array(direct.epochs.map { .array([bits($0.loss), bits($0.score)]) }),
    ])
    let files = try direct.checkpoint().map { file in
      file.name == "state/cursor.json" ? CheckpointFile(name: file.name, bytes: Array(cursor.line.utf8)) : file
    }
    let second = try tuner(restoring: Checkpoint(files))
    #expect(second.epochs == direct.epochs && second.step == direct.step)
    #expect(try second.checkpoint() == direct.checkpoint())
  }

  @Test func `a fine-tune starts from pretrained blocks and reads no others`() throws {
    var pretraining = Fixtures.pretraining()
    pretraining.options.seed = 7
    let pretrainer = try Pretrainer(pretraining)
    try pretrainer.train(until: 20)
    var read: Set<String> = []
    let files = Dictionary(uniqueKeysWithValues: try pretrainer.checkpoint().map { ($0.name, $0.bytes) })
    let source = Checkpoint(names: Array(files.keys)) { name in
      read.insert(name)
      return files[name]!
    }
    let tuner = try tuner(pretrained: source)
    #expect(
      read == [
        "weights/embedding.safetensors", "weights/0.cnn.16-16.safetensors", "weights/1.transformer.16-32.safetensors",
        "weights/norm.32.safetensors",
      ])
    for file in try tuner.checkpoint() where file.name.hasPrefix("weights/") && files[file.name] != nil {
      #expect(file.bytes == files[file.name]!, "\(file.name)")
    }
    #expect(try tuner.checkpoint().allSatisfy { !$0.name.hasSuffix(".safetensors") || $0.name.hasPrefix("weights/") })
  }

  @Test func `companions in a batch do not matter`() throws {
    let tuner = try tuner()
    let together = try tuner.evaluate(held)
    for example in [0, 17, 99] {
      let alone = try tuner.evaluate(LabelledTokens(tokens: held.tokens.selecting([example]), labels: [0]))
      for c in 0..<2 { #expect(abs(alone[c] - together[2 * example + c]) < 1e-5) }
    }
  }

  @Test func `labels that no class has are named`() throws {
    let bad = LabelledTokens(tokens: held.tokens.selecting([0]), labels: [2])
    #expect(throws: ModelError.badInput("label 2 in the training data of a task of 2 classes")) {
      _ = try tuner(on: bad)
    }
  }
}
