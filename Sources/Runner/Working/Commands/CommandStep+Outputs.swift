import Artifacts
import Files
import Glibc
import Stores
import System

extension CommandStep {
  /// Copies the files that the command wrote into the step's outputs. Throws a `CommandError` for a declared output
  /// that is not there, for anything there that is not declared, and for a member that cannot be an item of an axis.
  func collect() throws {
    let names = try DiskFileSystem().names(outputs)
    for name in names where !command.outputs.contains(where: { $0.name == name }) {
      let known = command.outputs.map(\.name).joined(separator: ", ")
      throw CommandError("the command wrote 'outputs/\(name)', which the stage does not declare; its outputs: \(known)")
    }
    for port in command.outputs {
      guard names.contains(port.name) else {
        throw CommandError("the command ended well without its output 'outputs/\(port.name)'")
      }
      switch port.layout {
      case .file: try copy(outputs + port.name, to: port.name, "")
      case .tree:
        let files = try DiskFileSystem().names(outputs + port.name)
        if files.isEmpty { throw CommandError("the command ended well with an empty 'outputs/\(port.name)'") }
        if port.member != nil, let name = files.first(where: { !NameRules.isID($0) }) {
          throw CommandError(
            "the member 'outputs/\(port.name)/\(name)' cannot be an item of an axis: an id has \(NameRules.idRule)")
        }
        for file in files { try copy(outputs + port.name + "/" + file, to: port.name, file) }
      }
    }
  }

  private func copy(_ path: String, to port: String, _ name: String) throws {
    let place = "'outputs/\(port)\(name.isEmpty ? "" : "/" + name)'"
    var info = stat()
    guard lstat(path, &info) == 0 else { throw SystemError("read \(path)", errno) }
    guard info.st_mode & S_IFMT == S_IFREG else {
      let kind = info.st_mode & S_IFMT == S_IFDIR ? "a folder" : "no plain file"
      throw CommandError("the output \(place) is \(kind); an output is a file, or a folder of files")
    }
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { throw SystemError("read \(path)", errno) }
    defer { close(file) }
    let writer = try context.outputs.create(port, name)
    while let chunk = try Descriptors.chunk(of: file, path) { try writer.write(chunk) }
    try writer.close()
  }
}
