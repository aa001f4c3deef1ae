package import ArgumentParser
import Console
import Files
import JSON
import Sessions
import Sharing
import Signing
import Stores
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

  /// A key as people compare it.
  struct KeyDocument: Encodable {
    let type: String
    let fingerprint: String

    init(_ key: PublicKey) { (type, fingerprint) = (key.type, key.fingerprint) }
  }

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add", abstract: "Trust the public keys of a file.",
      discussion: """
        The fingerprint of each key is told: compare it with what the lab tells you, who has it from
        'ssh-keygen -l -f KEY.pub'.

        Examples:
          bioarc trust add lab-a lab-a.pub
          bioarc trust add lab-a lab-a.pub --dry-run      the fingerprint, and nothing else
        """)
    @Argument(help: "The lab, as its bundles name it.") var lab: String
    @Argument(help: "Public SSH keys, one a line.", completion: .file(extensions: ["pub"])) var file: String
    @OptionGroup var store: StoreOptions
    @OptionGroup var signers: SignersOptions
    @OptionGroup var change: ChangeOptions

    private struct Document: Encodable {
      let lab: String
      let keys: [KeyDocument]
      /// How many of the keys were not trusted before.
      let new: Int
      let dryRun: Bool
    }

    func run() throws {
      guard Claims.isLab(lab) else {
        throw Complaint.usage("'\(lab)' cannot name a lab: lower-case letters, digits and any of . _ -")
      }
      let path = try signers.path(Project(store))
      var lines = try Signers.lines(path)
      let keys = try self.keys()
      let new = keys.map { SignersFile.Line(lab, $0).text }.filter { !lines.contains($0) }
      lines += new
      if !new.isEmpty && !change.dryRun { try Signers.write(lines, path) }
      if change.json {
        return try printJSON(
          Document(lab: lab, keys: keys.map(KeyDocument.init), new: new.count, dryRun: change.dryRun))
      }
      let verb = change.dryRun ? "would be" : "is"
      Terminal.print(
        new.isEmpty
          ? "the keys of \(lab) are known:"
          : "\(lab) \(verb) trusted by \(new.count == 1 ? "one key" : "\(new.count) keys") more:")
      for key in keys { Terminal.print("  \(key.type) \(key.fingerprint)") }
    }

    /// The keys of the file, each once.
    private func keys() throws -> [PublicKey] {
      let lines = String(decoding: try Places.read(file), as: UTF8.self).split(whereSeparator: \.isNewline)
        .filter { !$0.hasPrefix("#") }
      if lines.contains(where: { $0.hasPrefix("-----BEGIN") }) {
        throw Complaint.usage("'\(file)' is a private key, which nobody else may have: give its .pub")
      }
      guard try !lines.isEmpty && Signatures.areKeys(file) else {
        throw Complaint.usage("'\(file)' holds something else than public SSH keys")
      }
      var keys: [PublicKey] = []
      for line in lines {
        let words = line.split(separator: " ")
        guard words.count >= 2, let key = PublicKey(words[0], words[1]) else {
          throw Complaint.usage("'\(file)' has a line that is no public SSH key")
        }
        if !keys.contains(key) { keys.append(key) }
      }
      return keys
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rm", abstract: "Trust a lab no more: its results count no more.",
      discussion: """
        Examples:
          bioarc trust rm lab-a
          bioarc trust rm lab-a --dry-run
        """)
    @Argument(help: "The lab.") var lab: String
    @OptionGroup var store: StoreOptions
    @OptionGroup var signers: SignersOptions
    @OptionGroup var change: ChangeOptions

    private struct Document: Encodable {
      let lab: String
      let keys: [KeyDocument]
      let dryRun: Bool
    }

    func run() throws {
      let path = try signers.path(Project(store))
      let lines = try Signers.lines(path)
      let rest = lines.filter { !Signers.trusts(lab, $0) }
      guard rest.count < lines.count else { throw Signers.stranger(lab) }
      if !change.dryRun {
        try Signers.write(rest, path)
        if let known = try? Store(root: store.folder, create: false) {
          try PushShelf(known).withdrawAcceptance(of: lab)
        }
      }
      if change.json {
        let keys = Signers.file(lines).lines.filter { $0.names == lab }.compactMap(\.key)
        return try printJSON(Document(lab: lab, keys: keys.map(KeyDocument.init), dryRun: change.dryRun))
      }
      Terminal.print(
        change.dryRun
          ? "no key of \(lab) would be trusted any more: \(lines.count - rest.count) now"
          : "no key of \(lab) is trusted any more, and results of it count no more")
      Signers.noteWide(rest)
    }
  }
}
