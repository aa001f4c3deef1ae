import Artifacts
package import Files
package import Stores
import Syntax

/// The steps whose outputs steps bind, found in the store alone: a step's pre-image names the artifacts that it binds,
/// and records of other steps have them as outputs.
///
/// Artifacts go by their bytes. When steps of other nodes have written equal ones, those count that have the step's
/// own ids on all axes which they share with it, or all of them where none has. A step depends on no other of its node.
/// An item that a gathering port accepts as failed has no artifact, and no edge.
package struct Dependencies: Sendable {
  /// By step, as places among the steps that were asked for, ascending.
  package let sources: [[Int]]
  /// Places of steps without a key, or whose pre-image the store does not have: of these, no source is known.
  package let withoutIdentity: [Int]
  /// Places of steps of which the store has no outputs: they are nobody's source.
  package let withoutOutputs: [Int]

  package init(_ steps: [Timeline.Step], in store: Store) throws(StoreError) {
    var known: [Digest: Set<Digest>] = [:]
    var made: [Digest: [Digest]] = [:]
    let keys = Array(Set(steps.compactMap(\.key)))
    for key in keys {
      if let identity = try store.identity(key)?.identity { known[key] = Set(identity.ports.values.flatMap(\.digests)) }
    }
    try store.forEachRow(of: keys) { place, row in made[keys[place]] = row.outputs.map(\.digest) }
    self.init(steps, bound: { $0.key.flatMap { known[$0] } }, outputs: { $0.key.flatMap { made[$0] } ?? [] })
  }

  /// - Parameters:
  ///   - bound: the digests of the artifacts that a step binds; nil where they are not known.
  ///   - outputs: the digests of those that it wrote.
  init(_ steps: [Timeline.Step], bound: (Timeline.Step) -> Set<Digest>?, outputs: (Timeline.Step) -> [Digest]) {
    let nodes = steps.map(\.node)
    var writers: [Digest: [Int]] = [:]
    var (withoutIdentity, withoutOutputs): ([Int], [Int]) = ([], [])
    for (place, step) in steps.enumerated() {
      let digests = Set(outputs(step))
      if digests.isEmpty { withoutOutputs.append(place) }
      for digest in digests { writers[digest, default: []].append(place) }
    }
    sources = steps.enumerated().map { place, step in
      guard let digests = bound(step) else {
        withoutIdentity.append(place)
        return []
      }
      var found: Set<Int> = []
      for digest in digests {
        let others = (writers[digest] ?? []).filter { nodes[$0] != nodes[place] }
        let near = others.count < 2 ? [] : others.filter { Self.agree(steps[$0].address, step.address) }
        found.formUnion(near.isEmpty ? others : near)
      }
      return found.sorted()
    }
    (self.withoutIdentity, self.withoutOutputs) = (withoutIdentity, withoutOutputs)
  }

  /// Whether two addresses have equal ids on all axes that they share.
  private static func agree(_ a: String, _ b: String) -> Bool {
    guard let a = StepAddress(a), let b = StepAddress(b) else { return false }
    return a.items.allSatisfy { item in b.items.allSatisfy { $0.axis != item.axis || $0.id == item.id } }
  }
}

extension PortIdentity {
  /// The digests of all artifacts that are bound here.
  fileprivate var digests: [Digest] {
    switch self {
    case .one(let artifact): [artifact.digest]
    case .gathered(let items): items.compactMap(\.artifact?.digest)
    }
  }
}
