import ArgumentParser
import Console
import JSON
import Sessions
import Signing
import Syntax
import System
import Tables

/// `bioarc trust list`
extension TrustCommand {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List trusted labs, their keys, and the bounds within which they are believed.",
      discussion: """
        A fingerprint is what 'ssh-keygen -l -f KEY.pub' says of a key. Bounds stand below 'trust' in
        'bioarc-remotes.yaml', and other options of a key in the file of keys.

        Examples:
          bioarc trust list
          bioarc trust list --json
        """)
    @OptionGroup var store: StoreOptions
    @OptionGroup var signers: SignersOptions
    @Flag(help: "Print as JSON.") var json = false

    private struct Document: Encodable {
      let lab: String
      /// nil: a key that only OpenSSH can read.
      let key: KeyDocument?
      /// The options of the line, where they say more than that the key is good for claims.
      let options: String?
      let stages: [String]?
      let until: String?
      /// The groups that the lab is in.
      let groups: [Group]

      struct Group: Encodable {
        let group: String
        let labs: [String]
        let need: Int
      }
    }

    func run() throws {
      let project = try Project(store)
      let documents = try Signers.file(Signers.lines(signers.path(project))).lines.map { line in
        let bound = project.file.trust.last { $0.lab == line.names }
        return Document(
          lab: line.names, key: line.key.map(KeyDocument.init), options: line.isPlain ? nil : line.options,
          stages: bound?.stages, until: bound?.until,
          groups: project.file.groups.filter { $0.labs.contains(line.names) }.map {
            .init(group: $0.name, labs: $0.labs, need: $0.need)
          })
      }
      if json { return try printJSON(documents) }
      guard !documents.isEmpty else { return Terminal.print("no lab is trusted") }
      var table = Table(["lab", "key", "fingerprint", "bounds"])
      for document in documents {
        table.add(
          [
            document.lab, document.key?.type ?? "?", document.key?.fingerprint ?? "?", words(document),
          ].map { ControlCharacters.escaped($0) })
      }
      Terminal.print(table.text(width: Terminal.outputWidth))
    }

    private func words(_ document: Document) -> String {
      let groups = document.groups.map { "with \($0.need) of \($0.labs.joined(separator: ", ")) (\($0.group))" }
      let parts =
        [
          document.stages.map { $0.isEmpty ? "no stage" : $0.joined(separator: ", ") },
          document.until.map { "until \($0)" },
          document.options,
        ].compactMap(\.self) + groups
      return parts.isEmpty ? "-" : parts.joined(separator: "; ")
    }
  }
}
