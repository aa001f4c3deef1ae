import Networks

/// All that an objective needs beside its batch.
package struct ObjectiveSetting {
  let path: Path
  let shards: Shards
  /// The number of the step, by which its draws are keyed; negative for held-out batches.
  let step: Int
  let seed: Int
  /// Tokens that there are, specials included.
  let vocabulary: Int
  /// Pieces that a batch of training is worked through in.
  let accumulate: Int
}
