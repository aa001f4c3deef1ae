import Rankings

/// The artifact `context-bits`: what a letter costs by the context of its token.
struct ContextDocument: Codable {
  let architecture: String
  let isCausal: Bool
  /// Sequences that are in it, and those behind them that are not.
  let sequences: Int
  let leftOut: Int
  let bins: [Bin]

  struct Bin: Codable {
    /// The fewest and the most tokens of context.
    let least: Int
    let most: Int
    /// Sequences with a letter in the bin.
    let sequences: Int
    let letters: Int
    /// Bits per letter: the mean over sequences with its 95 % interval over them.
    let bits: Estimate
  }
}
