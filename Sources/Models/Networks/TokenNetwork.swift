import Blocks
package import Spaces
import Tensors
package import Tokens

/// One path of pretrained weights with its scores over the vocabulary: a language model, causal where it was trained by
/// next-token prediction, else a masked one.
package final class TokenNetwork {
  let path: Path
  let description: SupernetDescription
  private let evaluation: Evaluation

  /// Throws `ModelError` for weights that are not all there or have no scores over tokens, and `BlockProblem`.
  package init(_ architecture: Architecture, of weights: Checkpoint, threads: Int) throws {
    description = try SupernetDescription(weights)
    let blocks = try Supernet.blockNames([architecture], head: .tokens, description)
    if let missing = blocks.sorted().first(where: { !weights.names.contains(Supernet.weightsFile($0)) }) {
      throw ModelError.badCheckpoint(
        file: Supernet.weightsFile(missing),
        reason: "missing; are the weights of another architecture than \(architecture.text), or of an objective "
          + "without scores over tokens, as cl and mae are?")
    }
    path = try Supernet(description, origin: weights.weights(of: blocks)).path(architecture, head: .tokens)
    evaluation = Evaluation(threads: threads, half: false)
  }

  /// Tokens that there are, specials included.
  package var vocabulary: Int { description.vocabulary }

  /// Tokens of the longest sequence that the network reads; nil: any.
  package var limit: Int? { description.positions.count }

  /// Whether tokens see those before them alone.
  package var isCausal: Bool { description.causal }

  /// Numbers that the path trains.
  package var parameterCount: Int { path.parameterCount }

  /// Throws `ModelError` where a sequence is longer than what the network reads.
  package func check(length: Int) throws { try description.check(length: length) }

  /// A token as the network finds it.
  package struct Score: Hashable, Sendable {
    /// Natural logarithm of the token's probability among all tokens.
    package let logProbability: Float
    /// Entropy of the distribution over all tokens, in nats.
    package let entropy: Float
  }

  /// The score, at each row of the batch, of the token `targets` by the distribution there; nil where the target is
  /// negative. The distribution of a causal network at a row is of the token behind it, that of a masked one of the
  /// token in it. A row depends on its sequence alone. Returns nil where `isCancelled`. Throws `ModelError`.
  package func scores(
    of tokens: PackedTokens, targets: [Int32], isCancelled: () -> Bool = { false }
  ) throws -> [Score?]? {
    precondition(targets.count == tokens.ids.count, "\(targets.count) targets of \(tokens.ids.count) tokens")
    try check(length: tokens.longest)
    let rows = evaluation.rows(
      of: tokens, group: 1, byToken: true, columns: 2, isCancelled: { _ in isCancelled() }
    ) { [path] ids, tape in path.tokenScores(ids, targets: targets[ids.startIndex..<ids.endIndex], on: tape) }
    guard let rows else { return nil }
    guard rows.allSatisfy(\.isFinite) else {
      throw ModelError.badInput("the network's scores are not finite numbers")
    }
    return targets.indices.map { row in
      targets[row] < 0 ? nil : Score(logProbability: rows[2 * row], entropy: rows[2 * row + 1])
    }
  }
}

extension Path {
  /// For each token the logarithm of the probability of its target, and the entropy: R x 2; zeros without a target.
  fileprivate func tokenScores(
    _ ids: ArraySlice<Int32>, targets: ArraySlice<Int32>, on tape: Tape
  ) -> TapeValue {
    let bound = bind(to: tape)
    let x = body(ids, bound, tape)
    let asked = targets.indices.filter { targets[$0] >= 0 }
    var result = [Float](repeating: 0, count: 2 * ids.count)
    for first in Swift.stride(from: 0, to: asked.count, by: Self.rowsAtOnce) {
      let rows = asked[first..<min(asked.count, first + Self.rowsAtOnce)]
      let end = tape.valueEnd
      let logits = bound.head.forward(
        tape.normalize(chosen(x, rows.map { Int32($0 - ids.startIndex) }, tape), bound.norm), on: tape)
      for (number, row) in rows.enumerated() {
        let scores = UnsafeBufferPointer(start: tape.pointer(logits) + number * logits.columns, count: logits.columns)
        let distribution = Distribution(scores)
        result[2 * (row - ids.startIndex)] = Float(distribution.logProbability(of: Int(targets[row])))
        result[2 * (row - ids.startIndex) + 1] = Float(distribution.entropy)
      }
      tape.release(to: end)
    }
    return tape.input(result, rows: ids.count, columns: 2)
  }
}
