package import Artifacts
import Compression
package import Stores

/// Results of one push on their way into a store. Nothing of them is believed that is not what was claimed.
package struct Intake {
  /// A step with two results: by its stage and its key.
  package struct Conflict: Hashable, Sendable {
    package let stage: String
    package let key: Digest
  }

  /// The outcome of an import.
  package struct Summary: Hashable, Sendable {
    /// Results that are new to the store.
    package var new = 0
    /// Results that the store had, with the same outputs.
    package var known = 0
    /// Steps of which the store has a result that says something else; it stays.
    package var conflicts: [Conflict] = []
    package var objects = 0
    /// Bytes of the objects that were new, uncompressed.
    package var bytes = 0
    /// Objects that are not there, with their sizes: they are fetched or computed again when something needs them.
    package var absent: [Digest: Int] = [:]
    /// Objects whose bytes are not those of their name.
    package var damaged = 0
  }

  let push: Push
  private let locations: Locations
  /// By frame of records, the place of its first claim among those of the push.
  private let starts: [Int]
  private let index: ClaimIndex
  private let entries: [ClaimIndex.Entry]

  init(_ push: Push) throws {
    self.push = push
    locations = try push.locations()
    index = ClaimIndex([push.text])
    entries = index.entries(of: 0)
    var starts: [Int] = []
    var place = 0
    for frame in locations.records {
      starts.append(place)
      place += frame.count
      guard place <= index.counts[0] else { break }
    }
    guard place == index.counts[0] else {
      throw SharingError.malformed("\(index.counts[0]) results are claimed, and there are records of \(place)")
    }
    self.starts = starts
  }

  /// How many results a store has not, has, and has otherwise, by what is claimed alone.
  package func compared(with store: Store) throws -> (new: Int, known: Int, other: Int) {
    var counts = (new: 0, known: 0, other: 0)
    for entry in index.entries(of: 0) {
      guard let row = try store.row(entry.key) else {
        counts.new += 1
        continue
      }
      if try index.claim(entry).outcome.agrees(with: row) { counts.known += 1 } else { counts.other += 1 }
    }
    return counts
  }

  /// Takes results into a store, without bytes.
  ///
  /// - Parameters:
  ///   - places: the places of their claims; nil: all.
  ///   - read: reads bytes of a blob.
  ///   - yields: whether a result in the store, of somebody else, counts no more for a stage.
  ///   - progress: hears how many results of all are done.
  func take(
    _ places: Set<Int>? = nil, into store: Store, lab: String, _ summary: inout Summary,
    read: (Digest, Range<Int>) throws -> [UInt8], yields: (ResultRecord, String) -> Bool = { _, _ in false },
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws {
    var frames: [Digest: [(range: Range<Int>, item: Int)]] = [:]
    let numbers = places.map { Set($0.map(frame(of:))).sorted() } ?? Array(locations.records.indices)
    for number in numbers {
      let place = locations.records[number].place
      try frames[push.checked(place), default: []].append((place.range, number))
    }
    var done = 0
    for (blob, wanted) in frames.sorted(by: { $0.key < $1.key }) {
      for run in BlobRuns.runs(wanted) {
        let bytes = try read(blob, run.range)
        for (range, number) in run.items {
          let slice = bytes[(range.lowerBound - run.range.lowerBound)..<(range.upperBound - run.range.lowerBound)]
          let frame = try Frames.decompressed(MemoryReader(slice), limit: Frames.most, "the records")
          let found = try Frames.entries(frame, count: locations.records[number].count)
          for (offset, entry) in found.enumerated() {
            let place = starts[number] + offset
            guard places?.contains(place) ?? true else { continue }
            let foreign = try ForeignRecord(
              identity: Array(entry.identity), record: Array(entry.record), index.claim(entries[place]))
            guard foreign.identity.key == entries[place].key else {
              throw SharingError.malformed("a record that is not at the place of its claim")
            }
            try take(foreign, into: store, lab: lab, &summary, yields)
            done += 1
          }
          progress(done, places?.count ?? entries.count)
        }
      }
    }
  }

  /// The frame that has the record of a claim.
  private func frame(of place: Int) -> Int {
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= place { low = middle } else { high = middle }
    }
    return low
  }

  private func take(
    _ foreign: ForeignRecord, into store: Store, lab: String, _ summary: inout Summary,
    _ yields: (ResultRecord, String) -> Bool
  ) throws {
    let (record, stage) = (foreign.record.claimed(by: lab, push.support), foreign.identity.stage)
    switch try store.adopt(record, foreign.identity, yields: { yields($0, stage) }) {
    case .first: summary.new += 1
    case .equal: summary.known += 1
    case .divergent:
      summary.conflicts.append(Conflict(stage: foreign.identity.stage, key: foreign.identity.key))
      return
    }
    // Bytes that are not there are missing on purpose.
    for object in foreign.record.objects where try !store.contains(object.digest) {
      summary.absent[object.digest] = object.size
      try store.noteAbsence(of: object.digest)
    }
  }
}
