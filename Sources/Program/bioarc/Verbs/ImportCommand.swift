import ArgumentParser
import Artifacts
import Console
import Files
import JSON
import Sessions
import Sharing
import Stores
import System
import Wording

/// `bioarc import`
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Take the results of a bundle, so that nothing of them is computed again.",
    discussion: """
      A bundle is believed when its claims are signed by a key that is trusted for the lab it names ('bioarc trust').
      Every byte is compared with its digest on the way in, and every record with what was claimed of it. Results that
      were computed here stay as they are, and a step for which a bundle claims something else is told.

      Examples:
        bioarc trust add lab-a lab-a.pub
        bioarc import promoters.tar
        bioarc import promoters.tar --dry-run
        bioarc import promoters.tar --unsigned        on your own word
      """)

  @Argument(help: "The bundle, or a folder with an OCI image layout.", completion: .file()) var bundle: String
  @OptionGroup var options: StoreOptions
  @OptionGroup var signers: SignersOptions
  @Flag(help: "Take claims that no trusted key has signed.") var unsigned = false
  @Flag(help: "Take what is known of results, and leave their bytes.") var results = false
  @Flag(help: "Say what is in it and who has signed it; take nothing.") var dryRun = false
  @Option(help: "A new folder for the claims and their signature, for 'ssh-keygen -Y verify'.", completion: .directory)
  var claims: String?
  @Flag(help: "Print as JSON.") var json = false

  private struct Document: Encodable {
    let lab: String
    let trusted: Bool
    let claims: Int
    let issued: String
    var new: Int?
    var known: Int?
    var objects: Int?
    var bytes: Int?
    var absent: Int?
    var damaged: Int?
    var conflicts: [String]?
  }

  func run() throws {
    var documents: [Document] = []
    defer { if json { try? printJSON(documents) } }
    var store: Store?
    var closing: Result<Void?, any Error> = .success(nil)
    do {
      // Taken results are made durable, also those before a push that is not sound; a failure of that is told.
      defer { closing = Result { try store?.close() } }
      try Incoming.forEach(source()) { push in
        let verdict = try verdict(push, signers.path(options.folder))
        var document = Document(
          lab: push.claims.lab, trusted: verdict == .trusted, claims: push.claims.claims.count,
          issued: push.claims.issued)
        if !json { tell(push, verdict) }
        if let claims { try save(push, in: claims) }
        if dryRun, let known = try? Store(root: options.folder, create: false) {
          let counts = try push.compared(with: known)
          (document.new, document.known) = (counts.new, counts.known)
          if !json {
            Terminal.print(
              "\(options.folder): \(Words.count(counts.new, "result")) would be new, \(Words.grouped(counts.known)) "
                + "are known, \(Words.grouped(counts.other)) are otherwise here; bytes were not compared")
          }
        }
        if !dryRun {
          // Nobody makes a store for a bundle that is refused.
          try refuse(push, verdict)
          let open = try store ?? options.open(create: true)
          store = open
          let summary = try take(push, into: open, isTrusted: verdict == .trusted)
          (document.new, document.known, document.objects) = (summary.new, summary.known, summary.objects)
          (document.bytes, document.absent, document.damaged) = (summary.bytes, summary.absent, summary.damaged)
          document.conflicts = summary.conflicts.map { "\($0.stage) \($0.key)" }
          if !json { tell(summary) }
        }
        documents.append(document)
      }
    } catch let error as SharingError {
      throw Complaint.failure("'\(bundle)': \(error)")
    } catch let failure as Signatures.Failure { throw Complaint.failure(failure.description) }
    _ = try closing.get()
    if documents.contains(where: { ($0.damaged ?? 0) > 0 }) { throw ExitCode(1) }
    if documents.isEmpty { throw Complaint.failure("'\(bundle)' has no results of bioarc in it") }
  }

  private func source() throws -> any BlobSource {
    switch FileKind(bundle) {
    case .folder: return FolderRemote(bundle)
    case .missing: throw Complaint.usage("there is no '\(bundle)'")
    default: return try Bundle(DiskFileSystem().open(bundle))
    }
  }

  private func save(_ push: Incoming, in folder: String) throws {
    try NewFile.inFolder(folder) {
      try NewFile.write(folder + "/claims", push.text)
      if let signature = push.signature { try NewFile.write(folder + "/claims.sig", signature) }
    }
    Terminal.complain(folder)
  }

  private func verdict(_ push: Incoming, _ signers: String) throws -> Signatures.Verdict {
    guard let signature = push.signature else { return .untrusted(reason: "they are not signed", key: nil) }
    guard FileKind(signers) == .file else {
      return .untrusted(reason: "there is no file '\(signers)' with trusted keys", key: nil)
    }
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let folder = scratch.path
    for (name, bytes) in [("claims", push.text), ("claims.sig", signature)] {
      let writer = try NewFile.writer(folder + "/" + name)
      try writer.write(bytes)
      try writer.close()
    }
    return try Signatures.verify(
      folder + "/claims", signature: folder + "/claims.sig", lab: push.claims.lab, signers: signers)
  }

  private func refuse(_ push: Incoming, _ verdict: Signatures.Verdict) throws {
    guard case .untrusted(let reason, let key) = verdict, !unsigned else { return }
    let lab = push.claims.lab
    throw Complaint.failure(
      "the claims of '\(lab)' are not to be believed: \(ControlCharacters.escaped(reason)). "
        + (key.map { "If its key is \($0), 'bioarc trust add \(lab) KEY.pub' trusts it" }
          ?? "--unsigned takes them on your own word"))
  }

  private func take(_ push: Incoming, into store: Store, isTrusted: Bool) throws -> Incoming.Summary {
    var progress = LiveCount("results")
    defer { progress.end() }
    return try push.take(
      into: store, claimant: push.claims.lab + (isTrusted ? "" : " (unsigned)"), withObjects: !results,
      progress: { done, _ in progress.show(done) })
  }

  private func tell(_ push: Incoming, _ verdict: Signatures.Verdict) {
    let claims = push.claims
    let trust: String
    switch verdict {
    case .trusted: trust = "signed by a trusted key"
    case .untrusted(let reason, let key):
      trust = "not trusted: " + ControlCharacters.escaped(reason) + (key.map { " (the key is \($0))" } ?? "")
    }
    Terminal.print("\(claims.lab), \(Words.count(claims.claims.count, "result")), as of \(claims.issued), \(trust)")
  }

  private func tell(_ summary: Incoming.Summary) {
    Terminal.print(
      "\(options.folder): \(Words.count(summary.new, "result")) taken, \(Words.grouped(summary.known)) known before, "
        + "\(Words.count(summary.objects, "object")) of \(Words.bytes(summary.bytes))")
    if summary.absent > 0 {
      Terminal.complain(
        "note: the bytes of \(Words.count(summary.absent, "object")) are not taken: what needs them computes them again"
      )
    }
    if summary.damaged > 0 {
      Terminal.complain(
        "warning: \(Words.count(summary.damaged, "object")) of the bundle have other bytes than their digest: not taken"
      )
    }
    for key in summary.conflicts.prefix(5) {
      Terminal.complain(
        "warning: a step of the stage '\(key.stage)' (\(key.key.short)) has another result here, which stays")
    }
    if summary.conflicts.count > 5 {
      Terminal.complain("warning: so do \(summary.conflicts.count - 5) more steps")
    }
  }
}
