package import Artifacts
import Stores

extension Peers {
  /// A step for which labs that are believed claim different results.
  package struct Dispute {
    package let key: Digest
    /// By lab: the environment and the outputs by port, or `failed`.
    package let claims: [(lab: String, environment: String, outputs: [String: String])]
  }

  /// The steps for which labs that are believed claim different results, or another than the store's own, ascending.
  package func disputes() throws -> [Dispute] {
    let (pushes, index) = try claims()
    var found: [Dispute] = []
    for entries in index.groups {
      var claims = try entries.map { (lab: pushes[$0.push].name.lab, claim: try index.claim($0)) }
      if let own = try store.result(entries[entries.startIndex].key), own.claimant == nil {
        claims.insert(("here", Claims.Claim(own, entries[entries.startIndex].key)), at: 0)
      }
      guard claims.contains(where: { $0.claim.outcome != claims[0].claim.outcome }) else { continue }
      found.append(
        Dispute(key: claims[0].claim.key, claims: claims.map { ($0.lab, $0.claim.environment, $0.claim.words) }))
    }
    return found
  }
}
