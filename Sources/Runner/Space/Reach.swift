package import Artifacts
package import Stores

/// The parts of a store that are needed, and why: all that somebody works on, has pinned, or has asked
/// for not long ago.
package struct Reach: Sendable {
  /// The reasons in the order in which one is named if several hold.
  package enum Reason: Int, CaseIterable, Comparable, Sendable {
    /// A run in progress or a worker needs it.
    case running
    case pinned
    /// A recent run, or the newest of its pipeline, asked for it.
    case recent
    /// `why` compares with it.
    case history
    /// Somebody has just made it, or found that it is there.
    case fresh

    package static func < (a: Reason, b: Reason) -> Bool { a.rawValue < b.rawValue }
  }

  /// The things that a reason needs by name.
  package struct Roots: Sendable {
    package var keys: Set<Digest> = []
    /// Bytes that are no output of a step of `keys`, and manifests of trees, whose files are needed too.
    package var objects: Set<Digest> = []
    package init() {}
  }

  private(set) var objects: [Digest: Reason] = [:]
  /// Steps; the saved states of a training are needed when its step is.
  private(set) var keys: [Digest: Reason] = [:]
  private let census: Census
  private let store: Store

  /// Follows the roots. Steps that are newer than `census` are looked up in `store`.
  package init(_ roots: [Reason: Roots], census: Census, store: Store) throws {
    self.census = census
    self.store = store
    for (reason, roots) in roots.sorted(by: { $0.key < $1.key }) {
      for key in roots.keys { try add(key, reason) }
      for object in roots.objects { add(input: object, reason) }
    }
  }

  /// Adds the objects that a step has written and the pipeline's inputs that it read. If it runs or will run,
  /// also the objects that it reads of other steps.
  private mutating func add(_ key: Digest, _ reason: Reason) throws {
    guard keys.updateValue(min(keys[key] ?? reason, reason), forKey: key) == nil,
      let step = try census.steps[key] ?? store.step(key)
    else { return }
    for object in step.objects { add(object: object, reason) }
    for input in step.inputs { add(input: input, reason) }
    guard reason == .running else { return }
    for source in step.sources {
      for object in try (census.steps[source] ?? store.step(source))?.objects ?? [] { add(object: object, reason) }
    }
  }

  private mutating func add(input: Digest, _ reason: Reason) {
    add(object: input, reason)
    for member in census.members[input] ?? [] { add(object: member, reason) }
  }

  private mutating func add(object: Digest, _ reason: Reason) {
    objects[object] = min(objects[object] ?? reason, reason)
  }
}
