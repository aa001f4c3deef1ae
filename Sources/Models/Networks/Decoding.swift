package import Tensors

/// A causal network that reads sequences piece by piece: of the tokens before a piece only what its ops have kept is
/// needed (`SequenceMemory`), so that one more token costs the same at any place, but for attention without a window.
/// A sequence's scores do not depend on what is read beside it. One thread at a time uses it.
package final class Decoding {
  private let network: TokenNetwork
  private let tape = Tape()

  /// Throws `ModelError` for a network whose tokens see those behind them.
  package init(_ network: TokenNetwork) throws {
    guard network.isCausal else {
      throw ModelError.badInput(
        "the weights are those of a masked model, whose tokens see those behind them: only weights of 'ntp' say what "
          + "comes next")
    }
    self.network = network
  }

  /// Reads one more piece of each sequence, of at least one token, and returns the scores over the vocabulary of what
  /// comes next: a row of V numbers for each sequence, or for each token where `everyRow`. Throws `ModelError`.
  package func read(
    _ pieces: [ArraySlice<Int32>], after memories: [SequenceMemory], everyRow: Bool = false
  ) throws -> [Float] {
    for (piece, memory) in zip(pieces, memories) { try network.check(length: memory.tokens + piece.count) }
    tape.begin(lengths: pieces.map(\.count), after: memories)
    let ids = pieces.count == 1 ? pieces[0] : ArraySlice(pieces.flatMap(\.self))
    let rows = everyRow ? Array(0..<Int32(ids.count)) : tape.starts.dropFirst().map { $0 - 1 }
    let scores = tape.array(network.path.tokenLogits(ids, rows: rows, on: tape))
    tape.end()
    return scores
  }
}
