import ArgumentParser
import Console
import Files
import Sessions
import Sharing
import System

/// `bioarc trust`
struct TrustCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust", abstract: "Say by which keys the claims of other labs are believed.",
    discussion: """
      Keys stand in 'bioarc-signers' beside the store's folder, one a line, in the form of OpenSSH's allowed_signers:
      keep it in your repository. A colleague's public key is often at https://github.com/NAME.keys.

      Examples:
        bioarc trust add lab-a lab-a.pub
        bioarc trust list
        bioarc trust rm lab-a
      """, subcommands: [Add.self, List.self, Remove.self])

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
      let path = signers.path(store.folder)
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
      let lines = try Signers.lines(signers.path(store.folder)).filter { !$0.hasPrefix("#") && !$0.isEmpty }
      Terminal.print(lines.isEmpty ? "no lab is trusted" : lines.joined(separator: "\n"))
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rm", abstract: "Trust a lab no more. Results that were taken stay.")
    @Argument(help: "The lab.") var lab: String
    @OptionGroup var store: StoreOptions
    @OptionGroup var signers: SignersOptions

    func run() throws {
      let path = signers.path(store.folder)
      let lines = try Signers.lines(path)
      let rest = lines.filter { $0.split(separator: " ").first.map(String.init) != lab }
      guard rest.count < lines.count else {
        throw Complaint.usage("no key is trusted for '\(lab)'; see 'bioarc trust list'")
      }
      try Signers.write(rest, path)
      Terminal.print("no key of \(lab) is trusted any more; results of it that were taken stay")
      // OpenSSH knows lists and patterns of names too.
      let wide = rest.filter { line in line.prefix { $0 != " " }.contains { ",*?!".contains($0) } }
      for line in wide { Terminal.complain("note: look whether this line trusts it too: \(line)") }
    }
  }
}

/// Options of verbs that read whom to trust.
struct SignersOptions: ParsableArguments {
  @Option(help: "The file of trusted keys. Default: 'bioarc-signers' beside the store's folder.", completion: .file())
  var signers: String?

  /// The file, for a store in that folder.
  func path(_ store: String) -> String {
    let folder = String(store.reversed().drop { $0 == "/" }.reversed())
    return signers ?? DiskFileSystem.parent(of: folder) + "/bioarc-signers"
  }
}

/// The file of trusted keys.
private enum Signers {
  static func lines(_ path: String) throws -> [String] {
    guard let bytes = try DiskFileSystem().contents(path) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
  }

  static func write(_ lines: [String], _ path: String) throws {
    let files = DiskFileSystem()
    let temporary = path + "~" + ProcessIdentity.current.newName()
    do {
      let file = try files.create(temporary, .writable)
      try file.write(Array(lines.map { $0 + "\n" }.joined().utf8))
      try file.synchronize()
      try file.close()
      try files.move(temporary, to: path, replacing: true)
    } catch {
      try? files.remove(temporary)
      throw error
    }
  }
}
