import Networks
import System
import Tensors

/// One optimizer step over the blocks that a batch used: sums the shards' gradients in tree order, clips, applies
/// AdamW.
///
/// The work is cut into pieces of at most 16,384 numbers of one tensor, whatever the number of threads, so the bits are
/// the same for any.
final class Optimizer {
  private struct Piece {
    let block: Int
    /// In the block's buffers.
    let offset: Int
    /// In the shards' gradients.
    let gradient: Int
    let count: Int
    let decays: Bool
  }

  private var pieces: [Piece] = []
  private var squares: [Double] = []
  private static var pieceSize: Int { 16_384 }

  init() {}

  /// Changes the weights and moments of `blocks` from the gradients of `tapes`, to which the blocks were bound in this
  /// order. `rate` is the step's, times its block's factor. Returns the norm of the gradient before clipping; a step
  /// whose norm is not finite changes nothing.
  func step(
    _ blocks: [BlockState], tapes: [Tape], rule: AdamW, rate: Double, factors: [Double]? = nil, workers: WorkerPool
  ) -> Double {
    cut(blocks)
    let parts = tapes.map { Optional($0.parameterGradientBase) }
    squares.withUnsafeMutableBufferPointer { squares in
      let squares = squares
      workers.run(pieces.count) { index in
        let piece = pieces[index]
        squares[index] = ParameterUpdate.reduce(parts, piece.gradient..<piece.gradient + piece.count)
      }
    }
    let norm = squares.reduce(0, +).squareRoot()
    if !norm.isFinite { return norm }
    let scale = rule.clip > 0 && norm > rule.clip ? rule.clip / norm : 1
    for block in blocks {
      block.steps += 1
      _ = block.trainingMoments()
    }
    let corrections = blocks.map { (1 - power(rule.beta1, $0.steps), 1 - power(rule.beta2, $0.steps)) }
    workers.run(pieces.count) { index in
      let piece = pieces[index]
      let block = blocks[piece.block]
      let moments = block.trainingMoments()
      ParameterUpdate.adamW(
        block.weights, parts[0]! + piece.gradient, first: moments.first, second: moments.second,
        range: piece.offset..<piece.offset + piece.count,
        .init(
          rate: rate * (factors?[piece.block] ?? 1), beta1: rule.beta1, beta2: rule.beta2, epsilon: rule.epsilon,
          decay: piece.decays ? rule.decay : 0, corrections: corrections[piece.block], scale: scale))
    }
    return norm
  }

  private func cut(_ blocks: [BlockState]) {
    pieces.removeAll(keepingCapacity: true)
    var base = 0
    for (number, block) in blocks.enumerated() {
      for entry in block.weights.layout.entries {
        for first in stride(from: 0, to: entry.count, by: Self.pieceSize) {
          let count = min(Self.pieceSize, entry.count - first)
          let offset = entry.offset + first
          pieces.append(
            Piece(block: number, offset: offset, gradient: base + offset, count: count, decays: entry.decays))
        }
      }
      base += block.weights.layout.size
    }
    squares = Array(repeating: 0, count: pieces.count)
  }

  /// base^exponent by squaring: products only, the same bits everywhere.
  private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }
}
