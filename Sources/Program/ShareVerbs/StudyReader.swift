import Artifacts
import Console
import Files
import JSON
import Remotes
import Sessions
import Sharing
import Signing
import Stores
import System
import Wording

/// Finds and reads studies at a remote. All that is there may be made to do harm.
struct StudyReader {
  /// A study as it was found.
  struct Found {
    let push: Push
    /// The key of its signature; nil: nobody has signed it.
    let signer: PublicKey?
    let study: StudyFile
    let files: [(name: String, bytes: [UInt8])]
  }

  /// A push that claims a study, and the key that has signed it.
  private struct Candidate {
    let push: Push
    let signer: PublicKey?
    let issued: String
  }

  /// Most bytes of the files of a study, which are text.
  private static let most = 1 << 26

  private let remote: any Remote
  private let place: String
  private let report: (String) -> Void

  /// - Parameter report: hears of pushes that cannot be used.
  init(_ remote: any Remote, _ place: String, report: @escaping (String) -> Void) {
    (self.remote, self.place, self.report) = (remote, place, report)
  }

  /// The newest edition of a study. Throws a `Complaint` where it is not clear whose it is.
  ///
  /// - Parameters:
  ///   - name: the study; empty: the newest of all.
  ///   - lab: the lab that has published it; nil: there must be one.
  ///   - key: the fingerprint of the key that has signed it; nil: there must be one.
  ///   - takesUnsigned: whether one counts that nobody has signed, where none is signed.
  func find(_ name: String, lab: String?, key: String?, takesUnsigned: Bool) throws -> Found {
    let step = StudyFile.identity(name).key
    var candidates: [Candidate] = []
    for tag in try remote.tags() {
      guard let pushed = PushName(tag: tag), lab.map({ $0 == pushed.lab }) ?? true else { continue }
      do {
        let push = try Push.read(tag, from: remote)
        let claims = try push.claims()
        guard claims[step] != nil else { continue }
        candidates.append(Candidate(push: push, signer: try signer(of: push), issued: claims.issued))
      } catch let error as SharingError { report("the push '\(tag)' is passed over: \(error)") } catch let error
        as RemoteError where !error.isOfWhole
      {
        report("the push '\(tag)' is passed over: \(error)")
      }
    }
    // Anybody can write a push that nobody has signed.
    let signed = candidates.filter { $0.signer != nil }
    let chosen =
      signed.isEmpty && key == nil ? candidates : signed.filter { key == nil || $0.signer?.fingerprint == key }
    guard let newest = chosen.max(by: { ($0.issued, $0.push.name.number) < ($1.issued, $1.push.name.number) }) else {
      let what = name.isEmpty ? "study" : "study '\(name)'"
      let whose = lab.map { " of \($0)" } ?? ""
      throw Complaint.failure(
        "'\(place)' has no \(what)\(whose)\(key.map { " by the key \($0)" } ?? ""); 'push --study' publishes one")
    }
    let labs = Set(chosen.map(\.push.name.lab)).sorted()
    guard labs.count == 1 else {
      throw Complaint.usage("\(labs.joined(separator: " and ")) have published such a study: name one with --lab")
    }
    let keys = Set(chosen.compactMap { $0.signer?.fingerprint }).sorted()
    guard keys.count < 2 else {
      throw Complaint.usage(
        "several keys have signed such a study of \(labs[0]): ask which is theirs, and name it with --key, of "
          + keys.joined(separator: ", "))
    }
    guard newest.signer != nil || takesUnsigned else {
      throw Complaint.failure("nobody has signed this study of '\(labs[0])'; --unsigned takes it all the same")
    }
    return try read(newest, step)
  }

  /// The key that has signed a push; nil where none has. Throws for a signature that is not of the text.
  private func signer(of push: Push) throws -> PublicKey? {
    guard let signature = push.signature else { return nil }
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let wrong = SharingError.malformed("its signature is not that of its text")
    guard let key = SSHSignature(armor: signature)?.key else { throw wrong }
    let path = scratch.path + "/signers"
    try NewFile.write(path, Self.line(push.name.lab, key))
    guard try Trust(signers: path).verdict(push) == .trusted else { throw wrong }
    return key
  }

  /// A file of trusted keys with one of a lab.
  static func line(_ lab: String, _ key: PublicKey) -> [UInt8] { Array((SignersFile.Line(lab, key).text + "\n").utf8) }

  /// Reads the files of a study through a store in memory, which compares all bytes with what is claimed.
  private func read(_ candidate: Candidate, _ step: Digest) throws -> Found {
    let push = candidate.push
    let store = try Store(root: "/study", fileSystem: MemoryFileSystem(), create: true)
    try PushShelf(store).accept(push)
    let peers = Peers(store, [Peer(place, remote)], trust: Trust(signers: "/nowhere"), report: report)
    _ = try peers.bring([ClaimedStep(key: step, stage: StudyFile.stage)])
    guard case .outputs(let outputs)? = try store.result(step)?.outcome,
      let manifest = outputs[StudyFile.files]?.manifest
    else { throw Complaint.failure("the study of '\(push.name.lab)' cannot be read at '\(place)'") }
    let size = manifest.entries.reduce(0) { $0.added(saturatingTo: $1.size) }
    guard size <= Self.most else {
      throw Complaint.failure("the study has more than \(Words.bytes(Self.most)) of text")
    }
    let names = try manifest.entries.map { entry in
      guard let name = FlatName.path(of: entry.name), StudyFile.isAllowed(name) else {
        throw Complaint.failure(
          "the study has a file '\(ControlCharacters.escaped(entry.name))', which none should have")
      }
      return name
    }
    try peers.fetch(manifest.entries.map { ($0.digest, $0.size) })
    let files = try zip(names, manifest.entries).map { (name: $0, bytes: try store.bytes($1.digest, size: $1.size)) }
    guard let text = files.first(where: { $0.name == StudyFile.name })?.bytes else {
      throw Complaint.failure("the study has no '\(StudyFile.name)'")
    }
    let study: StudyFile
    do throws(JSONMismatch) { study = try JSON.decode(StudyFile.self, text) } catch {
      throw Complaint.failure("the study's '\(StudyFile.name)' is none of bioarc: \(error)")
    }
    guard study.pipeline.hasPrefix("pipelines/"), files.contains(where: { $0.name == study.pipeline }) else {
      throw Complaint.failure("the study does not have its own pipeline")
    }
    return Found(push: push, signer: candidate.signer, study: study, files: files)
  }
}
