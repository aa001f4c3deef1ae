package import ArgumentParser
import Artifacts
import Console
import Files
import Glibc
import JSON
import Publishing
import Remotes
import Sessions
import Sharing
import Signing
import Stores
import Syntax
import System
import Wording

/// `bioarc clone`
package struct CloneCommand: ParsableCommand {
  package init() {}

  package static let configuration = CommandConfiguration(
    commandName: "clone",
    abstract: "Bring a study that a lab has published: a pipeline and its stages, with results.",
    discussion: """
      'push --study NAME' publishes one. The new folder has the pipeline, the files of its own stages, and the remote;
      its results count, without being fetched, as soon as the lab's key is trusted: ask the lab whether the key that is
      told is theirs. Data are in a study only if 'push --inputs' has sent them: results are known all the same, and a
      step that reads data says which are missing. No code of the study runs before you allow it.

      Examples:
        bioarc clone https://lab-a.example.org/results promoters
        bioarc clone oci://ghcr.io/lab-a/promoters:paper promoters
        bioarc clone file:/shared/results:paper promoters --trust
      """)

  @Argument(help: "The remote, by its address or its name here, and after a colon the study. Default: the newest one.")
  var source: String
  @Argument(help: "The new folder.", completion: .directory) var folder: String
  @Option(help: "The lab that has published it, where there are several.") var lab: String?
  @Option(help: "The key that has signed it, by its fingerprint, where there are several.") var key: String?
  @Flag(help: "Trust the key that has signed it, without a look at it.") var trust = false
  @Flag(help: "Take a study that nobody has signed.") var unsigned = false
  @Flag(help: "Print as JSON.") var json = false

  private struct Document: Encodable {
    let folder: String
    let study: String
    let lab: String
    let pipeline: String
    let issued: String
    /// nil: nobody has signed it.
    let key: String?
    let trusted: Bool
    let files: [String]
  }

  package func run() throws {
    try NewFile.checkAbsent(folder)
    let project = try Project(folder: ".")
    let (place, name) = Self.parts(source)
    let known = try project.remotes(RemoteSelection(names: [place]))[0]
    let address = Self.absolute(known.url, project)
    try Complaint.telling(known.name) {
      let remote = try project.open(.init(name: known.name, url: address, isReadOnly: true))
      let reader = StudyReader(remote, known.name) { Terminal.complain("note: \($0)") }
      let found = try reader.find(name, lab: lab, key: key, takesUnsigned: unsigned)
      try write(found, address)
      try tell(found)
    }
  }

  /// A remote and the name of a study after the last colon. A port, or what a scheme is followed by, is none.
  static func parts(_ source: String) -> (place: String, study: String) {
    guard let colon = source.lastIndex(of: ":") else { return (source, "") }
    let name = String(source[source.index(after: colon)...])
    guard NameRules.isName(name), name.first?.isLetter ?? false else { return (source, "") }
    return (String(source[..<colon]), name)
  }

  /// An address that holds in every folder.
  private static func absolute(_ url: String, _ project: Project) -> String {
    if url.contains(":") { return url }
    let path = url.hasPrefix("/") ? url : project.folder + "/" + url
    guard let whole = realpath(path, nil) else { return "file:" + path }
    defer { free(whole) }
    return "file:" + String(cString: whole)
  }

  private func write(_ found: StudyReader.Found, _ address: String) throws {
    let disk = DiskFileSystem()
    let lab = found.push.name.lab
    try NewFile.inFolder(folder) {
      for (name, bytes) in found.files {
        let path = "\(folder)/\(name)"
        try disk.makeFolders(DiskFileSystem.parent(of: path))
        try NewFile.write(path, bytes)
      }
      let quoted = address.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
      try NewFile.write("\(folder)/\(RemotesFile.name)", Array("remotes:\n  origin: '\(quoted)'\n".utf8))
      guard let signer = found.signer else { return }
      try NewFile.write("\(folder)/\(lab).pub", Array("\(signer.words) \(lab)\n".utf8))
      if trust { try NewFile.write("\(folder)/bioarc-signers", StudyReader.line(lab, signer)) }
    }
  }

  private func tell(_ found: StudyReader.Found) throws {
    let (lab, study) = (found.push.name.lab, found.study)
    let print = found.signer?.fingerprint
    let issued = try found.push.claims().issued
    if json {
      return try printJSON(
        Document(
          folder: folder, study: study.study, lab: lab, pipeline: study.pipeline, issued: issued, key: print,
          trusted: trust && print != nil, files: found.files.map(\.name)))
    }
    let named = study.study.isEmpty ? "" : " '\(ControlCharacters.escaped(study.study))'"
    Terminal.print(
      "\(folder): the study\(named) of \(lab), as of \(issued), \(Words.count(found.files.count, "file"))")
    let set = study.set.map { " --set \(ShellWord.quoted(ControlCharacters.escaped($0)))" }.joined()
    if !study.set.isEmpty { Terminal.print("its results are those of\(set): give that to each verb") }
    Terminal.print("next: cd \(ShellWord.quoted(folder))")
    if let print, !trust {
      Terminal.print("      bioarc trust add \(lab) \(lab).pub      if \(print) is the key of \(lab)")
    }
    Terminal.print("      bioarc plan \(ShellWord.quoted(study.pipeline))\(set)")
  }
}
