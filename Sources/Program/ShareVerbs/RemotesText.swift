import Console
import Files
import Sessions
import Syntax
import System

/// Edits of the file of remotes that leave the rest of it as it is, comments too.
enum RemotesText {
  static func adding(
    _ name: String, _ address: String, isReadOnly: Bool, to project: Project, isDry: Bool
  ) throws {
    // Quotes are needed for what YAML would read otherwise.
    let value = "'" + address.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    let line = isReadOnly ? "  \(name): { url: \(value), read-only: true }" : "  \(name): \(value)"
    var lines = try lines(project)
    if let place = lines.firstIndex(where: { $0.hasPrefix("remotes:") }) {
      lines.insert(line, at: place + 1)
    } else {
      lines += ["remotes:", line]
    }
    try write(lines, project, "add the line '\(line)' below 'remotes:'", isDry) { $0.contains { $0.name == name } }
  }

  static func removing(_ name: String, from project: Project, isDry: Bool) throws {
    var lines = try lines(project)
    let remedy = "remove '\(name)' from it"
    guard let start = lines.firstIndex(where: { $0.hasPrefix("  \(name):") || $0.hasPrefix("  '\(name)':") }) else {
      throw Complaint.failure("'\(project.remotesPath)' is not written line by line: \(remedy)")
    }
    let rest = lines[(start + 1)...].prefix { $0.hasPrefix("   ") }
    lines.removeSubrange(start..<rest.endIndex)
    if project.file.remotes.count == 1 { lines.removeAll { $0.hasPrefix("remotes:") } }
    try write(lines, project, remedy, isDry) { !$0.contains { $0.name == name } }
  }

  private static func lines(_ project: Project) throws -> [String] {
    guard let bytes = try DiskFileSystem().contents(project.remotesPath) else { return [] }
    var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  /// Writes the file anew, unless it is only asked whether that can be, once it was read back and says what it must.
  private static func write(
    _ lines: [String], _ project: Project, _ remedy: String, _ isDry: Bool, isRight: ([RemotesFile.Remote]) -> Bool
  ) throws {
    let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
    let (file, findings) = RemotesFile.read(bytes, file: project.remotesPath)
    guard findings.isEmpty, isRight(file.remotes) else {
      throw Complaint.failure("'\(project.remotesPath)' is not written line by line: \(remedy)")
    }
    if !isDry { try ProjectFile.write(bytes, project.remotesPath) }
  }
}

/// Files of a project that verbs write anew.
enum ProjectFile {
  static func write(_ bytes: [UInt8], _ path: String) throws {
    let files = DiskFileSystem()
    let temporary = path + "~" + ProcessIdentity.current.newName()
    do {
      let file = try files.create(temporary, .writable)
      try file.write(bytes)
      try file.synchronize()
      try file.close()
      try files.move(temporary, to: path, replacing: true)
    } catch {
      try? files.remove(temporary)
      throw error
    }
  }
}
