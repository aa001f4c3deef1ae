/// How much of its results a bundle holds.
package enum BundleSize: String, CaseIterable, Sendable {
  /// Records of results, and no bytes.
  case recipe
  /// The bytes of the chosen steps too, but of those with weights.
  case results
  /// All bytes that the store has.
  case full
}
