import Blocks
import LinearModels
import Networks
import Randomness
package import Spaces
import System
import Tokens
import Training

/// Predicts results of architectures from those of others.
package enum ScorePredictor: String, Sendable, CaseIterable {
  /// Ridge regression on shares, places and pairs of modules, widths and depth (`ArchitectureTraits`), with the best
  /// penalty on a fifth that is held out.
  case regression
  /// A small graph network: the layers of a path are the nodes of a line, each with its module and its width, which
  /// take messages from their neighbours in two rounds; the mean of `networks` trainings.
  case graph
  /// The mean of the `neighbours` most similar architectures (`Architecture.similarity`); those that are equally
  /// similar at the end share the places that are left.
  case similar

  private static let (neighbours, networks, epochs) = (5, 2, 40)

  /// The predicted results of `asked`, more being better; nil where `isInterrupted`.
  /// - Parameter scores: of the known architectures.
  package func predict(
    _ known: [Architecture], _ scores: [Double], of asked: [Architecture], seed: Int, threads: Int,
    isInterrupted: () -> Bool
  ) throws -> [Double]? {
    let mean = scores.reduce(0, +) / Double(scores.count)
    let squares = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(scores.count)
    guard squares > 0 else { return asked.map { _ in mean } }
    let deviation = squares.squareRoot()
    let standard = scores.map { ($0 - mean) / deviation }
    let outputs: [Double]?
    switch self {
    case .regression: outputs = regression(known, standard, asked, seed, threads, isInterrupted)
    case .graph: outputs = try graph(known, standard, asked, seed, threads, isInterrupted)
    case .similar: outputs = isInterrupted() ? nil : asked.map { Self.similar(known, standard, $0) }
    }
    if let bad = outputs?.first(where: { !$0.isFinite }) {
      throw ModelError.badInput("the predictor '\(rawValue)' foresees \(bad)")
    }
    return outputs?.map { mean + deviation * $0 }
  }

  private static func similar(_ known: [Architecture], _ scores: [Double], _ asked: Architecture) -> Double {
    let likeness = known.map { $0.similarity(to: asked) }
    let count = min(neighbours, known.count)
    let least = likeness.sorted(by: >)[count - 1]
    let (above, equal) = (
      likeness.indices.filter { likeness[$0] > least }, likeness.indices.filter { likeness[$0] == least }
    )
    let mean = equal.reduce(0) { $0 + scores[$1] } / Double(equal.count)
    return (above.reduce(0) { $0 + scores[$1] } + Double(count - above.count) * mean) / Double(count)
  }

  private func regression(
    _ known: [Architecture], _ scores: [Double], _ asked: [Architecture], _ seed: Int, _ threads: Int,
    _ isInterrupted: () -> Bool
  ) -> [Double]? {
    let traits = ArchitectureTraits(of: known)
    let workers = WorkerPool(threads: threads)
    let order = Philox(seed: seed, stream: .splitting).permutation(known.count)
    let heldOut = order.prefix(max(1, known.count / 5)), fitted = order.dropFirst(heldOut.count)
    var held = heldOut.flatMap { traits.row(known[$0]) }
    var rows = fitted.flatMap { traits.row(known[$0]) }
    let targets = heldOut.map { scores[$0] }
    let score = { (outputs: [Double], _: Double) in
      -zip(outputs, targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    guard
      let chosen = StandardizedModel(
        &rows, features: traits.count, fitted.map { scores[$0] }, .value, holdOut: &held, workers,
        isCancelled: isInterrupted, score: score)
    else { return nil }
    // The chosen penalty on all that are known.
    var all = known.flatMap(traits.row)
    guard
      let model = StandardizedModel(
        &all, features: traits.count, scores, .value, holdOut: &held, strengths: [chosen.choice.strength], workers,
        isCancelled: isInterrupted, score: { _, _ in 0 })
    else { return nil }
    return model.outputs(asked.flatMap(traits.row), workers)
  }

  private func graph(
    _ known: [Architecture], _ scores: [Double], _ asked: [Architecture], _ seed: Int, _ threads: Int,
    _ isInterrupted: () -> Bool
  ) throws -> [Double]? {
    let network = try Architecture(parsing: "e16-c16(kernel=5)-c16(kernel=5)")
    let nodes = PathNodes(of: known + asked)
    let data = { (architectures: [Architecture], values: [Float]) in
      var tokens = PackedTokens()
      for architecture in architectures { tokens.append(nodes.ids(architecture)[...]) }
      return LabelledTokens(tokens: tokens, targets: .values(values))
    }
    var sums = [Double](repeating: 0, count: asked.count)
    for run in 0..<Self.networks {
      let description = SupernetDescription(
        vocabulary: nodes.count, architectures: [network], causal: false, seed: Self.networks * seed + run)
      var setup = FineTuneSetup(
        network, description: description, on: data(known, scores.map { Float($0) }), holdOut: nil)
      setup.head = TaskHead(.value)
      setup.batchSize = 16
      setup.averaging = 0.99
      setup.options.seed = Self.networks * seed + run
      setup.options.threads = threads
      setup.options.optimizer.rate = 0.003
      let tuner = try FineTuner(setup)
      let steps = Self.epochs * ((known.count + 15) / 16)
      guard try tuner.train(until: steps, isCancelled: isInterrupted, report: { _ in }) else { return nil }
      let outputs = try tuner.evaluate(data(asked, asked.map { _ in 0 }))
      for (place, output) in outputs.enumerated() { sums[place] += Double(output) / Double(Self.networks) }
    }
    return sums
  }
}

/// Architectures as lines of nodes: for each layer a node for its module and one for its width.
private struct PathNodes {
  private let ids: [String: Int32]

  init(of architectures: [Architecture]) {
    let names = Set(architectures.flatMap(Self.names)).sorted()
    ids = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
  }

  private static func names(_ architecture: Architecture) -> [String] {
    zip(ArchitectureTraits.modules(architecture), architecture.layers).flatMap { [$0, String($1.width)] }
  }

  var count: Int { ids.count }
  func ids(_ architecture: Architecture) -> [Int32] { Self.names(architecture).map { ids[$0]! } }
}
