/// A number that is compared between families.
package enum ScalingQuantity: String, Hashable, Sendable, Codable, CaseIterable {
  /// a of N ~ C^a and b of D ~ C^b over the minima of budgets.
  case size = "a"
  case tokens = "b"
  case alpha, beta
  /// beta / (alpha + beta), by the law the exponent a.
  case lawSize = "a by the law"
  case floor = "E"
  /// The least loss at the largest budget that all families have.
  case loss

  var isOfLaw: Bool { [.alpha, .beta, .lawSize, .floor].contains(self) }
}
