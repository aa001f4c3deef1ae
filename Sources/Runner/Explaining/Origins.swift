import Artifacts
import Resolving
import Stores

/// The nodes by which artifacts were written, as the records of a snapshot's steps tell. Those of steps that changed
/// are looked at first, those of all others only for an artifact that none of them wrote.
final class Origins {
  private let snapshot: Snapshot
  private let store: Store
  private var nodes: [Digest: String] = [:]
  private var isWhole = false

  init(_ snapshot: Snapshot, _ changed: [Snapshot.Step], in store: Store) throws {
    (self.snapshot, self.store) = (snapshot, store)
    for step in changed { try note(step) }
  }

  /// Two artifacts at one port in words, where they make an edit; nil where both are of one node, whose own steps tell.
  func words(
    _ old: ArtifactReference?, _ others: Origins, _ new: ArtifactReference?, renamed: (String) -> String
  ) -> (old: String, new: String)? {
    let (first, second) = (old.flatMap(origin).map(renamed), new.flatMap(others.origin))
    if let first, first == second { return nil }
    return (Self.words(old, first), Self.words(new, second))
  }

  private static func words(_ artifact: ArtifactReference?, _ node: String?) -> String {
    guard let artifact else { return "(not bound)" }
    if let node { return "of \(node)" }
    let format = artifact.format.isEmpty ? "" : " as \(artifact.format)"
    return "\(artifact.kind) \(artifact.digest.short)\(format)"
  }

  private func origin(_ artifact: ArtifactReference) -> String? {
    if let node = nodes[artifact.digest] { return node }
    if !isWhole {
      isWhole = true
      for (node, bindings) in snapshot.nodes {
        for item in 0..<bindings.count { try? note(Snapshot.Step(node: node, item: item)) }
      }
    }
    return nodes[artifact.digest]
  }

  /// Notes all that a step has written: its outputs, and the members of collections.
  private func note(_ step: Snapshot.Step) throws {
    guard let key = snapshot.key(step), case .outputs(let outputs)? = try store.result(key)?.outcome else { return }
    for output in outputs.values {
      nodes[output.artifact.digest] = step.node
      for entry in output.manifest?.entries ?? [] where nodes[entry.digest] == nil { nodes[entry.digest] = step.node }
    }
  }
}
