package import ArgumentParser
import Artifacts
import Console
import Files
import JSON
import Remotes
import Sessions
import Sharing
import Syntax
import System
import Tables
import Wording

/// `bioarc remote`
package struct RemoteCommand: ParsableCommand {
  package init() {}

  package static let configuration = CommandConfiguration(
    commandName: "remote", abstract: "Name the places where labs keep results for each other, and look after them.",
    discussion: """
      A remote is a folder, a bucket of S3, the repository of a container registry, or a web site, which is only read.
      Remotes stand in 'bioarc-remotes.yaml' beside the folder of the pipelines: keep it in your repository. It holds no
      secrets: those of S3 come from the variables and files of the AWS tools, those of registries from the files of
      Docker and Podman ('docker login').

      Examples:
        bioarc remote add ours file:/shared/results
        bioarc remote add cloud 's3://results/promoters?region=eu-central-1'
        bioarc remote add garage 's3://results?endpoint=https://s3.example.org&region=garage'
        bioarc remote add hub oci://ghcr.io/lab-a/promoters
        bioarc remote add lab-b https://lab-b.example.org/results
        bioarc remote check ours
      """,
    subcommands: [List.self, Add.self, Remove.self, Check.self, Collect.self, Verify.self], defaultSubcommand: List.self
  )

  /// A remote that is named or forgotten.
  private struct Change: Encodable {
    let name: String
    let address: String
    let readOnly: Bool
    let dryRun: Bool
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the remotes.",
      discussion: "Example:\n  bioarc remote list --json")
    @OptionGroup var store: StoreOptions
    @Flag(help: "Print as JSON.") var json = false

    private struct Document: Encodable {
      let name: String
      let address: String
      let readOnly: Bool
    }

    func run() throws {
      let remotes = try Project(store).file.remotes
      if json {
        return try printJSON(remotes.map { Document(name: $0.name, address: $0.url, readOnly: $0.isReadOnly) })
      }
      guard !remotes.isEmpty else {
        return Terminal.print("there are no remotes; 'bioarc remote add NAME ADDRESS' adds one")
      }
      var table = Table(["name", "address", ""])
      for remote in remotes { table.add([remote.name, remote.url, remote.isReadOnly ? "only read" : ""]) }
      Terminal.print(table.text(width: Terminal.outputWidth))
    }
  }

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add", abstract: "Name a remote.",
      discussion: """
        Nothing is asked of it yet: 'bioarc remote check' tries it. A path is one from the folder of the file.

        Examples:
          bioarc remote add ours file:/shared/results
          bioarc remote add hub oci://ghcr.io/lab-a/promoters --read-only
        """)
    @Argument(help: "Its name.") var name: String
    @Argument(help: "Its address.") var address: String
    @Flag(help: "Never write to it.") var readOnly = false
    @OptionGroup var store: StoreOptions
    @OptionGroup var change: ChangeOptions

    func run() throws {
      let project = try Project(store)
      if let known = project.file.remotes.first(where: { $0.name == name }) {
        throw Complaint.usage("'\(name)' is '\(known.url)' already; 'bioarc remote rm \(name)' forgets it")
      }
      _ = try project.open(.init(name: name, url: address, isReadOnly: readOnly))
      try RemotesText.adding(name, address, isReadOnly: readOnly, to: project, isDry: change.dryRun)
      if change.json {
        return try printJSON(
          Change(name: name, address: address, readOnly: readOnly, dryRun: change.dryRun))
      }
      Terminal.print(
        "\(name): \(address)"
          + (change.dryRun ? " would be named in '\(project.remotesPath)'" : "; 'bioarc remote check \(name)' tries it")
      )
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rm", abstract: "Forget a remote. Nothing of what it holds is removed.",
      discussion: """
        Examples:
          bioarc remote rm ours
          bioarc remote rm ours --dry-run
        """)
    @Argument(help: "Its name.") var name: String
    @OptionGroup var store: StoreOptions
    @OptionGroup var change: ChangeOptions

    func run() throws {
      let project = try Project(store)
      let known = try project.remotes(RemoteSelection(names: [name]))[0]
      try RemotesText.removing(name, from: project, isDry: change.dryRun)
      if change.json {
        return try printJSON(
          Change(name: name, address: known.url, readOnly: known.isReadOnly, dryRun: change.dryRun))
      }
      Terminal.print("\(name) \(change.dryRun ? "would be" : "is") forgotten")
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Try a remote: list it, and where it can be written, send and read a few bytes.",
      discussion: """
        Examples:
          bioarc remote check ours
          bioarc remote check https://lab-b.example.org/results
        """)
    @Argument(help: "Its name or address.") var name: String
    @OptionGroup var store: StoreOptions
    @Flag(help: "Print as JSON.") var json = false

    private struct Document: Encodable {
      let remote: String
      let pushes: Int
      let listSeconds: Double
      var writes: Bool?
      var reads: Bool?
      var removes: Bool?
      var listsBlobs: Bool?
      var note: String?
    }

    func run() throws {
      let project = try Project(store)
      let entry = try project.remotes(RemoteSelection(names: [name]))[0]
      let remote = try project.open(entry)
      try Complaint.telling(name) {
        let began = Clock.monotonic()
        let tags = try remote.tags()
        var document = Document(
          remote: remote.name, pushes: tags.count, listSeconds: Clock.monotonic() - began)
        if !remote.isReadOnly { try probe(remote, &document) }
        if json { return try printJSON(document) }
        tell(document)
      }
    }

    private func probe(_ remote: any Remote, _ document: inout Document) throws {
      let bytes = Array("bioarc remote check \(ProcessIdentity.current.newName())\n".utf8)
      let (digest, size) = try remote.put(bytes)
      document.writes = true
      document.reads = try remote.read(digest, 7..<size) == Array(bytes[7...])
      do throws(RemoteError) {
        try remote.remove(digest)
        document.removes = try !remote.holds(digest, size: size)
      } catch {
        document.removes = false
        document.note = "\(error)"
      }
      document.listsBlobs = try remote.blobs() != nil
    }

    private func tell(_ document: Document) {
      Terminal.print(
        "\(document.remote): \(document.pushes == 1 ? "1 push" : "\(document.pushes) pushes"), listed in "
          + Words.seconds(document.listSeconds))
      guard document.writes == true else { return Terminal.print("it is only read") }
      Terminal.print(document.reads == true ? "it takes and gives bytes" : "it gives other bytes than it took")
      if document.removes == false {
        Terminal.print("it does not remove blobs\(document.note.map { ": \($0)" } ?? "")")
      }
    }
  }

  struct Collect: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "gc", abstract: "Remove blobs that no push names, as an interrupted push leaves them.",
      discussion: """
        Blobs of the last day stay, for a push may be under way. A registry does this itself.

        Examples:
          bioarc remote gc ours --dry-run
          bioarc remote gc ours
        """)
    @Argument(help: "Its name or address.") var name: String
    @OptionGroup var store: StoreOptions
    @Flag(help: "Say what would be removed; remove nothing.") var dryRun = false
    @Flag(help: "Print as JSON.") var json = false

    private struct Document: Encodable {
      let blobs: Int
      let bytes: Int
      let dryRun: Bool
    }

    func run() throws {
      let project = try Project(store)
      let remote = try project.open(project.remotes(RemoteSelection(names: [name]))[0])
      try Complaint.telling(name) {
        let blobs = try RemoteCare(remote).unnamed(before: Clock.wall() - 86_400)
        if !dryRun { for blob in blobs { try remote.remove(blob.digest) } }
        let bytes = blobs.reduce(0) { $0 + $1.size }
        if json { return try printJSON(Document(blobs: blobs.count, bytes: bytes, dryRun: dryRun)) }
        Terminal.print(
          "\(Words.count(blobs.count, "blob")) of \(Words.bytes(bytes)) that no push names "
            + (dryRun ? "would go" : blobs.count == 1 ? "is gone" : "are gone"))
      }
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "fsck", abstract: "Compare the bytes of a remote with their digests.",
      discussion: """
        Examples:
          bioarc remote fsck ours
          bioarc remote fsck ours --sample 5      a share of the packs; all are looked for
        """)
    @Argument(help: "Its name or address.") var name: String
    @OptionGroup var store: StoreOptions
    @Option(help: "The share of the packs that are read, in percent; of all, it is looked whether they are there.")
    var sample = 100.0
    @Flag(help: "Print as JSON.") var json = false

    private struct Document: Encodable {
      let pushes: Int
      let blobs: Int
      let read: Int
      let bytes: Int
      let findings: [String]
    }

    func validate() throws {
      if !(0...100).contains(sample) { throw ValidationError("--sample takes a percentage from 0 to 100") }
    }

    func run() throws {
      let project = try Project(store)
      let remote = try project.open(project.remotes(RemoteSelection(names: [name]))[0])
      let live = LiveBytes("read")
      let report = try Complaint.telling(name) {
        try RemoteCare(remote).check(share: sample / 100) { live.add($0) }
      }
      live.end()
      if json {
        try printJSON(
          Document(
            pushes: report.pushes, blobs: report.blobs, read: report.read, bytes: report.bytes,
            findings: report.findings))
      } else {
        for finding in report.findings { Terminal.complain("\(name): \(finding)") }
        Terminal.print(
          "\(name): \(report.pushes == 1 ? "1 push" : "\(report.pushes) pushes"), "
            + "\(report.read) of \(Words.count(report.blobs, "blob")) read, \(Words.bytes(report.bytes)), "
            + Words.count(report.findings.count, "finding"))
      }
      if !report.findings.isEmpty { throw ExitCode(1) }
    }
  }
}
