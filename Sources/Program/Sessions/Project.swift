import ArgumentParser
import Console
import Files
import Glibc
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

  private init(folder: String) throws {
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

  package func trust(_ signers: String? = nil) -> Trust { Trust(signers: signers ?? signersPath) }

  /// The results of others that a store knows, with the remotes that count.
  package func peers(of store: Store, _ selection: RemoteSelection) throws -> Peers {
    let peers = try selection.isOffline ? [] : remotes(selection).map { Peer($0.name, try open($0, patience: 8)) }
    var policies: [String: TrustPolicy] = [:]
    for bound in file.trust {
      policies[bound.lab] = TrustPolicy(stages: bound.stages.map(Set.init), until: bound.until)
    }
    return Peers(store, peers, trust: trust(), policies: policies, preferred: selection.preferred) {
      Terminal.complain("warning: \($0)")
    }
  }
}
