import ArgumentParser
import Console
import Files
import Glibc
import JSON
package import Remotes
package import Sharing
package import Stores
package import Syntax
import System
import Wording
import YAML

/// The folder of a lab's repository, above that of its pipelines: it has the file of remotes and that of trusted keys.
package struct Project {
  package let folder: String
  package let file: RemotesFile

  /// The project of a pipeline. Findings about its file of remotes are printed, and end the program.
  package init(pipeline: String) throws { try self.init(folder: Places.beside(pipeline, "")) }

  /// The project of the store that a verb names.
  package init(_ options: StoreOptions) throws {
    let store = String(options.folder.reversed().drop { $0 == "/" }.reversed())
    try self.init(folder: DiskFileSystem.parent(of: store))
  }

  /// The project of a folder.
  package init(folder: String) throws {
    self.folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    let path = self.folder + "/" + RemotesFile.name
    guard let text = try DiskFileSystem().contents(path) else {
      file = RemotesFile()
      return
    }
    let (file, findings) = RemotesFile.read(text, file: path)
    Terminal.complain(findings, [path: String(decoding: text, as: UTF8.self)])
    if findings.contains(where: { $0.severity == .error }) { throw ExitCode(2) }
    self.file = file
  }

  /// Files of the top folder of what came from somebody else: a crate, and a study that was cloned.
  private static let foreignMarks = ["ro-crate-metadata.json", StudyFile.name]

  /// Whether a file lies, links followed, in a folder that came from somebody else.
  static func isForeign(_ file: String) -> Bool {
    // A file that is not there yet, or is a stream, stands for its folder.
    guard let place = realpath(file, nil) ?? realpath(DiskFileSystem.parent(of: file) + "/.", nil) else { return false }
    defer { free(place) }
    var folder = DiskFileSystem.parent(of: String(cString: place))
    while !foreignMarks.contains(where: { FileKind("\(folder)/\($0)") != .missing }) {
      if folder == "/" { return false }
      folder = DiskFileSystem.parent(of: folder)
    }
    return true
  }

  package var remotesPath: String { folder + "/" + RemotesFile.name }
  package var signersPath: String { folder + "/bioarc-signers" }

  /// The remotes of the file that count, and others that are named by their address.
  package func remotes(_ selection: RemoteSelection) throws -> [RemotesFile.Remote] {
    if selection.names.isEmpty { return file.remotes }
    return try selection.names.map { name in
      if let known = file.remotes.first(where: { $0.name == name }) { return known }
      guard name.contains(":") || name.contains("/") else {
        let near = nearest(to: name, in: file.remotes.map(\.name)).map { "; did you mean '\($0)'?" }
        throw Complaint.usage(
          "there is no remote '\(name)' in '\(remotesPath)'\(near ?? ""); "
            + "'bioarc remote add \(name) ADDRESS' adds one")
      }
      return RemotesFile.Remote(name: Self.shown(name), url: name, isReadOnly: false)
    }
  }

  /// An address without user information and parameters, for messages.
  package static func shown(_ address: String) -> String {
    guard let colon = address.firstIndex(of: ":"), address[colon...].hasPrefix("://") else { return address }
    let rest = address[colon...].dropFirst(3).prefix { $0 != "?" }
    let host = rest.prefix { $0 != "/" }
    let plain = host.split(separator: "@").last ?? host
    return address[..<colon] + "://" + plain + rest.dropFirst(host.count)
  }

  /// Opens a remote. Nothing is asked of it yet.
  ///
  /// - Parameter patience: seconds in which a request is sent again though nothing has moved.
  package func open(_ remote: RemotesFile.Remote, patience: Double = 60) throws -> any Remote {
    // A path is one from the folder of the file.
    let isPath = !remote.url.contains(":") && !remote.url.hasPrefix("/")
    do throws(RemoteError) {
      return try RemoteAddress.open(
        isPath ? folder + "/" + remote.url : remote.url, isReadOnly: remote.isReadOnly,
        environment: Environment.variables, agent: Version.text, pace: Pace(patience: patience))
    } catch { throw Complaint.usage("the remote '\(remote.name)': \(error)") }
  }

  /// The study as which the pipeline was cloned; nil for one's own.
  package var study: StudyFile? {
    get throws {
      do { return try StudyFile.read(folder) } catch let error as JSONMismatch {
        throw Complaint.usage("'\(folder)/\(StudyFile.name)' is none of bioarc: \(error)")
      }
    }
  }

  package func trust(_ signers: String? = nil) -> Trust { Trust(signers: signers ?? signersPath) }

  /// Refuses the name of a lab that has no key and no push that is known.
  private func refuseStranger(_ lab: String, _ store: Store) throws {
    let labs = try Set(PushShelf(store).labs() + trust().labs).sorted()
    guard !labs.contains(lab), !trust().knows(lab) else { return }
    let near = nearest(to: lab, in: labs).map { "; did you mean '\($0)'?" }
    let known = labs.isEmpty ? "" : "; known are " + labs.joined(separator: ", ")
    throw Complaint.usage(
      "--prefer \(lab): no key is trusted for such a lab, and nothing of it is known\(near ?? known)")
  }

  /// The results of others that a store knows, with the remotes that count.
  package func peers(of store: Store, _ selection: RemoteSelection) throws -> Peers {
    let peers = try selection.isOffline ? [] : remotes(selection).map { Peer($0.name, try open($0, patience: 8)) }
    var policies: [String: TrustPolicy] = [:]
    if let lab = selection.preferred { try refuseStranger(lab, store) }
    for bound in file.trust {
      policies[bound.lab] = TrustPolicy(stages: bound.stages.map(Set.init), until: bound.until)
    }
    let quorums = file.groups.map { Quorum($0.name, labs: Set($0.labs), need: $0.need) }
    return Peers(
      store, peers, trust: trust(), policies: policies, quorums: quorums, preferred: selection.preferred
    ) {
      Terminal.complain("warning: \($0)")
    }
  }
}
