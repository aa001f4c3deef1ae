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

/// Results by key. Attempts are numbered from 1, and the last one is current; a result of somebody else has the number
/// 0.
extension Store {
  /// Steps that took at least this many seconds are durable as soon as they are done; of shorter ones, what was
  /// published in the last second may be lost by a power failure, though not by a crash.
  static let dearSeconds = 0.1

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
  package func attempts(_ key: Digest) throws(StoreError) -> [ResultRecord] {
    var records: [(number: Int, record: ResultRecord)] = []
    for entry in try results.entries(key, isFresh: true) {
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
    if let current = known.last, current.agrees(with: record) { return .equal }
    let number = try (results.entries(key, isFresh: false).last?.number ?? 0) + 1
    try results.append(
      PackEntry(key: key, number: number, head: ResultRow(record).encoded(), body: record.encoded()),
      isDurable: isShared || record.duration >= Self.dearSeconds)
    return known.last.map(Publication.divergent) ?? .first
  }

  /// Takes a result over that somebody else has computed, with its identity, unless there is one: nothing that was
  /// computed here is displaced.
  package func adopt(_ record: ResultRecord, _ identity: StepIdentity) throws(StoreError) -> Publication {
    let key = identity.key
    try results.refresh()
    if let current = try attempts(key).last { return current.agrees(with: record) ? .equal : .divergent(from: current) }
    if try self.identity(key) == nil { try keep(identity: identity, sources: [:]) }
    try results.append(
      PackEntry(key: key, number: 0, head: ResultRow(record).encoded(), body: record.encoded()), isDurable: isShared)
    return .first
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
