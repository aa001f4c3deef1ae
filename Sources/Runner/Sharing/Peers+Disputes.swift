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
  /// Claims outside the bounds of their lab are left out.
  ///
  /// - Parameter stage: the stage of a key that the store may not know; bounds on stages are none where nobody does.
  /// - Parameter ignored: stages whose results may differ.
  package func disputes(ignoring ignored: Set<String> = [], stage: (Digest) -> String?) throws -> [Dispute] {
    let (pushes, index) = try claims()
    var found: [Dispute] = []
    for group in index.groups {
      let key = group[group.startIndex].key
      let stage = try stage(key) ?? store.identity(key)?.identity.stage
      // Editions of what has a name follow each other.
      if let stage, ignored.contains(stage) { continue }
      var claims = try lastWords(Array(group)).filter { try allows($0, stage) }.map { entry in
        (lab: pushes[entry.push].name.lab, claim: try index.claim(entry))
      }
      if let own = try store.result(key), own.claimant == nil {
        claims.insert(("here", Claims.Claim(own, key)), at: 0)
      }
      guard claims.contains(where: { $0.claim.outcome != claims[0].claim.outcome }) else { continue }
      found.append(
        Dispute(key: key, claims: claims.map { ($0.lab, $0.claim.environment, $0.claim.words) }))
    }
    return found
  }
}
