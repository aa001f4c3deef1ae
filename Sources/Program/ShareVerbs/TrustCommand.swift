package import ArgumentParser
import Artifacts
import Console
import Files
import JSON
import Resolving
import Sessions
import Sharing
import Stores
import System
import Wording

/// `bioarc trust`
package struct TrustCommand: ParsableCommand {
  package init() {}

  package static let configuration = CommandConfiguration(
    commandName: "trust", abstract: "Say by which keys the claims of other labs are believed.",
    discussion: """
      Keys stand in 'bioarc-signers' beside the store's folder, one a line, in the form of OpenSSH's allowed_signers:
      keep it in your repository. A colleague's public key is often at https://github.com/NAME.keys.

      Examples:
        bioarc trust add lab-a lab-a.pub
        bioarc trust list
        bioarc trust rm lab-a
        bioarc trust revoke lab-a pipelines/promoters.yaml
      """, subcommands: [Add.self, List.self, Remove.self, Revoke.self])

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Trust the public keys of a file.")
    @Argument(help: "The lab, as its bundles name it.") var lab: String
    @Argument(help: "Public SSH keys, one a line.", completion: .file(extensions: ["pub"])) var file: String
    @OptionGroup var store: StoreOptions
    @OptionGroup var signers: SignersOptions

    func run() throws {
      guard Claims.isLab(lab) else {
        throw Complaint.usage("'\(lab)' cannot name a lab: lower-case letters, digits and any of . _ -")
      }
      let path = try signers.path(Project(store))
      var lines = try Signers.lines(path)
      let keys = String(decoding: try Places.read(file), as: UTF8.self).split(whereSeparator: \.isNewline)
        .map(String.init).filter { !$0.hasPrefix("#") }
      if keys.contains(where: { $0.hasPrefix("-----BEGIN") }) {
        throw Complaint.usage("'\(file)' is a private key, which nobody else may have: give its .pub")
      }
      guard try !keys.isEmpty && Signatures.areKeys(file) else {
        throw Complaint.usage("'\(file)' holds something else than public SSH keys")
      }
      var added = 0
      for key in keys {
        let words = key.split(separator: " ")
        guard words.count >= 2 else { throw Complaint.usage("'\(file)' has a line that is no public SSH key") }
        let line = "\(lab) namespaces=\"\(Signatures.namespace)\" \(words[0]) \(words[1])"
        if lines.contains(line) { continue }
        lines.append(line)
        added += 1
      }
      if added > 0 { try Signers.write(lines, path) }
      Terminal.print(
        added > 0
          ? "\(lab) is trusted by \(added == 1 ? "one key" : "\(added) keys") more" : "the keys of \(lab) are known")
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List trusted labs and their keys.")
    @OptionGroup var store: StoreOptions
    @OptionGroup var signers: SignersOptions

    func run() throws {
      let lines = try Signers.lines(signers.path(Project(store))).filter { !$0.hasPrefix("#") && !$0.isEmpty }
      Terminal.print(lines.isEmpty ? "no lab is trusted" : lines.joined(separator: "\n"))
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rm", abstract: "Trust a lab no more: its results count no more.")
    @Argument(help: "The lab.") var lab: String
    @OptionGroup var store: StoreOptions
    @OptionGroup var signers: SignersOptions

    func run() throws {
      let path = try signers.path(Project(store))
      let lines = try Signers.lines(path)
      let rest = lines.filter { $0.split(separator: " ").first.map(String.init) != lab }
      guard rest.count < lines.count else {
        throw Complaint.usage("no key is trusted for '\(lab)'; see 'bioarc trust list'")
      }
      try Signers.write(rest, path)
      if let known = try? Store(root: store.folder, create: false) {
        try PushShelf(known).withdrawAcceptance(of: lab)
      }
      Terminal.print("no key of \(lab) is trusted any more, and results of it count no more")
      // OpenSSH knows lists and patterns of names too.
      let wide = rest.filter { line in line.prefix { $0 != " " }.contains { ",*?!".contains($0) } }
      for line in wide { Terminal.complain("note: look whether this line trusts it too: \(line)") }
    }
  }

  struct Revoke: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "revoke", abstract: "Trust a lab no more, and list what came of its results.",
      discussion: """
        Its results count no more from now on: what is theirs is computed here by the next run, and what was computed
        here from it stays where it comes out the same. Its keys are kept as comments, with the day. 'trust add' with
        the key restores all.
        """)
    @Argument(help: "The lab.") var lab: String
    @OptionGroup var options: PipelineOptions
    @OptionGroup var signers: SignersOptions
    @Flag(help: "Print as JSON.") var json = false

    private struct Document: Encodable {
      let lab: String
      let steps: [String]
      let dependents: [String]
    }

    func run() throws {
      let session = try Session(options.request().offline, isReading: true)
      let resolution = try session.resolve()
      let theirs = try resolution.steps.filter { step in
        try resolution.record(of: step)?.claimant.map { $0 == lab || $0.hasPrefix(lab + " ") } ?? false
      }
      var reached = Set(theirs)
      var dependents: [StepIndex] = []
      for step in resolution.steps where !reached.contains(step) {
        var reads = false
        resolution.forEachUpstream(of: step) { reads = reads || reached.contains($0) }
        guard reads, try resolution.record(of: step) != nil else { continue }
        reached.insert(step)
        dependents.append(step)
      }
      let path = try signers.path(Project(pipeline: options.pipeline))
      let lines = try Signers.lines(path)
      let day = UTC.day(Clock.wall())
      let new = lines.map { $0.split(separator: " ").first.map(String.init) == lab ? "# revoked \(day): \($0)" : $0 }
      guard new != lines else { throw Complaint.usage("no key is trusted for '\(lab)'; see 'bioarc trust list'") }
      try Signers.write(new, path)
      try PushShelf(session.store).withdrawAcceptance(of: lab)
      for line in new
      where !line.hasPrefix("#") && line.prefix(while: { $0 != " " }).contains(where: { ",*?!".contains($0) }) {
        Terminal.complain("note: look whether this line trusts it too: \(line)")
      }
      let (taken, computed) = (theirs.map(resolution.address), dependents.map(resolution.address))
      if json { return try printJSON(Document(lab: lab, steps: taken, dependents: computed)) }
      Terminal.print(
        "no key of \(lab) is trusted any more: \(Words.count(taken.count, "result")) of it count no more, and "
          + "\(Words.count(computed.count, "result")) were computed here from them")
      for step in taken { Terminal.print("  \(step)  by \(lab)") }
      for step in computed { Terminal.print("  \(step)  from it") }
    }
  }
}

/// Options of verbs that read whom to trust.
struct SignersOptions: ParsableArguments {
  @Option(help: "The file of trusted keys. Default: 'bioarc-signers' beside the store's folder.", completion: .file())
  var signers: String?

  /// The file of a project.
  func path(_ project: Project) -> String { signers ?? project.signersPath }
}

/// The file of trusted keys.
private enum Signers {
  static func lines(_ path: String) throws -> [String] {
    guard let bytes = try DiskFileSystem().contents(path) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
  }

  static func write(_ lines: [String], _ path: String) throws {
    try ProjectFile.write(Array(lines.map { $0 + "\n" }.joined().utf8), path)
  }
}
