package import Artifacts
package import Files
import System

/// Runs and steps in progress in a store, as far as a process can tell that looks at it.
extension Store {
  /// A run or a lease of which nothing can be told, as on another host, counts as alive until it has shown no sign of
  /// life for this many nanoseconds: a day.
  static let silence: Int64 = 86_400 * 1_000_000_000

  /// The time of the last event in a run's log, in nanoseconds of the file system's clock; nil when it has no log.
  package func lastEvent(ofRun id: String) throws(StoreError) -> Int64? { try time(ofRunFile: "events.jsonl", id) }

  /// Whether the process of a run that has not logged its end may still be at work.
  package func mayBeInProgress(_ id: String, now: Int64) throws(StoreError) -> Bool {
    if let owner = try ownerLines(ofRun: id).first.flatMap({ ProcessIdentity(name: $0) }) {
      if owner.isKnownToBeGone { return false }
      if owner.isKnownToLive { return true }
    }
    let times = [try lastEvent(ofRun: id), try time(ofRunFile: "owner", id)].compactMap { $0 }
    return times.contains { now - $0 < Self.silence }
  }

  /// The process of a run that has not logged its end, as it looks from outside.
  package func life(ofRun id: String) throws(StoreError) -> Life {
    guard let owner = try ownerLines(ofRun: id).first.flatMap({ ProcessIdentity(name: $0) }) else { return .gone }
    let signs = [try lastEvent(ofRun: id), try time(ofRunFile: "owner", id)].compactMap { $0 }
    return try life(of: owner, lastSign: signs.max())
  }

  /// The processes that work on steps now, by the steps' keys.
  package func work() throws(StoreError) -> [Digest: Life] {
    var result: [Digest: Life] = [:]
    for (key, seen) in try leases() where !seen.isKnownToBeGone {
      guard let owner = ProcessIdentity(name: seen.owner) else { continue }
      let status = try? files.status(leasePath(key, seen.generation))
      let life = try life(of: owner, lastSign: status?.modified)
      if life != .gone { result[key] = life }
    }
    return result
  }

  private func life(of owner: ProcessIdentity, lastSign: Int64?) throws(StoreError) -> Life {
    if owner.isKnownToBeGone { return .gone }
    let words = "\(owner.host), process \(owner.process)"
    if owner.isKnownToLive { return .alive(owner: words) }
    // A store that cannot be written tells no time.
    guard let lastSign, let now = try? now(), now - lastSign < Self.silence else { return .gone }
    let seconds = Double(now - lastSign) * 1e-9
    return seconds < 2 * max(Lease.expiry, 60) ? .alive(owner: words) : .silent(owner: words, seconds: seconds)
  }

  /// The newest lease of each step that has one.
  private func leases() throws(StoreError) -> [Digest: LeaseSighting] {
    var result: [Digest: LeaseSighting] = [:]
    for name in try files.namesIfPresent(root + "/leases") {
      guard let dot = name.firstIndex(of: "."), let key = Digest(hex: name[..<dot]), result[key] == nil,
        let seen = try sighting(of: key)
      else { continue }
      result[key] = seen
    }
    return result
  }

  /// Whether this process can tell that the process of a run is no more.
  func isKnownToBeGone(run id: String) throws(StoreError) -> Bool {
    try ownerLines(ofRun: id).first.flatMap { ProcessIdentity(name: $0) }?.isKnownToBeGone ?? false
  }

  /// The inputs that a run said it would read, with the files of those that are trees and in the store already.
  package func inputs(ofRun id: String) throws(StoreError) -> Set<Digest> {
    var result: Set<Digest> = []
    for line in try ownerLines(ofRun: id).dropFirst() {
      let words = line.split(separator: " ")
      guard words.count == 3, let digest = Digest(hex: words[0]), let size = Int(words[1]) else { continue }
      result.insert(digest)
      if words[2] == Layout.tree.rawValue { result.formUnion(members(ofTree: digest, size: size)) }
    }
    return result
  }

  /// The keys of the steps that somebody works on.
  package func keysInProgress(now: Int64) throws(StoreError) -> Set<Digest> {
    var result: Set<Digest> = []
    for (key, seen) in try leases() where !seen.isKnownToBeGone {
      if ProcessIdentity(name: seen.owner)?.isKnownToLive ?? false {
        result.insert(key)
      } else if let status = try? files.status(leasePath(key, seen.generation)), now - status.modified < Self.silence {
        result.insert(key)
      }
    }
    return result
  }

  /// The names of all runs, leases and pins: where these are the same, nobody has begun anything in between.
  package func signsOfLife() throws(StoreError) -> [String] {
    var names: [String] = []
    for folder in ["runs", "leases", "pins"] { names += try files.namesIfPresent("\(root)/\(folder)") }
    return names
  }

  private func ownerLines(ofRun id: String) throws(StoreError) -> [Substring] {
    guard let bytes = try files.contents("\(root)/runs/\(id)/owner") else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
  }

  private func time(ofRunFile name: String, _ id: String) throws(StoreError) -> Int64? {
    do { return try files.status("\(root)/runs/\(id)/\(name)").modified } catch let error where error.isAbsent {
      return nil
    }
  }
}
