import Tensors

/// One kind of block: which shapes it can have, the tensors of a shape, and what it computes from x, R x h.
///
/// A block holds its tensors by name. It is made anew for each tape, and once without a tape to lay them out.
protocol Block: Sendable {
  /// Why a layer of this kind cannot be built, or nil. `causal`: whether tokens see only themselves and earlier ones;
  /// nil while that is open.
  static func problem(_ layer: Layer, causal: Bool?) -> BlockProblem?

  /// Tokens from the first to the last that an output sees, less one; nil: all of the sequence.
  static func reach(_ layer: Layer, causal: Bool) -> Int?

  /// Floating-point operations of `forward` and `finish` over sequences of these lengths, as `Operations` counts them.
  static func operations(_ shape: BlockShape, lengths: [Int]) -> Double

  /// Asks for the block's tensors. Their order is part of the weights.
  init(_ shape: BlockShape, _ parameters: inout Parameters)

  /// The stream with what the block makes of x: both are R x h, x the stream behind the block's norm, or the stream
  /// itself where the kind has none. `gate` is the second stream, for kinds that read one.
  func forward(_ x: TapeValue, stream: TapeValue, gate: inout TapeValue?, on tape: Tape) -> TapeValue

  /// The result of the layer from what its mixing and its MLP have made of the stream, R x h.
  func finish(_ x: TapeValue, on tape: Tape) -> TapeValue
}

extension Block {
  func finish(_ x: TapeValue, on tape: Tape) -> TapeValue { x }
}
