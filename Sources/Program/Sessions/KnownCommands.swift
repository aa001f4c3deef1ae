import Artifacts
import Files
import Glibc
import System

/// The commands of own stages that have run on this machine for its user, or that the user has allowed: a digest a
/// line, in a file of the user's, for a project could bring a list of its own. Lines are only ever added.
struct KnownCommands {
  /// `$XDG_STATE_HOME/bioarc/commands`; nil where the user has no folder.
  private let path: String?

  init(_ environment: [String: String] = Environment.variables) {
    let folders = [environment["XDG_STATE_HOME"], environment["HOME"].map { $0 + "/.local/state" }]
    // A path that is not absolute counts for nothing, as the specification of these folders says.
    path = folders.compactMap { $0 }.first { $0.hasPrefix("/") }.map { $0 + "/bioarc/commands" }
  }

  /// All that can be read; a line that is cut counts for nothing.
  func digests() -> Set<Digest> {
    guard let path, let bytes = try? DiskFileSystem().contents(path) else { return [] }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    return Set(lines.compactMap { Digest(hex: $0.prefix { $0 != " " }) })
  }

  /// Adds commands, with the names of their stages for a person who reads the file. Throws where that cannot be done.
  func add(_ commands: [(digest: Digest, stage: String)]) throws {
    guard let path else { throw SystemError("find the folder of XDG_STATE_HOME or HOME", ENOENT) }
    let disk = DiskFileSystem()
    try disk.makeFolders(DiskFileSystem.parent(of: path))
    let file = try disk.append(path)
    // One write, so that the lines of two processes stay whole.
    try file.write(Array(commands.map { "\($0.digest) \($0.stage)\n" }.joined().utf8))
    try file.close()
  }
}
