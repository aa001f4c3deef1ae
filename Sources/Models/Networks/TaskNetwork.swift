import Blocks
package import Spaces
import Tensors
package import Tokens

/// One architecture with the head of a task, as trained: it only predicts.
package final class TaskNetwork {
  package let head: TaskHead
  let path: Path
  private let evaluation: Evaluation
  /// Whether products round their operands to bfloat16.
  let half: Bool
  /// Features of a token.
  let width: Int
  private let description: SupernetDescription

  /// A network of the weights of a fine-tune or, for its features alone, of a pretraining. Throws `ModelError` for
  /// weights that are not all there, and `BlockProblem`.
  ///
  /// - Parameters:
  ///   - givesOutputs: whether the head's weights are needed: of features only its pooling is.
  ///   - half: products round their operands to bfloat16.
  package init(
    _ architecture: Architecture, head: TaskHead, of weights: Checkpoint, givesOutputs: Bool = true, half: Bool,
    threads: Int
  ) throws {
    description = try SupernetDescription(weights)
    let all = try Supernet.blockNames([architecture], head: .task(head), description)
    let output = PathHead.task(head).name(description.outputWidth(architecture))
    let blocks = givesOutputs || head.hasQueries ? all : all.subtracting([output])
    if let missing = blocks.sorted().first(where: { !weights.names.contains(Supernet.weightsFile($0)) }) {
      throw ModelError.badCheckpoint(
        file: Supernet.weightsFile(missing),
        reason: "missing; are the weights of another architecture than "
          + "\(architecture.text)?")
    }
    // A head of other labels is not read.
    path = try Supernet(description, origin: weights.weights(of: blocks)).path(architecture, head: .task(head))
    width = description.outputWidth(architecture)
    evaluation = Evaluation(threads: threads, half: half)
    self.half = half
    self.head = head
  }

  /// Tokens that there are, specials included.
  package var vocabulary: Int { description.vocabulary }

  /// Tokens of the longest sequence that the network reads; nil: any.
  package var limit: Int? { description.positions.count }

  /// Numbers of a row of `features`.
  package var featureCount: Int { head.features(width) }

  /// Numbers in the blocks, without the head's.
  package var bodyParameters: Int { path.parameterCount - path.head.block.weights.layout.parameterCount }

  /// The head's outputs, a row for each example, or for each token where labels are of tokens; nil where `isCancelled`.
  /// Throws `ModelError`.
  package func outputs(of tokens: PackedTokens, isCancelled: () -> Bool = { false }) throws -> [Float]? {
    try rows(of: tokens, head.labels.outputs, isCancelled) { [path, head] in
      path.outputs($0, head: head, on: $1, dropout: nil)
    }
  }

  /// The features that the head reads, rows as in `outputs`.
  package func features(of tokens: PackedTokens, isCancelled: () -> Bool = { false }) throws -> [Float]? {
    try rows(of: tokens, featureCount, isCancelled) { [path, head] in
      path.features($0, path.bind(to: $1), head: head, on: $1, dropout: nil)
    }
  }

  /// Whether tokens see those before them alone.
  package var isCausal: Bool { description.causal }

  /// Throws `ModelError` where a sequence is longer than what the network reads.
  func checkLength(_ tokens: PackedTokens) throws { try description.check(length: tokens.longest) }

  private func rows(
    of tokens: PackedTokens, _ columns: Int, _ isCancelled: () -> Bool,
    _ record: (ArraySlice<Int32>, Tape) -> TapeValue
  ) throws -> [Float]? {
    try checkLength(tokens)
    let rows = evaluation.rows(
      of: tokens, group: head.group, byToken: head.isOfTokens, columns: columns, isCancelled: { _ in isCancelled() },
      record)
    guard let rows else { return nil }
    guard rows.allSatisfy(\.isFinite) else {
      throw ModelError.badInput("the network's outputs are not finite numbers")
    }
    return rows
  }
}
