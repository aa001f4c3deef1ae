import Blocks
import JSON
import Testing
import Tokens

@testable import Training

@Suite struct TrainingFineTunerTests {
  private let train = Fixtures.labelled(300, seed: 1)
  private let held = Fixtures.labelled(100, seed: 2)

  private func options(threads: Int = 1, probe: Bool = false) -> FineTuneOptions {
    var options = FineTuneOptions()
    options.threads = threads
    options.batchSize = 32
    options.dropout = 0.1
    options.optimizer = AdamW(rate: 3e-3, warmup: 10)
    options.linearProbe = probe
    return options
  }

  private func tuner(
    _ options: FineTuneOptions, pretrained: Checkpoint? = nil, restoring: Checkpoint? = nil
  ) throws -> FineTuner {
    let description = SupernetDescription(vocabulary: 12, architectures: Fixtures.space, causal: false, seed: 7)
    return try FineTuner(
      Fixtures.space[0], description: description, pretrained: pretrained, options: options, restoring: restoring)
  }

  @Test func learnsAMotifAndKeepsTheBestEpoch() throws {
    let tuner = try tuner(options(threads: 2))
    try tuner.train(until: 14, on: TaskMaterial(train, holdOut: held, score: { Fixtures.accuracy($0, held.labels) }))
    let best = tuner.epochs.map(\.score).max()!
    #expect(best > 0.85, "\(tuner.epochs)")
    #expect(Fixtures.accuracy(tuner.outputs(of: held), held.labels) == best)
  }

  @Test func threadsChangeNothing() throws {
    let one = try tuner(options()), four = try tuner(options(threads: 4))
    try one.train(until: 2, on: TaskMaterial(train, holdOut: held))
    try four.train(until: 2, on: TaskMaterial(train, holdOut: held))
    #expect(try one.checkpoint() == four.checkpoint())
    #expect(one.outputs(of: held) == four.outputs(of: held))
  }

  @Test(arguments: [0, 3, 10, 17]) func interruptedEqualsUninterrupted(at: Int) throws {
    let direct = try tuner(options())
    try direct.train(until: 3, on: TaskMaterial(train, holdOut: held))
    let first = try tuner(options())
    try first.train(until: 3, on: TaskMaterial(train, holdOut: held), isCancelled: { first.step == at })
    let second = try tuner(options(), restoring: Checkpoint(try first.checkpoint()))
    try second.train(until: 3, on: TaskMaterial(train, holdOut: held))
    #expect(try direct.checkpoint() == second.checkpoint())
  }

  /// A state that an earlier program saved, with the bits of scores as integers, gives the same scores.
  @Test func aCursorOfFormatOneIsRead() throws {
    let direct = try tuner(options())
    try direct.train(until: 2, on: TaskMaterial(train, holdOut: held))
    let bits = { (number: Double) in JSON.int(Int(Int64(bitPattern: number.bitPattern))) }
    let cursor = JSON.sorted([
      "format": .int(1), "step": .int(direct.step),
      "epochs": .array(direct.epochs.map { .array([bits($0.loss), bits($0.score)]) }),
    ])
    let files = try direct.checkpoint().map { file in
      file.name == "state/cursor.json" ? CheckpointFile(name: file.name, bytes: Array(cursor.line.utf8)) : file
    }
    let second = try tuner(options(), restoring: Checkpoint(files))
    #expect(second.epochs == direct.epochs && second.step == direct.step)
    #expect(try second.checkpoint() == direct.checkpoint())
  }

  @Test func startsFromPretrainedBlocksAndReadsNoOthers() throws {
    let pretrainer = try Pretrainer(
      architectures: Fixtures.space, vocabulary: 12,
      options: {
        var options = PretrainOptions()
        options.seed = 7
        return options
      }())
    try pretrainer.train(until: 20, on: Fixtures.source())
    var read: Set<String> = []
    let files = Dictionary(uniqueKeysWithValues: try pretrainer.checkpoint().map { ($0.name, $0.bytes) })
    let source = Checkpoint(names: Array(files.keys)) { name in
      read.insert(name)
      return files[name]!
    }
    let tuner = try tuner(options(), pretrained: source)
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

  @Test func aLinearProbeMovesTheClassifierOnly() throws {
    let tuner = try tuner(options(probe: true))
    let before = Dictionary(uniqueKeysWithValues: try tuner.checkpoint().map { ($0.name, $0.bytes) })
    try tuner.train(until: 1, on: TaskMaterial(train, holdOut: held))
    for file in try tuner.checkpoint() where file.name.hasPrefix("weights/") {
      #expect((file.bytes == before[file.name]) == !file.name.contains("classifier"), "\(file.name)")
    }
  }

  @Test func companionsInABatchDoNotMatter() throws {
    let tuner = try tuner(options())
    let together = tuner.outputs(of: held)
    for example in [0, 17, 99] {
      let alone = tuner.outputs(
        of: LabelledTokens(tokens: held.tokens.selecting([example]), labels: [0]))
      for c in 0..<2 { #expect(abs(alone[c] - together[2 * example + c]) < 1e-5) }
    }
  }

  @Test func badLabelsAreNamed() throws {
    let bad = LabelledTokens(tokens: held.tokens.selecting([0]), labels: [2])
    #expect(throws: TrainingError.badInput("label 2 in the training data of a task of 2 classes")) {
      try tuner(options()).train(until: 1, on: TaskMaterial(bad, holdOut: held))
    }
  }
}
