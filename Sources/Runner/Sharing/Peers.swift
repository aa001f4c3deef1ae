package import Artifacts
import Files
import Remotes
import Signing
package import Stores

/// Results of others as far as they are known, and their way into a store: pushes from remotes, the claims among them
/// that are believed, records for the steps of a plan, and bytes when something needs them.
///
/// A remote that is down, slow or wrong costs one warning and is asked no more.
package final class Peers: ResultsOfOthers {
  let store: Store
  let shelf: PushShelf
  let trust: Trust
  private let policies: [String: TrustPolicy]
  let quorums: [Quorum]
  /// The lab whose claim counts where several say something else.
  private let preferred: String?
  let report: (String) -> Void
  var peers: [Peer]

  /// The pushes that are believed, and their claims; nil: not looked at yet.
  private var believed: (pushes: [Push], index: ClaimIndex)?
  /// By the digest of claims that are believed, their lab.
  private var supports: [Digest: Support]?
  /// Whether the remotes were looked at for news.
  var hasLooked = false
  /// Whether these are of several labs.
  private var hasRivals = false
  /// By the place of a push among those that are believed, what its records are taken by.
  private var intakes: [Int: Intake] = [:]
  /// Sentences that were told, by what they are about.
  private var told: Set<String> = []
  /// All pushes that are known, and their objects: bytes may come from anybody.
  private var objects: (pushes: [Push], source: ObjectSource)?
  /// Objects that could not be had.
  private var refused: Set<Digest> = []
  /// A pack of records that was asked for piece by piece, and is read whole now; how often others were.
  private var pack: (blob: Digest, bytes: [UInt8])?
  private var pieces: [Digest: Int] = [:]

  /// The results of others that counted, some more than once: a table would cost a plan more than the look at them.
  private var uses: [(key: Digest, lab: String, seconds: Double)] = []
  /// Steps whose claims say different things, so that none is taken.
  package private(set) var conflicts: [ClaimedStep] = []
  /// Steps that are claimed, and whose records could not be had.
  package private(set) var outOfReach = 0
  /// Objects that were fetched, and the bytes that came for them.
  package private(set) var fetched = (objects: 0, bytes: 0)
  /// Hears how many bytes of all have come.
  package var progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }

  struct Support { let lab, issued: String }

  /// - Parameter report: hears of remotes that cannot be used, and of pushes that are wrong.
  package init(
    _ store: Store, _ peers: [Peer], trust: Trust, policies: [String: TrustPolicy] = [:], quorums: [Quorum] = [],
    preferred: String? = nil, report: @escaping (String) -> Void
  ) {
    (self.store, self.peers, self.trust, self.policies) = (store, peers, trust, policies)
    (self.quorums, self.preferred, self.report) = (quorums, preferred, report)
    shelf = PushShelf(store)
  }

  // MARK: Belief

  /// Whether the store takes nothing, so that what is in it must do.
  private(set) var isSealed = false

  /// Runs what writes to the store. One that cannot be written to is told once, and takes nothing more; then nil.
  func writing<R>(_ body: () throws -> R) throws -> R? {
    if isSealed { return nil }
    do { return try body() } catch let error as StoreError where error.isRefusal {
      isSealed = true
      tell("sealed", "the store cannot be written to: results of others that it has count, and no more are taken")
      return nil
    }
  }

  /// Forgets what was read of the shelf.
  func forget() { (believed, supports, objects, intakes) = (nil, nil, nil, [:]) }

  func known() throws -> [Digest: Support] {
    if let supports { return supports }
    let state = try trust.state()
    var result: [Digest: Support] = [:]
    for digest in try shelf.digests() {
      var verdict = shelf.verdict(digest)
      if verdict?.signers != state {
        guard let push = try shelf.push(digest) else { continue }
        verdict = try judged(push, state)
      }
      guard let verdict, verdict.isTrusted || shelf.isAccepted(verdict.support) else { continue }
      result[verdict.support] = Support(lab: verdict.lab, issued: verdict.issued)
    }
    supports = result
    hasRivals = Set(result.values.map(\.lab)).count > 1
    return result
  }

  func judged(_ push: Push, _ state: Digest) throws -> PushShelf.Verdict {
    var isTrusted = false
    do { isTrusted = try trust.verdict(push) == .trusted } catch let failure as Signatures.Failure {
      // Without the program nobody is believed, and the run goes on.
      tell("signatures", "no signature can be looked at: \(failure)")
      return PushShelf.Verdict(
        signers: state, support: push.support, tag: push.name.tag, lab: push.name.lab, issued: push.issued,
        isTrusted: false)
    }
    let verdict = PushShelf.Verdict(
      signers: state, support: push.support, tag: push.name.tag, lab: push.name.lab, issued: push.issued,
      isTrusted: isTrusted)
    shelf.note(verdict, push.digest)
    return verdict
  }

  func claims() throws -> (pushes: [Push], index: ClaimIndex) {
    if let believed { return believed }
    let known = try known()
    var pushes: [Push] = []
    for digest in try shelf.digests() {
      guard let statement = try shelf.statement(digest), known[statement.support] != nil,
        let push = try shelf.push(digest)
      else { continue }
      pushes.append(push)
    }
    let loaded = (pushes, ClaimIndex(pushes.map(\.text)))
    believed = loaded
    return loaded
  }

  /// Whether the bounds of a lab allow a claim; of an unknown stage its record is looked at later.
  private func allows(_ support: Support, _ stage: String?) -> Bool {
    policies[support.lab]?.allows(stage, issued: support.issued) ?? true
  }

  /// The results of others that counted: by key, the lab and the seconds that they took.
  package var used: [Digest: (lab: String, seconds: Double)] {
    Dictionary(uses.map { ($0.key, ($0.lab, $0.seconds)) }) { $1 }
  }

  /// Whether a claim is within the bounds of its lab.
  func allows(_ entry: ClaimIndex.Entry, _ stage: String?) throws -> Bool {
    try known()[claims().pushes[entry.push].support].map { allows($0, stage) } ?? false
  }

  package func believes(_ row: ResultRow, of step: ClaimedStep) throws -> Bool {
    guard let own = row.support else { return true }
    if let support = try known()[own], allows(support, step.stage), try isAgreed(row, step, of: support.lab),
      try !isDisputed(row, step, support)
    {
      uses.append((step.key, support.lab, row.duration))
      return true
    }
    return false
  }

  /// Whether another lab that is believed claims something else, and this one is not preferred.
  private func isDisputed(_ row: ResultRow, _ step: ClaimedStep, _ support: Support) throws -> Bool {
    guard hasRivals, support.lab != preferred else { return false }
    let (pushes, index) = try claims()
    let isDisputed = try lastWords(counting(step)).contains { entry in
      try pushes[entry.push].name.lab != support.lab && !index.claim(entry).outcome.agrees(with: row)
    }
    if isDisputed, !conflicts.contains(step) { conflicts.append(step) }
    return isDisputed
  }

  // MARK: Records

  package func bring(_ steps: [ClaimedStep]) throws -> Int {
    guard try !isSealed && !known().isEmpty else { return 0 }
    let (pushes, index) = try claims()
    var rest: [(step: ClaimedStep, entries: [ClaimIndex.Entry])] = []
    for step in steps {
      let chosen = try agreeing(counting(step), pushes, index, step)
      if !chosen.isEmpty { rest.append((step, chosen)) }
    }
    var count = 0
    // The next push that claims the same may have a record that one does not give.
    while !rest.isEmpty {
      var wanted: [Int: Set<Int>] = [:]
      for (_, entries) in rest { wanted[entries[0].push, default: []].insert(entries[0].place) }
      var taken: Set<Int> = []
      for (number, places) in wanted.sorted(by: { $0.key < $1.key }) {
        count += places.count
        guard let isTaken = try writing({ try take(places, of: pushes[number], number) }) else { return 0 }
        if isTaken { taken.insert(number) } else { count -= places.count }
      }
      rest = rest.compactMap { step, entries in
        if taken.contains(entries[0].push) { return nil }
        if entries.count == 1 { outOfReach += 1 }
        return entries.count == 1 ? nil : (step, Array(entries.dropFirst()))
      }
    }
    return count
  }

  /// The claims of a step that say the same, those that can be had first: none where labs say different things. Of a
  /// writer the last word counts.
  private func agreeing(
    _ entries: [ClaimIndex.Entry], _ pushes: [Push], _ index: ClaimIndex, _ step: ClaimedStep
  ) throws -> [ClaimIndex.Entry] {
    if entries.isEmpty { return [] }
    var last = try lastWords(entries)
    let outcomes = try last.count == 1 ? [] : last.map { try index.claim($0).outcome }
    if outcomes.contains(where: { $0 != outcomes[0] }) {
      guard let preferred, let entry = last.first(where: { pushes[$0.push].name.lab == preferred }) else {
        if !conflicts.contains(step) { conflicts.append(step) }
        return []
      }
      last = [entry]
    }
    // An older push that says the same may have the record where the last one cannot be had.
    let outcome = try index.claim(last[0]).outcome
    let places = Set(last.map(\.push))
    let older = try entries.filter { try !places.contains($0.push) && index.claim($0).outcome == outcome }
    return (last + older).sorted { a, b in isReachable(pushes[a.push]) && !isReachable(pushes[b.push]) }
  }

  /// Takes the records of claims of a push into the store, from whichever remote has them; false where none gives them.
  private func take(_ places: Set<Int>, of push: Push, _ number: Int) throws -> Bool {
    var summary = Intake.Summary()
    for peer in peers.indices where has(peer, push) {
      do {
        let intake = try intakes[number] ?? Intake(push)
        intakes[number] = intake
        try intake.take(places, into: store, lab: push.name.lab, &summary) { [self] blob, range in
          try records(peer, push, blob, range)
        } yields: { record, stage in
          // One that is believed no more, or not for this stage, gives way.
          guard let support = record.support, let known = try? known() else { return false }
          guard let own = known[support], allows(own, stage) else { return true }
          return own.lab != preferred && push.name.lab == preferred
        }
        return true
      } catch let error where error is SharingError || error is RemoteError { note(error, peer) }
    }
    return false
  }

  /// Bytes of a pack of records. One that is asked for again and again is read whole.
  private func records(_ peer: Int, _ push: Push, _ blob: Digest, _ range: Range<Int>) throws -> [UInt8] {
    if pack?.blob != blob {
      pieces[blob, default: 0] += 1
      let size = push.manifest.layers.first { $0.digest == blob }?.size ?? .max
      guard pieces[blob, default: 0] > 2, size <= BlobRuns.most else {
        return try peers[peer].remote.read(blob, range)
      }
      pack = (blob, try peers[peer].remote.read(blob, 0..<size))
    }
    guard let bytes = pack?.bytes, range.upperBound <= bytes.count else {
      throw SharingError.malformed("the blob \(blob.short) is shorter than it should be")
    }
    return Array(bytes[range])
  }

  // MARK: Bytes

  private func source() throws -> (pushes: [Push], source: ObjectSource) {
    if let objects { return objects }
    let pushes = try shelf.digests().compactMap { try shelf.push($0) }
    let loaded = (pushes, try ObjectSource(pushes))
    objects = loaded
    return loaded
  }

  package func offers(_ object: Digest) -> Bool {
    guard !isSealed, !refused.contains(object), peers.contains(where: { !$0.isDown }),
      let (pushes, source) = try? source()
    else {
      return false
    }
    return source[object].contains { isReachable(pushes[$0.push]) }
  }

  /// Bytes that would come for an object, as they are at a remote; 0 where nobody has it.
  package func bytes(of object: Digest) -> Int { (try? source())?.source[object].first?.object.place.length ?? 0 }

  package func fetch(_ objects: [(digest: Digest, size: Int)]) throws {
    let (pushes, source) = try source()
    var rest = Dictionary(objects.map { ($0.digest, $0.size) }) { first, _ in first }
    let total = rest.keys.reduce(0) { $0.added(saturatingTo: bytes(of: $1)) }
    var done = 0
    for peer in peers.indices {
      // A place that is wrong in one push may be right in another.
      var turn = 0
      while !peers[peer].isDown && !rest.isEmpty {
        let wanted = rest.compactMap { digest, size in
          let places = source[digest].filter { has(peer, pushes[$0.push]) }
          return turn < places.count ? (digest: digest, size: size, found: places[turn]) : nil
        }
        if wanted.isEmpty { break }
        let isWritten: Void? = try writing {
          try source.fetch(wanted, into: store) { [self] push, blob, range in
            _ = try pushes[push].checked(.init(blob: blob, offset: range.lowerBound, length: range.count))
            return try peers[peer].remote.read(blob, range)
          } isDone: { digest, isThere, bytes in
            done += bytes
            progress(done, total)
            fetched.bytes += bytes
            guard isThere else {
              return note(SharingError.malformed("the object \(digest.short) has other bytes than its digest"), peer)
            }
            fetched.objects += 1
            rest[digest] = nil
          } goesOn: { error in
            note(error, peer)
            return !peers[peer].isDown
          }
        }
        if isWritten == nil { break }
        turn += 1
      }
    }
    refused.formUnion(rest.keys)
  }

  // MARK: Remotes

  /// Requests that were sent so far.
  package var requests: Int { peers.reduce(0) { $0 + $1.remote.requests } }

  func has(_ peer: Int, _ push: Push) -> Bool { tags(of: peer).contains(push.name.tag) }

  private func isReachable(_ push: Push) -> Bool { peers.indices.contains { has($0, push) } }

  /// The pushes of a remote, asked for once; none of one that is down.
  func tags(of peer: Int) -> Set<String> {
    if peers[peer].isDown { return [] }
    if let tags = peers[peer].tags { return tags }
    do throws(RemoteError) {
      let tags = Set(try peers[peer].remote.tags())
      peers[peer].tags = tags
      return tags
    } catch {
      note(error, peer)
      // One that has no list is not asked again.
      peers[peer].tags = []
      return []
    }
  }

  /// Tells of a remote's failure: one that failed for itself is asked no more, and of single pushes and blobs that are
  /// wrong one is told for all.
  func note(_ error: any Error, _ peer: Int) {
    if peers[peer].isDown { return }
    peers[peer].isDown = (error as? RemoteError)?.isOfWhole ?? false
    let place = "the remote '\(peers[peer].name)'"
    if peers[peer].isDown {
      tell("down \(peer)", "\(place): \(error); nothing of it is used in this run")
    } else {
      tell(
        "wrong \(peer)", "\(place): \(error); 'bioarc remote fsck \(peers[peer].name)' finds all that is wrong there")
    }
  }

  private func tell(_ topic: String, _ sentence: String) {
    if told.insert(topic).inserted { report(sentence) }
  }
}

extension StoreError {
  /// Whether nothing may be written there.
  fileprivate var isRefusal: Bool {
    switch self {
    case .readOnly, .permission: true
    default: false
    }
  }
}
