/// How the steps of a course are computed. `threads` and `recompute` change no bit of the result.
package struct StepOptions: Sendable {
  package var seed = 0
  package var optimizer = AdamW()
  /// Logical shards of a batch.
  package var shards = 4
  /// Whether products round their operands to bfloat16.
  package var half = false
  /// Pieces that a batch is worked through in, one after the other: the same step but for rounding, with the memory of
  /// one piece. A contrast needs the whole batch and takes 1.
  package var accumulate = 1
  /// Whether layers are computed anew for their backward pass: less memory, a third more time.
  package var recompute = false
  package var threads = 1
  package init() {}
}
