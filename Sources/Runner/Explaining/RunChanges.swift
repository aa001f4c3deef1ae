package import Artifacts
package import Plans
package import Resolving
package import Stores
import Syntax

/// The differences between the steps of two runs, by the keys that both logged and the pre-images in the store: as they
/// were, whatever the pipeline and its inputs are now.
package struct RunChanges {
  /// Steps of one node that differ from the run before in the same way.
  package struct Group: Sendable {
    /// The address of the first of them.
    package let step: String
    package let count: Int
    /// nil: the run before had no such step, or its pre-image is gone.
    package let changes: [Change]?
  }

  private let plan: Plan?
  private let store: Store

  /// - Parameter plan: the plan of the newer run, for places in the file; nil where it is not known.
  package init(_ plan: Plan?, in store: Store) { (self.plan, self.store) = (plan, store) }

  /// A step of the newer run.
  package struct Step {
    package let name: StepName
    package let address: String
    package let key: Digest

    package init(_ name: StepName, address: String, key: Digest) {
      (self.name, self.address, self.key) = (name, address, key)
    }
  }

  /// The groups of steps of one node that have other keys than in the run before, the most steps first, and the number
  /// of steps with equal keys. Throws the store's errors.
  package func groups(of steps: [Step], from old: Bindings?) throws -> (groups: [Group], equal: Int) {
    var (groups, places, equal): ([Group], [[Change]?: Int], Int) = ([], [:], 0)
    for step in steps {
      let before = old?.key(step.name)
      if before == step.key {
        equal += 1
        continue
      }
      let changes = try before.flatMap { try self.changes(step.name.node, from: $0, to: step.key) }
      if let place = places[changes] {
        groups[place] = Group(step: groups[place].step, count: groups[place].count + 1, changes: changes)
      } else {
        places[changes] = groups.count
        groups.append(Group(step: step.address, count: 1, changes: changes))
      }
    }
    let sorted = groups.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
    return (sorted.map(\.element), equal)
  }

  /// The fields that differ; nil where a pre-image is gone.
  private func changes(_ name: String, from old: Digest, to new: Digest) throws -> [Change]? {
    guard let before = try store.identity(old)?.identity, let after = try store.identity(new)?.identity else {
      return nil
    }
    guard before.stage == after.stage else { return [.stage(old: before.stage, new: after.stage)] }
    let node = plan?.node(name)
    var changes: [Change] = []
    if before.version != after.version {
      changes.append(.version(old: before.version, new: after.version, file: node?.command?.file))
    }
    let words = FieldWords(plan: plan, store: store)
    changes += words.parameters(before, after, of: node)
    for port in Set(before.ports.keys).union(after.ports.keys).sorted()
    where !FieldWords.areSame(before.ports[port], after.ports[port]) {
      let origin = words.origin(of: port, in: node) { "the result \($0.short)" }
      changes.append(words.port(port, before.ports[port], after.ports[port], origin))
    }
    return changes
  }
}
