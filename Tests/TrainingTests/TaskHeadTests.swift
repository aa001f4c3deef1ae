import Blocks
import Testing

@testable import Training

/// Every kind of label, pooling and pair: it learns, stops and goes on, and does not depend on threads.
@Suite struct TaskHeadTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let head: TaskHead
    var weights: [Float]?
    /// The loss of a model that knows how often each label occurs; what is learnt must be better.
    let ignorance: Double
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "last", head: TaskHead(.classes(2), pooling: .last), ignorance: 0.693),
    Case(name: "max", head: TaskHead(.classes(2), pooling: .max), weights: [0.5, 2], ignorance: 0.693),
    Case(name: "sets", head: TaskHead(.sets(2)), weights: [1, 2], ignorance: 0.693),
    Case(name: "value", head: TaskHead(.value), ignorance: 0.7),
    Case(name: "tokens", head: TaskHead(.tokens(2)), weights: [1, 3], ignorance: 0.6),
    Case(name: "pairs", head: TaskHead(.classes(2), isPaired: true), ignorance: 0.693),
  ]

  private func tuner(
    _ test: Case, on sizes: (train: Int, held: Int) = (150, 60), threads: Int = 1, patience: Int = 0,
    accumulate: Int = 1, evaluationTokens: Int = 8192, restoring: Checkpoint? = nil,
    score: (([Float]) -> Double)? = nil
  ) throws -> FineTuner {
    let description = SupernetDescription(vocabulary: 12, architectures: Fixtures.space, causal: false, seed: 7)
    var setup = FineTuneSetup(
      Fixtures.space[0], description: description, on: data(test, sizes.train, seed: 1),
      holdOut: data(test, sizes.held, seed: 2))
    setup.score = score
    setup.head = test.head
    setup.classWeights = test.weights
    setup.patience = patience
    setup.evaluationTokens = evaluationTokens
    setup.batchSize = 31
    setup.dropout = 0.05
    setup.options.threads = threads
    setup.options.accumulate = accumulate
    setup.options.optimizer = AdamW(rate: 3e-3, warmup: 10)
    return try FineTuner(setup, from: restoring)
  }

  private func data(_ test: Case, _ count: Int, seed: Int) -> LabelledTokens {
    Fixtures.task(test.head.labels, isPaired: test.head.isPaired, count, seed: seed)
  }

  @Test(arguments: cases) func `every kind of head learns its labels`(_ test: Case) throws {
    let tuner = try tuner(test, on: (600, 200), threads: 2)
    let held = tuner.setup.holdOut
    try tuner.train(epochs: 12)
    let loss = tuner.epochs.map(\.loss).min()!
    #expect(loss < 0.9 * test.ignorance, "\(tuner.epochs.map(\.loss))")
    #expect(try FineTuner.loss(tuner.evaluate(held), held.targets) == tuner.epochs[tuner.bestEpoch!].loss)
  }

  /// No bit depends on the examples that are evaluated together; parts of a step are one step but for rounding.
  @Test(arguments: cases) func `pieces of an evaluation or a step change nothing`(_ test: Case) throws {
    let held = data(test, 60, seed: 2)
    let (whole, pieces) = (try tuner(test, on: (90, 60)), try tuner(test, evaluationTokens: 50))
    #expect(try whole.evaluate(held) == pieces.evaluate(held))
    let parts = try tuner(test, on: (90, 60), accumulate: 3)
    for tuner in [whole, parts] { try tuner.train(epochs: 2) }
    for (one, three) in zip(whole.epochs, parts.epochs) { #expect(abs(one.loss - three.loss) < 1e-3 * one.loss) }
  }

  @Test func `balanced weights give classes the same sum`() {
    #expect(Targets.classes([0, 0, 0, 1]).balancedWeights(classes: 3) == [4.0 / 9, 4.0 / 3, 1])
    #expect(Targets.tokens([0, -1, 0, 0, 1, -1]).balancedWeights(classes: 2) == [2.0 / 3, 2])
    #expect(Targets.sets([1, 0, 1, 0, 1, 1, 0, 0], count: 2).balancedWeights(classes: 2) == [1.0 / 3, 3])
    #expect(Targets.sets([1, 0, 1, 0], count: 2).balancedWeights(classes: 2) == [1, 1])
    #expect(Targets.values([1, 2]).balancedWeights(classes: 0) == nil)
  }

  @Test(arguments: cases) func `threads and interrupts change nothing`(_ test: Case) throws {
    let held = data(test, 60, seed: 2)
    let direct = try tuner(test)
    try direct.train(epochs: 3)
    for at in [0, 2, 5, 9] {
      let first = try tuner(test, threads: 3)
      try first.train(until: 15, isCancelled: { first.step == at }, report: { _ in })
      let second = try tuner(test, threads: 2, restoring: Checkpoint(try first.checkpoint()))
      try second.train(epochs: 3)
      #expect(try direct.checkpoint() == second.checkpoint(), "at step \(at)")
      #expect(try direct.evaluate(held) == second.evaluate(held))
    }
  }

  /// With patience, training ends after the first run of so many epochs that are not better than the best before, with
  /// the weights of that best; epochs up to there are those without patience.
  @Test(arguments: [1, 2, 3]) func `patience ends a training with its best weights`(_ patience: Int) throws {
    let test = Self.cases[0]
    let held = data(test, 40, seed: 2)
    let scores = [0.1, 0.3, 0.3, 0.2, 0.5, 0.4, 0.4, 0.4, 0.6]
    let run = { (patience: Int, horizon: Int, restoring: Checkpoint?) in
      var epoch = { 0 }
      let tuner = try tuner(
        test, on: (100, 40), patience: patience, restoring: restoring, score: { _ in scores[epoch()] })
      epoch = { [unowned tuner] in tuner.epochs.count }
      try tuner.train(epochs: horizon)
      return tuner
    }
    let stopped = try run(patience, scores.count, nil)
    let expected = [1: 3, 2: 4, 3: 8][patience]!
    #expect(stopped.epochs.count == expected)
    let whole = try run(0, expected, nil)
    #expect(stopped.epochs == whole.epochs && stopped.bestEpoch == whole.bestEpoch)
    #expect(try stopped.evaluate(held) == whole.evaluate(held))
    // A smaller horizon, then more: the same end.
    let part = try run(patience, 2, nil)
    let extended = try run(patience, scores.count, Checkpoint(try part.checkpoint()))
    #expect(try extended.checkpoint() == stopped.checkpoint())
    let again = try run(patience, scores.count, Checkpoint(try stopped.checkpoint()))
    #expect(again.step == stopped.step)
  }

  @Test func `an uncounted token has no influence`() throws {
    let test = Self.cases[4]
    let tuner = try tuner(test)
    let data = data(test, 40, seed: 2)
    guard case .tokens(let labels) = data.targets else { return }
    #expect(labels.contains(-1))
    var changed = try tuner.evaluate(data)
    for (token, label) in labels.enumerated() where label < 0 { changed[2 * token] = 1e6 }
    #expect(try FineTuner.loss(changed, data.targets) == FineTuner.loss(tuner.evaluate(data), data.targets))
  }

  @Test func `labels of another kind are refused`() throws {
    let right = try tuner(Self.cases[0]).setup
    for (index, test) in Self.cases.enumerated() where index > 1 {
      let setup = FineTuneSetup(
        right.architecture, description: right.description, on: data(test, 40, seed: 1),
        holdOut: data(test, 40, seed: 2))
      #expect(throws: TrainingError.self) { _ = try FineTuner(setup) }
    }
  }
}
