import Blocks
import Losses
import Ops
import Randomness
import Spaces
import Tensors
import Testing
import Tokens

@testable import Networks
@testable import Training

/// The properties of every objective: the same bits for any thread count, stopping and going on,
/// sense in what is learnt.
@Suite struct TrainingObjectiveTests {
  static let names = ["mm", "cl", "ntp"]

  static func objective(_ name: String) -> any Objective {
    switch name {
    case "cl":
      // Tokens 5 ... 10 as three pairs of complements, 11 its own.
      ContrastiveLearning(projection: 8, complements: [0, 1, 2, 3, 4, 6, 5, 8, 7, 10, 9, 11])
    case "ntp": NextTokenPrediction()
    default: MaskedModelling()
    }
  }

  private func trainer(
    _ objective: any Objective, threads: Int = 1, shards: Int = 4, parts: Int = 1, schedule: Schedule = .constant,
    architectures: [Architecture] = Fixtures.space, batch: @escaping (Int) -> PackedTokens = Fixtures.source(),
    weights: Checkpoint? = nil, restoring: Checkpoint? = nil
  ) throws -> Pretrainer {
    var setup = Fixtures.pretraining(architectures, batch: batch)
    setup.weights = weights
    setup.objective = objective
    setup.options.seed = 7
    setup.options.threads = threads
    setup.options.shards = shards
    setup.options.accumulate = parts
    setup.options.optimizer = AdamW(rate: 3e-3, warmup: 10, schedule: schedule)
    return try Pretrainer(setup, from: restoring)
  }

  @Test(arguments: names) func `any number of threads gives the same bits`(name: String) throws {
    let runs = try [1, 2, 4].map { threads in
      let trainer = try trainer(Self.objective(name), threads: threads)
      try trainer.train(until: 9)
      return try trainer.checkpoint()
    }
    #expect(runs[0] == runs[1] && runs[0] == runs[2])
  }

  @Test(arguments: names, [1, 5, 8]) func `an interrupted training equals an uninterrupted one`(name: String, at: Int)
    throws
  {
    let schedule = Schedule.cosine(start: 2, steps: 9, end: 0.1)
    let direct = try trainer(Self.objective(name), schedule: schedule)
    try direct.train(until: 12)
    // Extended: the horizon of the first part is another.
    let first = try trainer(Self.objective(name), schedule: schedule)
    try first.train(until: at)
    let second = try trainer(
      Self.objective(name), threads: 2, schedule: schedule, restoring: Checkpoint(try first.checkpoint()))
    #expect(second.step == at)
    try second.train(until: 12)
    #expect(try direct.checkpoint() == second.checkpoint())
  }

  @Test func `next-token prediction learns the next tokens`() throws {
    let trainer = try trainer(Self.objective("ntp"), threads: 2)
    try trainer.train(until: 200)
    let held = (0..<4).map { EvaluationBatch(Fixtures.source(seed: 2)($0)) }
    let result = try trainer.evaluate(HeldOut.Question(Fixtures.space[0], on: held))
    #expect(result.loss < 0.9 && result.accuracy > 0.75, "\(result)")
  }

  @Test func `contrastive learning finds the views of one sequence`() throws {
    // Each sequence repeats a pattern of its own; a batch of 16 has 32 views.
    let source = { (step: Int) in
      let random = Philox(seed: 4, stream: .synthesis)
      var batch = PackedTokens()
      for example in 0..<16 {
        let pattern = (0..<3).map { Int32(5 + random.integer(below: 7, step, example, $0)) }
        batch.append((0..<30).map { pattern[$0 % 3] })
      }
      return batch
    }
    let trainer = try trainer(ContrastiveLearning(projection: 8), threads: 2, batch: source)
    let question = HeldOut.Question(Fixtures.space[0], on: [EvaluationBatch(source(1_000_000))])
    let before = try trainer.evaluate(question)
    try trainer.train(until: 150)
    let after = try trainer.evaluate(question)
    #expect(after.loss < 0.7 * before.loss && after.accuracy > 0.5, "\(before), then \(after)")
    #expect(after.tokens == 32)
  }

  /// The loss of a batch by its definition, from the logits of all rows.
  @Test func `the next-token loss is its definition`() throws {
    let trainer = try trainer(Self.objective("ntp"))
    var batch = PackedTokens()
    for sequence: [Int32] in [[5, 6, 7, 1, 8], [9], [10, 11], []] { batch.append(sequence) }
    let path = try trainer.supernet.path(Fixtures.space[1], head: .tokens)
    let tape = Tape()
    tape.begin(lengths: [5, 1, 2, 0], training: false)
    let logits = tape.array(path.tokenLogits(batch.ids[...], rows: (0..<8).map { $0 }, on: tape))
    // Rows whose next token exists and is no special one.
    let (rows, targets) = ([0, 1, 3, 6], [Int32]([6, 7, 8, 11]))
    let chosen = rows.flatMap { logits[$0 * Fixtures.vocabulary..<($0 + 1) * Fixtures.vocabulary] }
    let expected = Reference.crossEntropy(chosen, targets: targets, classWeights: nil, scale: 0.25).loss
    let result = try trainer.evaluate(
      HeldOut.Question(
        Fixtures.space[1], on: [EvaluationBatch(batch)], letters: [Int](repeating: 3, count: Fixtures.vocabulary)))
    #expect(abs(result.loss - expected) < 1e-6 && result.tokens == 4 && result.letters == 12)
    #expect(abs(result.bitsPerLetter! - expected / 0.6931471805599453 / 3) < 1e-6)
    #expect(HeldOut.perplexity(loss: 2)! - 7.38905609893065 < 1e-12 && HeldOut.perplexity(loss: 1e3) == nil)
  }

  /// No token of the future reaches a prediction, in any path.
  @Test(arguments: Fixtures.space) func `no token of the future reaches a prediction`(architecture: Architecture) throws
  {
    let trainer = try trainer(Self.objective("ntp"))
    let path = try trainer.supernet.path(architecture, head: .tokens)
    func logits(_ ids: [Int32]) -> [Float] {
      let tape = Tape()
      tape.begin(lengths: [ids.count], training: false)
      return tape.array(path.tokenLogits(ids[...], rows: ids.indices.map(Int32.init), on: tape))
    }
    let ids = (0..<12).map { Int32(5 + $0 * 5 % 7) }
    let whole = logits(ids)
    let changed = logits(ids.enumerated().map { $0.offset < 7 ? $0.element : 11 })
    let before = 7 * Fixtures.vocabulary
    for i in 0..<before { #expect(abs(whole[i] - changed[i]) < 1e-5) }
    #expect(whole[before...] != changed[before...])
  }

  @Test func `pieces of a sequence score every token once`() throws {
    for (count, length, context) in [(10, 4, 0), (10, 4, 2), (11, 4, 1), (4, 4, 3), (3, 4, 1), (0, 4, 1), (9, 4, 3)] {
      var scored = [Int](repeating: 0, count: count)
      for (number, piece) in EvaluationPieces(length: length, context: context).cut(count).enumerated() {
        #expect(piece.count <= length)
        var batch = PackedTokens()
        batch.append(piece.map { Int32(5 + $0) })
        let task = NextTokenPrediction().task(batch).scored(after: context, whole: number == 0 ? [0] : [])
        for target in task.targets { scored[Int(target) - 5] += 1 }
      }
      // Without context the first token of every piece is left out, with it only that of the sequence.
      let expected = (0..<count).map { context > 0 ? min($0, 1) : min($0 % length, 1) }
      #expect(scored == expected, "\(count) tokens in pieces of \(length) with \(context)")
    }
  }

  /// Behind a tag every letter is scored once, the first of a piece too.
  @Test func `pieces behind a tag score every letter once`() throws {
    for (count, length, context) in [(1, 5, 0), (9, 5, 0), (9, 5, 2), (23, 4, 1), (8, 100, 3)] {
      var (writer, file) = (TokenArrayWriter(vocabularySize: 100), [UInt8]())
      writer.add(([99] + (0..<Int32(count)).map { 5 + $0 })[...])
      writer.finish()
      writer.drain { file += $0 }
      var scored = [Int](repeating: 0, count: count)
      try file.withUnsafeBytes { bytes in
        let pieces = EvaluationPieces(length: length, context: context, ahead: 1)
        for batch in pieces.batches(of: try TokenArray(bytes, file: "t"), most: 12) {
          for row in 0..<batch.tokens.count {
            #expect(batch.tokens[row].first == 99 && batch.tokens[row].count <= length)
          }
          let task = NextTokenPrediction().task(batch.tokens).scored(after: batch.context, whole: batch.firstPieces)
          for target in task.targets { scored[Int(target) - 5] += 1 }
        }
      }
      #expect(scored == [Int](repeating: 1, count: count), "\(count) letters in pieces of \(length) with \(context)")
    }
  }

  @Test(arguments: ["mm", "ntp"]) func `parts of a batch add up to it`(name: String) throws {
    let runs = try [1, 3, 5].map { parts in
      let trainer = try trainer(Self.objective(name), parts: parts)
      try trainer.train(until: 3)
      let path = try trainer.supernet.path(Fixtures.space[trainer.choice(step: 0)], head: .tokens)
      return path.blocks.flatMap { block in block.weights.layout.entries.indices.flatMap { block.weights.values($0) } }
    }
    for other in runs[1...] {
      #expect(zip(runs[0], other).allSatisfy { abs($0 - $1) < 1e-4 })
      #expect(runs[0] != other)
    }
  }

  @Test func `a contrast does not depend on its shards`() throws {
    func losses(shards: Int) throws -> [Double] {
      let trainer = try trainer(Self.objective("cl"), shards: shards)
      var losses: [Double] = []
      try trainer.train(until: 5, isCancelled: { false }, report: { losses.append($0.loss) })
      return losses
    }
    for (one, four) in zip(try losses(shards: 1), try losses(shards: 4)) { #expect(abs(one - four) < 1e-3 * one) }
  }

  @Test func `views are crops of both strands with changes`() {
    let learning = ContrastiveLearning(
      dropout: 0, substitution: 0, complements: [0, 1, 2, 3, 4, 6, 5, 8, 7, 10, 9, 11])
    let random = Philox(seed: 1, stream: .views)
    var batch = PackedTokens()
    for example in 0..<200 { batch.append((0..<20).map { Int32(5 + ($0 * $0 + example) % 7) }) }
    let views = learning.views(batch, step: 3, vocabulary: 12, random: random)
    #expect(views.count == 400)
    var (turned, lengths) = (0, 0)
    for view in 0..<400 {
      let source = Array(batch[view / 2])
      let other = source.reversed().map { learning.complements![Int($0)] }
      let found = Array(views[view])
      let isPart = { (whole: [Int32]) in
        (0...whole.count - found.count).contains { Array(whole[$0..<$0 + found.count]) == found }
      }
      #expect(isPart(source) || isPart(other))
      if !isPart(source) { turned += 1 }
      lengths += found.count
      #expect(found.count >= 10)
    }
    #expect((150...250).contains(turned) && (14 * 400...16 * 400).contains(lengths))
    let noisy = ContrastiveLearning(smallestCrop: 1, dropout: 0.25, substitution: 0.5)
    let kept = noisy.views(batch, step: 3, vocabulary: 12, random: random)
    #expect(abs(Double(kept.ids.count) / 8000 - 0.75) < 0.03)
  }

  @Test func `a training goes on from the weights of another`() throws {
    let first = try trainer(Self.objective("mm"))
    try first.train(until: 20)
    let weights = Checkpoint(try first.checkpoint().filter { $0.name.hasPrefix("weights/") })
    let alone = [Fixtures.space[0]]
    let second = try trainer(Self.objective("cl"), architectures: alone, weights: weights)
    // All but the projection, which masked modelling has not.
    #expect(try #require(second.inherited) == (4, 5) && second.step == 0)
    let question = HeldOut.Question(Fixtures.space[0], on: [EvaluationBatch(Fixtures.source()(3))])
    let before = try second.evaluate(question)
    try second.train(until: 4)
    let names = try second.checkpoint().map(\.name)
    #expect(names.contains("weights/projection.32-8.safetensors") && !names.contains { $0.contains("0.transformer") })
    let after = try second.evaluate(question)
    #expect(before != after)
    // Stopped and resumed it is the same.
    let part = try trainer(Self.objective("cl"), architectures: alone, weights: weights)
    try part.train(until: 2)
    let rest = try trainer(
      Self.objective("cl"), architectures: alone, weights: weights, restoring: Checkpoint(try part.checkpoint()))
    try rest.train(until: 4)
    #expect(try rest.checkpoint() == second.checkpoint())
    let error = #expect(throws: ModelError.self) { _ = try trainer(Self.objective("ntp"), weights: weights) }
    #expect("\(error!)".contains("must not see what follows"))
  }

  @Test(arguments: names) func `numbers that explode are traced to their op`(name: String) throws {
    var setup = Fixtures.pretraining([Fixtures.space[0]])
    setup.objective = Self.objective(name)
    setup.options.optimizer = AdamW(rate: 1e25, clip: .infinity)
    let trainer = try Pretrainer(setup)
    let error = try #require(
      #expect(throws: ModelError.self) { try trainer.train(until: 50) })
    guard case .notFinite(let quantity, let step, let origin) = error else { throw error }
    #expect(step == trainer.step && step > 0 && quantity == "loss")
    // The first op that multiplies two of the grown numbers.
    #expect(origin == "convolution of block 0.cnn.16-16", "\(error)")
  }
}
