import Blocks
import Spaces
import Tensors
import Testing
import Tokens

@testable import Networks
@testable import Training

/// Every kind of label, pooling and pair: it learns, stops and goes on, and does not depend on threads.
@Suite struct TaskHeadTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let head: TaskHead
    var weights: [Float]?
    var positions = Positions.none
    var strands = Strands.forward
    /// Whether labels are smoothed, weights averaged, and lower layers slower.
    var isSmooth = false
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
    Case(
      name: "mean and max", head: TaskHead(.classes(2), pooling: .meanAndMax), positions: .sinusoidal,
      ignorance: 0.693),
    Case(
      name: "flat", head: TaskHead(.classes(2), pooling: .flat, length: 40), positions: .learned(40), ignorance: 0.693),
    Case(name: "attention", head: TaskHead(.classes(2), pooling: .attention), ignorance: 0.693),
    Case(
      name: "pairs, mean and max", head: TaskHead(.classes(2), pooling: .meanAndMax, isPaired: true), ignorance: 0.693),
    Case(name: "both strands", head: TaskHead(.classes(2), strands: 2), strands: .both, ignorance: 0.693),
    Case(
      name: "strands averaged, flat", head: TaskHead(.classes(2), pooling: .flat, length: 40, strands: 2),
      strands: .average, ignorance: 0.693),
    Case(
      name: "pairs on both strands", head: TaskHead(.classes(2), isPaired: true, strands: 2), strands: .average,
      ignorance: 0.693),
    Case(name: "smooth", head: TaskHead(.classes(2), pooling: .max), isSmooth: true, ignorance: 0.693),
    Case(name: "smooth sets", head: TaskHead(.sets(2)), weights: [1, 2], isSmooth: true, ignorance: 0.693),
  ]

  private func tuner(
    _ test: Case, of text: String = "c16-t32", on sizes: (train: Int, held: Int) = (150, 60), threads: Int = 1,
    patience: Int = 0,
    accumulate: Int = 1, evaluationTokens: Int = 8192, restoring: Checkpoint? = nil,
    score: (([Float]) -> Double)? = nil
  ) throws -> FineTuner {
    let architecture = try Architecture(parsing: text)
    let description = SupernetDescription(
      vocabulary: 12, architectures: [architecture], positions: test.positions, causal: false, seed: 7)
    var setup = FineTuneSetup(
      architecture, description: description, on: data(test, sizes.train, seed: 1),
      holdOut: data(test, sizes.held, seed: 2))
    setup.score = score
    setup.head = test.head
    setup.strands = test.strands
    if test.isSmooth { (setup.labelSmoothing, setup.averaging, setup.rateDecay) = (0.05, 0.9, 0.8) }
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
    Fixtures.task(test.head.labels, isPaired: test.head.isPaired, strands: test.strands.read, count, seed: seed)
  }

  @Test(arguments: cases) func `every kind of head learns its labels`(_ test: Case) throws {
    let tuner = try tuner(test, on: (600, 200), threads: 2)
    let held = try #require(tuner.setup.holdOut)
    try tuner.train(epochs: 12)
    let loss = tuner.epochs.map(\.loss).min()!
    #expect(loss < 0.9 * test.ignorance, "\(tuner.epochs.map(\.loss))")
    #expect(try FineTuner.loss(tuner.evaluate(held), held.targets) == tuner.epochs[tuner.bestEpoch!].loss)
  }

  /// No bit depends on the examples that are evaluated together; parts of a step are one step but for rounding, dropout
  /// included.
  @Test(arguments: cases, ["c16-t32", "g16(kernel=3)-p16(factor=3)-t32-p32-c32"])
  func `pieces of an evaluation or a step change nothing`(_ test: Case, _ text: String) throws {
    let held = data(test, 60, seed: 2)
    let whole = try tuner(test, of: text, on: (90, 60))
    let pieces = try tuner(test, of: text, evaluationTokens: 50)
    #expect(try whole.evaluate(held) == pieces.evaluate(held))
    let parts = try tuner(test, of: text, on: (90, 60), accumulate: 3)
    for tuner in [whole, parts] { try tuner.train(epochs: 2) }
    for (one, three) in zip(whole.epochs, parts.epochs) { #expect(abs(one.loss - three.loss) < 1e-3 * one.loss) }
  }

  /// The class is whether the one odd token is in the first half: a net that is blind to places is at chance.
  @Test(arguments: [
    (Pooling.mean, Positions.none, false), (.flat, .none, true), (.mean, .learned(40), true),
    (.attention, .sinusoidal, true), (.max, .learned(40), true),
  ])
  func `a place is learnt by positions or by a flat head`(
    _ pooling: Pooling, _ positions: Positions, _ learns: Bool
  ) throws {
    let placed = { (count: Int, seed: Int) -> LabelledTokens in
      var tokens = PackedTokens()
      var labels: [Int32] = []
      for example in 0..<count {
        let place = (example &* 7919 &+ seed &* 104_729) % 16 + 12
        tokens.append((0..<40).map { $0 == place ? 9 : 5 })
        labels.append(place < 20 ? 1 : 0)
      }
      return LabelledTokens(tokens: tokens, labels: labels)
    }
    let description = SupernetDescription(
      vocabulary: 12, architectures: Fixtures.space, positions: positions, causal: false, seed: 7)
    let architecture = Fixtures.architecture([(.cnn, 16)])
    var setup = FineTuneSetup(architecture, description: description, on: placed(300, 1), holdOut: placed(100, 2))
    setup.head = TaskHead(.classes(2), pooling: pooling, length: 40)
    setup.batchSize = 20
    setup.options.optimizer = AdamW(rate: 1e-2, warmup: 10)
    let tuner = try FineTuner(setup)
    try tuner.train(epochs: 15)
    let loss = tuner.epochs.map(\.loss).min()!
    #expect(learns ? loss < 0.2 : loss > 0.6, "\(tuner.epochs.map(\.loss))")
  }

  @Test func `a sequence longer than the learned positions is refused`() throws {
    let test = Case(name: "short", head: TaskHead(.classes(2)), positions: .learned(6), ignorance: 0)
    #expect(throws: ModelError.self) { try tuner(test) }
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
    for test in Self.cases where test.head.labels != .classes(2) || test.head.isPaired {
      let setup = FineTuneSetup(
        right.architecture, description: right.description, on: data(test, 40, seed: 1),
        holdOut: data(test, 40, seed: 2))
      #expect(throws: ModelError.self) { _ = try FineTuner(setup) }
    }
  }
}
