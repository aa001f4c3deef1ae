/// The scores of a pair.
struct PairScore: Sendable {
  let reference: LikelihoodSum
  let mutant: LikelihoodSum
  /// Whether only the letters that change are scored, masked.
  let isMarginal: Bool
}
