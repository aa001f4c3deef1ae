package import Artifacts

/// Results that others have computed, as far as they are believed and can be had. A remote that cannot be reached costs
/// a warning, and nothing here throws for it.
package protocol ResultsOfOthers: AnyObject {
  /// Takes results that are claimed for steps into the store, without their bytes; says of how many.
  func bring(_ steps: [ClaimedStep]) throws -> Int
  /// Whether a result that was taken over counts, as of now.
  func believes(_ row: ResultRow, of step: ClaimedStep) throws -> Bool
  /// Whether the bytes of an object, which the store does not hold, can be had.
  func offers(_ object: Digest) -> Bool
  /// Brings bytes of objects into the store, each with its size; those that cannot be had are offered no more.
  func fetch(_ objects: [(digest: Digest, size: Int)]) throws
}
