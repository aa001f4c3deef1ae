import Artifacts
package import Remotes
package import Stores

extension Peers {
  /// Takes all results of a push that a person has chosen.
  ///
  /// - Parameters:
  ///   - isAccepted: whether they are taken on that person's word, whatever the signature is worth.
  ///   - withObjects: whether the bytes are taken too.
  ///   - progress: hears how many results of all are done.
  package func take(
    _ push: Push, from remote: any Remote, isAccepted: Bool, withObjects: Bool,
    progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> Intake.Summary {
    var summary = Intake.Summary()
    let isBelieved = try belief()
    try store.refresh()
    try Intake(push).take(into: store, lab: push.name.lab + (isAccepted ? " (unsigned)" : ""), &summary) {
      try remote.read($0, $1)
    } yields: { record, _ in
      record.support.map { !isBelieved.contains($0) } ?? false
    } progress: {
      progress($0, $1)
    }
    try shelf.put(push)
    if isAccepted { try shelf.accept(push.support) }
    if withObjects { try takeObjects(of: push, from: remote, &summary) }
    forget()
    return summary
  }

  private func takeObjects(of push: Push, from remote: any Remote, _ summary: inout Intake.Summary) throws {
    let source = try ObjectSource([push])
    let wanted = summary.absent.compactMap { digest, size in
      source[digest].first.map { (digest: digest, size: size, found: $0) }
    }
    try source.fetch(wanted, into: store) { _, blob, range in
      try remote.read(blob, range)
    } isDone: { digest, isThere, _ in
      guard isThere else {
        summary.damaged += 1
        return
      }
      summary.objects += 1
      summary.bytes += summary.absent.removeValue(forKey: digest) ?? 0
    } goesOn: {
      throw $0
    }
  }

  /// The claims that are believed, by their digests.
  func belief() throws -> Set<Digest> { Set(try known().keys) }

  /// How many results of a push a store has not, has, and has otherwise, by what is claimed alone.
  package static func compared(_ push: Push, with store: Store) throws -> (new: Int, known: Int, other: Int) {
    try Intake(push).compared(with: store)
  }
}
