package import Artifacts
import Files
package import Stores
import System

/// The pushes that a store knows, in its folder `pushes`: claims, signatures and places, never packs. Each has a file
/// named by the digest of its manifest, and one beside it with what was last found out about its signature.
package struct PushShelf {
  /// A finding about the signature of a push, which holds for one state of the file of trusted keys.
  struct Verdict: Hashable {
    /// The digest of that file.
    let signers: Digest
    /// The digest of the claims.
    let support: Digest
    let tag: String
    let lab: String
    /// The time at which they were issued.
    let issued: String
    let isTrusted: Bool
  }

  private let store: Store
  private var folder: String { store.root + "/pushes" }

  package init(_ store: Store) { self.store = store }

  /// The digests of the manifests, ascending.
  package func digests() throws -> [Digest] {
    try store.files.namesIfPresent(folder).compactMap { Digest(hex: $0) }.sorted()
  }

  /// The labs whose pushes are there, ascending.
  package func labs() throws -> [String] {
    try Set(digests().compactMap { try statement($0)?.name.lab }).sorted()
  }

  /// Keeps a push.
  func put(_ push: Push) throws {
    let parts = [
      Array(push.name.tag.utf8), push.blobs.manifest, push.blobs.claims, push.blobs.locations, push.signature ?? [],
    ]
    let content = Canonical.list([.string("bioarc-push/1")] + parts.map { .bytes($0) }).encoded()
    _ = try write(Sealed.seal(content, push.digest), "\(push.digest)")
  }

  /// Writes a file of the shelf; false where there is one of that name already.
  private func write(_ bytes: [UInt8], _ name: String) throws(StoreError) -> Bool {
    do throws(StoreError) {
      try store.folder.write(bytes, to: "\(folder)/\(name)", replacing: false)
      return true
    } catch {
      if error.isTaken { return false }
      throw error
    }
  }

  /// A push that is there. One that is damaged is quarantined, and nil.
  func push(_ digest: Digest) throws -> Push? {
    let path = "\(folder)/\(digest)"
    guard let bytes = try store.files.contents(path) else { return nil }
    if let content = Sealed.open(bytes, digest), let push = try? Self.decoded(content), push.digest == digest {
      return push
    }
    store.folder.quarantine(path, "not a sealed push")
    return nil
  }

  private static func decoded(_ content: [UInt8]) throws -> Push {
    let fields = try Canonical(decoding: content).list()
    let wrong = SharingError.malformed("not a push")
    guard fields.count == 6, fields[0] == .string("bioarc-push/1") else { throw wrong }
    let parts = try fields.dropFirst().map { try $0.bytes() }
    return try Push(String(decoding: parts[0], as: UTF8.self), parts[1]) { layer, _, _ in
      switch layer.part {
      case .claims: parts[2]
      case .locations: parts[3]
      case .signature: parts[4]
      default: throw wrong
      }
    }
  }

  // MARK: What is known of a signature

  func verdict(_ digest: Digest) -> Verdict? {
    guard let bytes = try? store.files.contents("\(folder)/\(digest).verdict"),
      let content = Sealed.open(bytes, digest), let fields = try? Canonical(decoding: content).list(),
      fields.count == 6, let signers = try? fields[0].bytes(), let support = try? fields[1].bytes(),
      case .string(let tag) = fields[2], case .string(let lab) = fields[3], case .string(let issued) = fields[4],
      case .bool(let isTrusted) = fields[5], signers.count == 32, support.count == 32
    else { return nil }
    return Verdict(
      signers: Digest(signers), support: Digest(support), tag: tag, lab: lab, issued: issued, isTrusted: isTrusted)
  }

  /// The name of a push and the digest of its claims: from the finding, else from the push itself.
  func statement(_ digest: Digest) throws -> (name: PushName, support: Digest)? {
    if let verdict = verdict(digest) { return PushName(tag: verdict.tag).map { ($0, verdict.support) } }
    return try push(digest).map { ($0.name, $0.support) }
  }

  /// Notes a finding, so that the next process need not look. Where it cannot be noted, the next one looks.
  func note(_ verdict: Verdict, _ digest: Digest) {
    let content = Canonical.list([
      .bytes(verdict.signers.bytes), .bytes(verdict.support.bytes), .string(verdict.tag), .string(verdict.lab),
      .string(verdict.issued),
      .bool(verdict.isTrusted),
    ]).encoded()
    try? store.folder.write(Sealed.seal(content, digest), to: "\(folder)/\(digest).verdict", replacing: true)
  }

  // MARK: Remotes

  /// Whether a push of that tag was looked at with these trusted keys, and is not to be believed.
  func isStranger(_ tag: String, _ signers: Digest) -> Bool {
    (try? store.files.contents("\(folder)/\(tag).stranger")) == Array(signers.hex.utf8)
  }

  func noteStranger(_ tag: String, _ signers: Digest) {
    try? store.folder.write(Array(signers.hex.utf8), to: "\(folder)/\(tag).stranger", replacing: true)
  }

  /// Whether a remote of that name was looked at with these trusted keys.
  func hasSeen(_ name: String, _ signers: Digest) -> Bool {
    ((try? store.files.contents(sightings(of: name))) ?? nil)?.starts(with: "signers \(signers)\n".utf8) ?? false
  }

  private func sightings(of name: String) -> String { "\(folder)/seen-\(Digest.of(Array(name.utf8)).short)" }

  /// The tags that a remote of that name had at the last look.
  func tags(seenAt name: String) -> Set<String> {
    guard let bytes = try? store.files.contents(sightings(of: name)) else { return [] }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    return Set(lines.filter { !$0.hasPrefix("signers ") })
  }

  func note(tags: Set<String>, seenAt name: String, with signers: Digest) {
    let text = "signers \(signers)\n" + tags.sorted().map { $0 + "\n" }.joined()
    try? store.folder.write(Array(text.utf8), to: sightings(of: name), replacing: true)
  }

  // MARK: Own pushes

  /// Keeps a push that this store has made.
  func putOwn(_ push: Push) throws {
    try put(push)
    _ = try write([], "\(push.digest).own")
  }

  /// The pushes that this store has made, wherever they are.
  func own() throws -> [Push] {
    let marks = try store.files.namesIfPresent(folder).filter { $0.hasSuffix(".own") }
    return try marks.compactMap { mark in try Digest(hex: mark.dropLast(4)).flatMap { try push($0) } }
  }

  /// 16 hexadecimal digits that stand for this store at a remote: a copy of the folder has the same.
  func writer(at remote: String) throws -> String {
    let path = "\(folder)/writer"
    if try !store.files.contains(path) {
      // Names of this process are unique, and so is their digest.
      let name = Array(Digest.of(Array(ProcessIdentity.current.newName().utf8)).hex.utf8)
      _ = try write(name, "writer")
    }
    guard let id = try store.files.contents(path) else { throw StoreError.missing(.zero) }
    return String(Digest.of(id + Array("\n\(remote)".utf8)).hex.prefix(16))
  }

  /// The lowest number above another one that no push of a writer has, nor one that was begun.
  func takeNumber(of writer: String, above last: Int) throws -> Int {
    var number = last + 1
    while try !write([], "\(writer).\(number)") { number += 1 }
    return number
  }

  // MARK: Claims that nobody has signed

  /// Whether a person took the claims of that digest on their own word.
  func isAccepted(_ support: Digest) -> Bool { (try? store.files.contains("\(folder)/\(support).accepted")) ?? false }

  /// Takes a person's word for all claims of a lab back.
  package func withdrawAcceptance(of lab: String) throws {
    for digest in try digests() {
      guard let push = try push(digest), push.name.lab == lab else { continue }
      try store.files.removeIfPresent("\(folder)/\(push.support).accepted")
    }
  }

  /// Notes that a person takes claims on their own word.
  package func accept(_ push: Push) throws {
    try put(push)
    try accept(push.support)
  }

  func accept(_ support: Digest) throws {
    _ = try write([], "\(support).accepted")
  }
}
