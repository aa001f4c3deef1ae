package import ArgumentParser
import Artifacts
import Console
import Files
import Glibc
import JSON
import Remotes
import Sessions
import Sharing
import Signing
import Stores
import Syntax
import System
import Wording

/// `bioarc import`
package struct ImportCommand: ParsableCommand {
  package init() {}

  package static let configuration = CommandConfiguration(
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

    init(_ push: Push, isTrusted: Bool) throws {
      let claims = try push.claims()
      (lab, trusted, self.claims, issued) = (claims.lab, isTrusted, claims.claims.count, claims.issued)
    }
  }

  package func run() throws {
    var documents: [Document] = []
    defer { if json { try? printJSON(documents) } }
    let project = try Project(options)
    let trust = project.trust(signers.signers)
    var store: Store?
    var closing: Result<Void?, any Error> = .success(nil)
    try Complaint.telling(bundle) {
      // Taken results are made durable, also those before a push that is not sound; a failure of that is told.
      defer { closing = Result { try store?.close() } }
      let source = try source(project)
      for tag in try source.tags() {
        let push = try Push.read(tag, from: source)
        let verdict = try trust.verdict(push)
        var document = try Document(push, isTrusted: verdict == .trusted)
        if !json { tell(document, verdict) }
        if let claims { try save(push, in: claims) }
        if dryRun {
          try compare(push, &document)
        } else {
          // Nobody makes a store for a bundle that is refused.
          try refuse(push, verdict)
          let open = try store ?? options.open(create: true)
          store = open
          let peers = Peers(open, [], trust: trust) { Terminal.complain("warning: \($0)") }
          try take(push, from: source, peers, isTrusted: verdict == .trusted, &document)
        }
        documents.append(document)
      }
    }
    _ = try closing.get()
    if documents.contains(where: { ($0.damaged ?? 0) > 0 }) { throw ExitCode(1) }
    if documents.isEmpty { throw Complaint.failure("'\(bundle)' has no results of bioarc in it") }
  }

  private func source(_ project: Project) throws -> any Remote {
    switch FileKind(bundle) {
    case .folder:
      // A crate has its bundle in a folder.
      let inner = bundle + "/results"
      let isCrate = FileKind(inner + "/oci-layout") == .file && FileKind(bundle + "/oci-layout") == .missing
      return FolderRemote.open(isCrate ? inner : bundle, isReadOnly: true)
    case .missing:
      guard bundle.contains("://") else { throw Complaint.usage("there is no '\(bundle)'") }
      return try project.open(.init(name: bundle, url: bundle, isReadOnly: true))
    default:
      try Self.refuseZip(bundle)
      return try Bundle.open(bundle)
    }
  }

  /// Refuses an archive of a crate, whose bundle is in a folder of it.
  static func refuseZip(_ path: String) throws {
    var front: [UInt8] = []
    let file = FileKind.open(path)
    defer { if file >= 0 { close(file) } }
    if file >= 0 { _ = Descriptors.read(file, into: &front) }
    guard front.starts(with: "PK\u{3}\u{4}".utf8) else { return }
    throw Complaint.usage("'\(path)' is a zip archive, as of 'bundle --crate': unpack it and name its folder")
  }

  private func compare(_ push: Push, _ document: inout Document) throws {
    guard let known = try? Store(root: options.folder, create: false) else { return }
    let counts = try Peers.compared(push, with: known)
    (document.new, document.known) = (counts.new, counts.known)
    if json { return }
    Terminal.print(
      "\(options.folder): \(Words.count(counts.new, "result")) would be new, \(Words.grouped(counts.known)) "
        + "are known, \(Words.grouped(counts.other)) are otherwise here; bytes were not compared")
  }

  private func save(_ push: Push, in folder: String) throws {
    try NewFile.inFolder(folder) {
      try NewFile.write(folder + "/claims", push.text)
      if let signature = push.signature { try NewFile.write(folder + "/claims.sig", signature) }
    }
    Terminal.complain(folder)
  }

  private func refuse(_ push: Push, _ verdict: Signatures.Verdict) throws {
    guard case .untrusted(let reason, let key) = verdict, !unsigned else { return }
    let lab = push.name.lab
    throw Complaint.failure(
      "the claims of '\(lab)' are not to be believed: \(ControlCharacters.escaped(reason)). "
        + (key.map { "If its key is \($0), 'bioarc trust add \(lab) KEY.pub' trusts it" }
          ?? "--unsigned takes them on your own word"))
  }

  private func take(
    _ push: Push, from source: any Remote, _ peers: Peers, isTrusted: Bool, _ document: inout Document
  ) throws {
    var live = LiveCount("results")
    defer { live.end() }
    let summary = try peers.take(push, from: source, isAccepted: !isTrusted, withObjects: !results) { done, _ in
      live.show(done)
    }
    (document.new, document.known, document.objects) = (summary.new, summary.known, summary.objects)
    (document.bytes, document.absent, document.damaged) = (summary.bytes, summary.absent.count, summary.damaged)
    document.conflicts = summary.conflicts.map { "\($0.stage) \($0.key)" }
    if !json { tell(summary) }
  }

  private func tell(_ document: Document, _ verdict: Signatures.Verdict) {
    let trust: String
    switch verdict {
    case .trusted: trust = "signed by a trusted key"
    case .untrusted(let reason, let key):
      trust = "not trusted: " + ControlCharacters.escaped(reason) + (key.map { " (the key is \($0))" } ?? "")
    }
    Terminal.print("\(document.lab), \(Words.count(document.claims, "result")), as of \(document.issued), \(trust)")
  }

  private func tell(_ summary: Intake.Summary) {
    Terminal.print(
      "\(options.folder): \(Words.count(summary.new, "result")) taken, \(Words.grouped(summary.known)) known before, "
        + "\(Words.count(summary.objects, "object")) of \(Words.bytes(summary.bytes))")
    if !summary.absent.isEmpty {
      Terminal.complain(
        "note: the bytes of \(Words.count(summary.absent.count, "object")) are not taken: what needs them computes "
          + "them again"
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
