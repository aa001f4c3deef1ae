package import ArgumentParser
import Artifacts
import Console
import Files
import JSON
import Remotes
import Sessions
import Sharing
import System
import Wording

/// `bioarc sign`
package struct SignCommand: ParsableCommand {
  package init() {}

  package static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "Sign what was bundled or pushed without a key, as on a cluster.",
    discussion: """
      The claims of your lab that nobody has signed yet are signed: in a bundle, in a folder with one, or in a remote
      that is a folder. Those of other labs are theirs to sign. A signature is your word for what the claims say: look
      at a bundle by 'import FILE --dry-run --claims FOLDER' before. A bundle is written anew, and takes its place once
      it is whole; it is the one that 'bundle --sign' would have made.

      Examples:
        bioarc sign promoters.tar --key ~/.ssh/id_ed25519 --lab lab-a
        bioarc sign promoters.tar -o signed.tar
        bioarc sign /shared/results --dry-run
      """)

  @Argument(help: "The bundle, or a folder with an OCI image layout.", completion: .file()) var path: String
  @Option(
    name: [.customLong("key"), .customLong("sign")],
    help: "The SSH key: its file, or the public one of a key that an agent holds. Default: BIOARC_SIGN.",
    completion: .file())
  var key: String?
  @Option(help: "The name of your lab. Default: 'lab' in bioarc-remotes.yaml.") var lab: String?
  @Option(
    name: .shortAndLong, help: "A new file for the signed bundle. Default: the bundle itself.",
    completion: .file(extensions: ["tar"]))
  var output: String?
  @OptionGroup var store: StoreOptions
  @OptionGroup var change: ChangeOptions

  private struct Document: Encodable {
    let path: String
    let lab: String
    /// The names of the pushes that are signed now.
    var signed: [String] = []
    /// Results in them.
    var results = 0
    /// Pushes that were signed before.
    var known = 0
    /// Labs of pushes that nobody has signed, and that are not this lab's.
    var others: [String] = []
    let dryRun: Bool
  }

  package func run() throws {
    let lab = try SigningOptions.lab(lab, Project(store))
    guard let key = SigningOptions.key(key) ?? (change.dryRun ? "" : nil) else {
      throw Complaint.usage("name the key that signs with --key or BIOARC_SIGN")
    }
    var document = Document(path: output ?? path, lab: lab, dryRun: change.dryRun)
    try Complaint.telling(path) {
      switch FileKind(path) {
      case .missing: throw Complaint.usage("there is no '\(path)'")
      case .folder:
        if output != nil { throw Complaint.usage("--output is of a bundle: a folder is signed where it is") }
        let remote = FolderRemote.open(path, isReadOnly: change.dryRun)
        try sign(try unsigned(remote, &document), at: remote, key, &document)
      default: try rewrite(key, &document)
      }
    }
    if change.json { return try printJSON(document) }
    tell(document)
  }

  /// The pushes of the lab that nobody has signed.
  private func unsigned(_ remote: any Remote, _ document: inout Document) throws -> [Push] {
    let pushes = try remote.tags().map { try Push.read($0, from: remote) }
    let open = pushes.filter { $0.signature == nil }
    let own = open.filter { $0.name.lab == document.lab }
    document.known = pushes.count - open.count
    document.others = Set(open.map(\.name.lab)).subtracting([document.lab]).sorted()
    if pushes.isEmpty { throw Complaint.failure("'\(path)' has no results of bioarc in it") }
    if own.isEmpty, let other = document.others.first {
      throw Complaint.failure(
        "the claims in '\(path)' are those of '\(other)', and theirs to sign; yours is '\(document.lab)'")
    }
    return own
  }

  private func sign(_ pushes: [Push], at remote: any Remote, _ key: String, _ document: inout Document) throws {
    for push in pushes {
      document.results += try push.claims().claims.count
      if change.dryRun {
        document.signed.append(push.name.tag)
      } else {
        let signed = try push.sign(at: remote) { try SigningOptions.signature(of: $0, by: key) }
        document.signed.append(signed.name.tag)
      }
    }
  }

  /// Signs in a copy of the bundle, which then takes its place.
  private func rewrite(_ key: String, _ document: inout Document) throws {
    if let output { try NewFile.checkAbsent(output) }
    try ImportCommand.refuseZip(path)
    let bundle = try Bundle.open(path)
    let pushes = try unsigned(bundle, &document)
    if change.dryRun || (pushes.isEmpty && output == nil) { return try sign(pushes, at: bundle, key, &document) }
    let files = DiskFileSystem()
    let target = output ?? path
    let folder = target + "~" + ProcessIdentity.current.newName()
    defer { _ = try? files.removeAll(folder) }
    let live = LiveBytes("written")
    defer { live.end() }
    let copy = FolderRemote.open(folder)
    for tag in try bundle.tags() {
      try Push.read(tag, from: bundle).copy(from: bundle, to: copy) { live.add($0) }
    }
    try sign(pushes, at: copy, key, &document)
    // The manifests without a signature are named by nobody now.
    for blob in try RemoteCare(copy).unnamed(before: .infinity) { try copy.remove(blob.digest) }
    let whole = folder + "/bundle"
    let writer = try NewFile.writer(whole)
    try Bundle.write(folder, files, to: writer)
    try writer.close()
    let file = try files.append(whole)
    try file.synchronize()
    try file.close()
    try files.move(whole, to: target, replacing: output == nil)
  }

  private func tell(_ document: Document) {
    for lab in document.others {
      Terminal.complain("note: claims of '\(lab)' are not signed either, and theirs to sign")
    }
    guard !document.signed.isEmpty else { return Terminal.print("\(document.path): all claims are signed already") }
    Terminal.print(
      "\(document.path): \(document.signed.count == 1 ? "1 push" : "\(document.signed.count) pushes") with "
        + "\(Words.count(document.results, "result")) "
        + (change.dryRun ? "would be signed for \(document.lab)" : "signed for \(document.lab)"))
  }
}
