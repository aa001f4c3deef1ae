import Blocks
import LinearModels
import Spaces
import Tensors
import Testing
import Tokens

@testable import Networks
@testable import Training

/// Linear probes of every kind of label.
@Suite struct LinearProbeTests {
  private func setup(
    _ test: TaskHeadTests.Case, _ train: Int = 150, _ held: Int = 60, threads: Int = 1, dropout: Double = 0.1,
    evaluationTokens: Int = 8192, shards: Int = 4
  ) -> FineTuneSetup {
    let description = SupernetDescription(
      vocabulary: 12, architectures: Fixtures.space, positions: test.positions, causal: false, seed: 7)
    let data = { (count: Int, seed: Int) in
      Fixtures.task(
        test.head.labels, isPaired: test.head.isPaired, strands: test.strands.read, count, seed: seed)
    }
    var setup = FineTuneSetup(
      Fixtures.space[0], description: description, on: data(train, 1), holdOut: data(held, 2))
    setup.head = test.head
    setup.strands = test.strands
    setup.dropout = dropout
    setup.evaluationTokens = evaluationTokens
    setup.options.threads = threads
    setup.options.shards = shards
    return setup
  }

  private func fitted(_ setup: FineTuneSetup) throws -> LinearProbe {
    let probe = try LinearProbe(setup)
    #expect(try probe.fit(isCancelled: { false }, report: { _ in }))
    return probe
  }

  private func outputs(_ probe: LinearProbe, _ data: LabelledTokens) throws -> [Float] {
    try probe.evaluate(data)
  }

  /// Even of random weights a probe learns something of every kind of label, and scores as it says.
  @Test(arguments: TaskHeadTests.cases) func `every kind of label is learnt`(_ test: TaskHeadTests.Case) throws {
    let setup = setup(test, 600, 200)
    let probe = try fitted(setup)
    let outputs = try outputs(probe, setup.holdOut!)
    let rows = setup.head.isOfTokens ? setup.holdOut!.tokens.ids.count : setup.holdOut!.count
    #expect(outputs.count == rows * test.head.labels.outputs)
    let loss = FineTuner.loss(outputs, setup.holdOut!.targets)
    #expect(loss < 1.01 * test.ignorance, "\(loss)")
    // The model in double precision is the head in single.
    #expect(try abs(loss + #require(probe.choice).score) < 1e-4)
    print("figure: probe of \(test.name): loss \(loss), C \(try #require(probe.choice).strength)")
  }

  /// No bit depends on threads, on examples that are evaluated together, nor on dropout, of which there is none.
  @Test(arguments: TaskHeadTests.cases) func `threads, pieces and dropout change nothing`(_ test: TaskHeadTests.Case)
    throws
  {
    let first = setup(test)
    let (probe, others) = (
      try fitted(first),
      [setup(test, threads: 3), setup(test, dropout: 0.9), setup(test, evaluationTokens: 50), setup(test, shards: 1)]
    )
    let expected = try outputs(probe, first.holdOut!)
    for other in others {
      let other = try fitted(other)
      #expect(try outputs(other, first.holdOut!) == expected)
      #expect(other.choice?.model.weights == probe.choice?.model.weights)
    }
  }

  /// The features are those of the fine-tune before its first step: with its own new head they give its outputs.
  @Test(arguments: TaskHeadTests.cases) func `features are those that a fine-tune starts from`(
    _ test: TaskHeadTests.Case
  ) throws {
    let tuner = try FineTuner(setup(test))
    let (data, path) = (tuner.setup.holdOut!, tuner.path)
    let width = test.head.features(32)
    let features = try #require(
      tuner.evaluate(data, columns: width, isCancelled: { _ in false }) {
        path.features($0, path.bind(to: $1), head: test.head, on: $1, dropout: nil)
      })
    #expect(features.count == tuner.rows(of: data) * width)
    let before = tuner.outputs(of: data)
    let columns = test.head.labels.outputs
    let first = test.head.hasQueries ? 1 : 0
    let (weight, bias) = (path.head.block.weights.values(first), path.head.block.weights.values(first + 1))
    for row in stride(from: 0, to: tuner.rows(of: data), by: 17) {
      for column in 0..<columns {
        let sum = (0..<width).reduce(bias[column]) {
          $0 + features[row * width + $1] * weight[column * width + $1]
        }
        #expect(abs(sum - before[row * columns + column]) < 1e-4)
      }
    }
  }

  @Test func `a probe can be interrupted at any time`() throws {
    let test = TaskHeadTests.cases[0]
    var asked = 0
    let probe = try LinearProbe(setup(test, evaluationTokens: 100, shards: 1))
    #expect(
      try probe.fit(
        isCancelled: {
          asked += 1
          return false
        }, report: { _ in }))
    #expect(asked > 50)
    for limit in [0, 1, 20, asked - 1] {
      let other = try LinearProbe(setup(test, evaluationTokens: 100, shards: 1))
      var count = 0
      #expect(
        try !other.fit(
          isCancelled: {
            count += 1
            return count > limit
          }, report: { _ in }))
    }
  }

  @Test func `progress is told in order`() throws {
    let probe = try LinearProbe(setup(TaskHeadTests.cases[0], evaluationTokens: 100, shards: 1))
    var (done, fits): ([Int], [Int]) = ([], [])
    _ = try probe.fit(isCancelled: { false }) { report in
      switch report {
      case .features(let examples, let total):
        #expect(total == 210)
        done.append(examples)
      case .fit(let number, let strength, _):
        #expect(strength == StandardizedModel.strengths[number - 1])
        fits.append(number)
      }
    }
    #expect(done == done.sorted() && done.first == 0 && done.count > 20 && done.contains(150))
    #expect(fits == [1, 2, 3, 4, 5])
  }

  @Test func `parameters are those of the path and of the linear model`() throws {
    for (test, own) in [(TaskHeadTests.cases[0], 33), (TaskHeadTests.cases[2], 66), (TaskHeadTests.cases[5], 129)] {
      let probe = try fitted(setup(test))
      let path = try FineTuner(setup(test)).path
      #expect(probe.parameterCount == path.parameterCount - path.head.block.weights.layout.parameterCount + own)
    }
  }

  @Test func `features beyond the memory are refused`() throws {
    let probe = try LinearProbe(setup(TaskHeadTests.cases[4]), mostNumbers: 1000)
    do {
      _ = try probe.fit(isCancelled: { false }, report: { _ in })
      Issue.record("it was not refused")
    } catch let error as ModelError {
      #expect("\(error)".contains("keeps the features of all tokens in memory"), "\(error)")
      #expect("\(error)".contains("with 32 each are more than 1000 numbers"), "\(error)")
    }
  }
}
