import Tensors

/// One kind of block: which shapes it can have, the tensors of a shape, and what it computes from x, R x h.
///
/// A block holds its tensors by name. It is made anew for each tape, and once without a tape to lay them out.
protocol Block: Sendable {
  /// Why a layer of this kind cannot be built, or nil. `causal`: whether tokens see only themselves and earlier ones;
  /// nil while that is open.
  static func problem(_ layer: Layer, causal: Bool?) -> BlockProblem?

  /// Asks for the block's tensors. Their order is part of the weights.
  init(_ shape: BlockShape, _ parameters: inout Parameters)

  /// Runs the block on the tape of its tensors; x and the result are R x h.
  func forward(_ x: TapeValue, on tape: Tape) -> TapeValue
}
