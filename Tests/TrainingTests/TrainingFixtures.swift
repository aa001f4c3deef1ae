import Blocks
import Randomness
import Spaces
import Tokens

@testable import Networks
@testable import Training

/// Small models and data of known structure, all pure functions of their arguments.
enum Fixtures {
  static let vocabulary = 12

  static func architecture(_ layers: [(BlockKind, Int)]) -> Architecture {
    Architecture(layers: layers.map { Layer($0.0, width: $0.1) })
  }

  /// Paths of all kinds of block, of which some are shared.
  static let space = [
    architecture([(.cnn, 16), (.transformer, 32)]),
    architecture([(.lstm, 16), (.transformer, 16), (.lstm, 32)]),
    architecture([(.cnn, 16), (.hyena, 16), (.mamba, 32)]),
  ]

  /// Batches of sequences with a pattern to learn: each token follows from the one before, with some noise; lengths
  /// vary.
  static func source(batch: Int = 13, seed: Int = 1) -> (_ step: Int) -> PackedTokens {
    { step in
      let random = Philox(seed: seed, stream: .synthesis)
      var result = PackedTokens()
      for example in 0..<batch {
        let length = 5 + random.integer(below: 30, step, example, 0)
        var token = 5 + random.integer(below: 7, step, example, 1)
        var tokens: [Int32] = []
        for t in 0..<length {
          tokens.append(Int32(token))
          let noise = random.integer(below: 10, step, example, 2 + t) == 0
          token = 5 + (noise ? random.integer(below: 7, step, example, 1000 + t) : (token - 5 + 3) % 7)
        }
        result.append(tokens)
      }
      return result
    }
  }

  /// A pretraining on such batches.
  static func pretraining(
    _ architectures: [Architecture] = space, batch: @escaping (Int) -> PackedTokens = Fixtures.source()
  ) -> PretrainSetup {
    PretrainSetup(architectures, vocabulary: vocabulary, batch: batch)
  }

  /// Sequences of random tokens; class 1 holds the motif 5 6 7 8 somewhere.
  static func labelled(_ count: Int, seed: Int) -> LabelledTokens {
    let random = Philox(seed: seed, stream: .synthesis)
    var tokens = PackedTokens()
    var labels: [Int32] = []
    for example in 0..<count {
      let length = 12 + random.integer(below: 20, example, 0)
      var sequence = (0..<length).map { Int32(5 + random.integer(below: 7, example, 1, $0)) }
      let label = random.integer(below: 2, example, 2)
      if label == 1 {
        let at = random.integer(below: length - 4, example, 3)
        for i in 0..<4 { sequence[at + i] = Int32(5 + i) }
      }
      tokens.append(sequence)
      labels.append(Int32(label))
    }
    return LabelledTokens(tokens: tokens, labels: labels)
  }

  static func accuracy(_ logits: [Float], _ labels: [Int32]) -> Double {
    let correct = labels.indices.filter { (logits[2 * $0 + 1] > logits[2 * $0]) == (labels[$0] == 1) }.count
    return Double(correct) / Double(labels.count)
  }

  /// The data of `plainTask`; where there are two strands, each example is followed by its letters the other way round.
  static func task(
    _ labels: LabelSpace, isPaired: Bool = false, strands: Int = 1, _ count: Int, seed: Int
  ) -> LabelledTokens {
    let data = plainTask(labels, isPaired: isPaired, count, seed: seed)
    if strands == 1 { return data }
    var tokens = PackedTokens()
    let group = isPaired ? 2 : 1
    for example in 0..<data.count {
      let sequences = (0..<group).map { Array(data.tokens[example * group + $0]) }
      for sequence in sequences + sequences.map({ $0.reversed() }) { tokens.append(sequence) }
    }
    return LabelledTokens(tokens: tokens, targets: data.targets, isPaired: isPaired, strands: strands)
  }

  /// The data of `labelled`, with what each kind of label can say of the motif: its class; a set of whether the motif
  /// and whether token 9 occur; how often token 9 occurs; for each token whether it is 5 or 6, short sequences not
  /// counted; of pairs whether one has much more of token 9 than the other.
  private static func plainTask(_ labels: LabelSpace, isPaired: Bool = false, _ count: Int, seed: Int) -> LabelledTokens
  {
    let data = labelled(count, seed: seed)
    guard case .classes(let classes) = data.targets else { preconditionFailure() }
    let tokens = data.tokens
    var nines: [Float] = []
    for sequence in 0..<count { nines.append(Float(tokens[sequence].count { (token: Int32) in token == 9 })) }
    if isPaired {
      let shares = (0..<count).map { nines[$0] / Float(tokens[$0].count) }
      var apart: [Int32] = []
      for pair in 0..<count / 2 { apart.append(abs(shares[2 * pair] - shares[2 * pair + 1]) > 0.07 ? 1 : 0) }
      return LabelledTokens(tokens: tokens, targets: .classes(apart), isPaired: true)
    }
    switch labels {
    case .classes: return data
    case .sets:
      var sets: [Float] = []
      for example in 0..<count {
        sets.append(Float(classes[example]))
        sets.append(nines[example] > 2 ? 1 : 0)
      }
      return LabelledTokens(tokens: tokens, targets: .sets(sets, count: 2))
    case .value: return LabelledTokens(tokens: tokens, targets: .values(nines.map { ($0 - 3) / 2 }))
    case .tokens:
      var each: [Int32] = []
      for sequence in 0..<count {
        let isCounted = tokens[sequence].count >= 15
        for token in tokens[sequence] { each.append(isCounted ? (token < 7 ? 1 : 0) : -1) }
      }
      return LabelledTokens(tokens: tokens, targets: .tokens(each))
    }
  }
}

extension Course {
  /// The whole state in memory.
  func checkpoint() throws -> [CheckpointFile] {
    let state = state
    return try state.names.map { CheckpointFile(name: $0, bytes: try state.read($0)) }
  }
}

extension FineTuner {
  /// Trains until so many epochs are finished.
  func train(epochs: Int) throws { try train(until: epochs * setup.stepsPerEpoch) }
}

extension LabelledTokens {
  /// The classes of examples of one class.
  var labels: [Int32] { if case .classes(let labels) = targets { labels } else { [] } }
}

extension Course {
  /// Trains without being stopped or watched.
  func train(until horizon: Int) throws {
    try train(until: horizon, isCancelled: { false }, report: { _ in })
  }
}
