package import Artifacts
package import Files
import Packs

/// The fate of a record that was offered.
package enum Publication: Hashable, Sendable {
  /// The store had no record under the key.
  case first
  /// The current one says the same; nothing was written.
  case equal
  /// The current one said something else. It is kept, and the new one is current.
  case divergent(from: ResultRecord)
}

/// Results by key. Attempts are numbered, and the last one is current. A result of somebody else is never written over
/// one that was computed here.
extension Store {
  /// Steps that took at least this many seconds are durable as soon as they are done; of shorter ones, what was
  /// published in the last second may be lost by a power failure, though not by a crash.
  static let dearSeconds = 0.1

  /// The lowest number of an own result where there is one of somebody else.
  private static let firstOwn = 1 << 20

  /// The current result of a step, or nil. A record that is damaged is quarantined, and the one before it counts.
  package func result(_ key: Digest) throws(StoreError) -> ResultRecord? { try attempts(key).last }

  /// The row of the current result, as of the last look at records of others.
  package func row(_ key: Digest) throws(StoreError) -> ResultRow? {
    guard let head = try results.head(key, isFresh: false) else { return nil }
    // A row of another version of this program: the record says the same.
    if let row = try? ResultRow(decoding: head) { return row }
    return try result(key).map(ResultRow.init)
  }

  /// Tells `body` what `row` gives of each of `keys` that has one, by their places there, in any order.
  package func forEachRow(of keys: [Digest], _ body: (Int, ResultRow) -> Void) throws(StoreError) {
    let rest = try results.forEachHead(of: keys) { place, head in
      guard let row = try? ResultRow(decoding: head) else { return false }
      body(place, row)
      return true
    }
    for place in rest { if let row = try row(keys[place]) { body(place, row) } }
  }

  /// All results of a step, oldest first; among those that two processes have published at once, each that says
  /// something else.
  package func attempts(_ key: Digest, isFresh: Bool = true) throws(StoreError) -> [ResultRecord] {
    var records: [(number: Int, record: ResultRecord)] = []
    for entry in try results.entries(key, isFresh: isFresh) {
      guard let record = try? ResultRecord(decoding: entry.body) else { continue }
      if records.contains(where: { $0.number == entry.number && $0.record.agrees(with: record) }) { continue }
      records.append((entry.number, record))
    }
    return records.map(\.record)
  }

  /// Offers a result. Nothing is replaced. Only the holder of the step's lease writes.
  package func publish(_ record: ResultRecord, _ key: Digest) throws(StoreError) -> Publication {
    try results.refresh()
    let known = try attempts(key)
    // A result that is computed here, and was taken over before, is one's own from now on.
    if let current = known.last, current.agrees(with: record), current.claimant == nil { return .equal }
    let last = try results.entries(key, isFresh: false).last?.number ?? 0
    // Own results are numbered above all that is taken over at the same time.
    let number = known.last?.claimant == nil ? last + 1 : max(last + 1, Self.firstOwn)
    try results.append(
      PackEntry(key: key, number: number, head: ResultRow(record).encoded(), body: record.encoded()),
      isDurable: isShared || record.duration >= Self.dearSeconds)
    guard let last = known.last else { return .first }
    return last.agrees(with: record) ? .equal : .divergent(from: last)
  }

  /// Takes a result over that somebody else has computed, with its identity, unless there is one: nothing that was
  /// computed here is displaced, and what was taken over only where `yields` says that it counts no more. Results that
  /// other processes have published since the last refresh go unseen.
  package func adopt(
    _ record: ResultRecord, _ identity: StepIdentity, yields: (ResultRecord) -> Bool = { _ in false }
  ) throws(StoreError) -> Publication {
    let key = identity.key
    if let current = try attempts(key, isFresh: false).last, current.claimant == nil || !yields(current) {
      return current.agrees(with: record) ? .equal : .divergent(from: current)
    }
    if try preimages.head(key, isFresh: false) == nil { try keep(identity: identity, sources: [:]) }
    let number = try results.entries(key, isFresh: false).last.map { $0.number + 1 } ?? 0
    try results.append(
      PackEntry(key: key, number: number, head: ResultRow(record).encoded(), body: record.encoded()),
      isDurable: false)
    return .first
  }

  /// Whether the current result was computed here although one of somebody else was known, which says the same.
  package func isReproduced(_ key: Digest) throws(StoreError) -> Bool {
    let all = try attempts(key)
    guard let last = all.last, last.claimant == nil else { return false }
    return all.contains { $0.claimant != nil && $0.agrees(with: last) }
  }

  /// Whether every byte of an output is in the store, by a look at names only.
  package func holds(_ output: ResultRecord.Output) throws(StoreError) -> Bool {
    guard let manifest = output.manifest else { return try holds(output.artifact.digest, output) }
    for entry in manifest.entries { if try !holds(entry.digest, output) { return false } }
    return true
  }

  /// Whether the bytes of all outputs are there, by a look at names only; where `orEvicted`, what was evicted will do.
  package func holds(_ row: ResultRow, _ key: Digest, orEvicted: Bool) throws(StoreError) -> Bool {
    var objects = row.objects
    if objects == nil { objects = try result(key)?.objects.map(\.digest) }
    guard let objects else { return false }
    for digest in objects where try !contains(digest) {
      guard orEvicted, try isEvicted(digest) else { return false }
    }
    return true
  }

  /// The objects of a result that are not there, by a look at names only: all, but for those at `spared` ports.
  package func missing(_ record: ResultRecord, besides spared: Set<String> = []) throws(StoreError)
    -> [(digest: Digest, size: Int)]
  {
    var missing: [(digest: Digest, size: Int)] = []
    for object in record.objects(besides: spared) where try !contains(object.digest) { missing.append(object) }
    return missing
  }

  /// The objects of one output that are not there.
  package func missing(_ output: ResultRecord.Output) throws(StoreError) -> [(digest: Digest, size: Int)] {
    try missing(
      ResultRecord(outcome: .outputs(["": output]), environment: [:], finished: 0, duration: 0, peakMemory: 0))
  }

  /// Whether the bytes of all outputs are there, but for those at `spared` ports; a failure has none.
  package func holds(_ record: ResultRecord, besides spared: Set<String> = []) throws(StoreError) -> Bool {
    guard case .outputs(let outputs) = record.outcome else { return true }
    for (port, output) in outputs where !spared.contains(port) { if try !holds(output) { return false } }
    return true
  }

  private func holds(_ digest: Digest, _ output: ResultRecord.Output) throws(StoreError) -> Bool {
    if output.inline[digest] != nil { return true }
    return try contains(digest)
  }
}
