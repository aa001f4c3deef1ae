package import Artifacts

/// What became of a record that was offered.
package enum Publication: Hashable, Sendable {
  /// There was none under the key.
  case first
  /// The current one says the same; nothing was written.
  case equal
  /// The current one said something else. It is kept, and the new one is current.
  case divergent(from: ResultRecord)
}

/// Results by key. Attempts are numbered from 1 without a gap, and the last one is current.
extension Store {
  func resultPath(_ key: Digest, _ attempt: Int) -> String { sharded("results", key) + ".\(attempt)" }

  /// The current result of a step, or nil. A record that is damaged is quarantined, and the one before it counts.
  package func result(_ key: Digest) throws(StoreError) -> ResultRecord? {
    let path = sharded("results", key)
    guard let first = try files.contents(path + ".1") else { return nil }
    if try !files.contains(path + ".2"), let record = Self.record(first, key) { return record }
    return try attempts(key).last
  }

  /// All results of a step, oldest first.
  package func attempts(_ key: Digest) throws(StoreError) -> [ResultRecord] {
    var records: [ResultRecord] = []
    var bad: [Int] = []
    var attempt = 1
    while let bytes = try files.contents(resultPath(key, attempt)) {
      if let record = Self.record(bytes, key) { records.append(record) } else { bad.append(attempt) }
      attempt += 1
    }
    for attempt in bad { quarantine(resultPath(key, attempt), "not a sealed result record") }
    // Numbers have no gap, so a good record takes the place of a bad one.
    if let last = records.last, let first = bad.first, first <= records.count {
      let bytes = Sealed.seal(last.encoded(), key)
      for attempt in bad { try? write(bytes, to: resultPath(key, attempt), replacing: false) }
    }
    return records
  }

  /// Offers a result. Nothing is replaced; of two processes that offer the same, one writes.
  package func publish(_ record: ResultRecord, _ key: Digest) throws(StoreError) -> Publication {
    let bytes = Sealed.seal(record.encoded(), key)
    var taken = 0
    while true {
      let known = try attempts(key)
      if let current = known.last, current.agrees(with: record) { return .equal }
      let attempt = max(known.count, taken) + 1
      do {
        try write(bytes, to: resultPath(key, attempt), replacing: false)
        return known.last.map(Publication.divergent) ?? .first
      } catch let error where error.isTaken {
        // Somebody was faster, so look at what is there now; or a bad record could not be moved away.
        taken = attempt
      }
    }
  }

  /// Whether every byte of an output is in the store, by a look at names only.
  package func holds(_ output: ResultRecord.Output) throws(StoreError) -> Bool {
    guard let manifest = output.manifest else { return try holds(output.artifact.digest, output) }
    for entry in manifest.entries { if try !holds(entry.digest, output) { return false } }
    return true
  }

  /// Whether the bytes of all outputs are there; a failure has none.
  package func holds(_ record: ResultRecord) throws(StoreError) -> Bool {
    guard case .outputs(let outputs) = record.outcome else { return true }
    for output in outputs.values { if try !holds(output) { return false } }
    return true
  }

  private func holds(_ digest: Digest, _ output: ResultRecord.Output) throws(StoreError) -> Bool {
    if output.inline[digest] != nil { return true }
    return try contains(digest)
  }

  static func record(_ bytes: [UInt8], _ key: Digest) -> ResultRecord? {
    Sealed.open(bytes, key).flatMap { try? ResultRecord(decoding: $0) }
  }
}
