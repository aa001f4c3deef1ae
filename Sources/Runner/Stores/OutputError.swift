package import Artifacts
internal import Synchronization

/// A wrong use of outputs by a stage: a bug of the stage, not a fault of its input.
package enum OutputError: Error, Hashable, Sendable, CustomStringConvertible {
  case undeclared(port: String)
  case badName(port: String, name: String, layout: Layout)
  case twice(port: String, name: String)
  case notWritten(port: String)
  case notClosed(port: String, name: String)

  package var description: String {
    switch self {
    case .undeclared(let port): "the stage writes an output '\(port)' that it does not declare"
    case .badName(let port, let name, .file): "the output '\(port)' is one file and has no file '\(name)'"
    case .badName(let port, let name, .tree):
      "'\(name)' cannot name a file of the output '\(port)': 1 to 255 bytes, no slash, not '.' or '..'"
    case .twice(let port, let name): "the stage writes '\(port)/\(name)' twice"
    case .notWritten(let port): "the stage ended without writing its output '\(port)'"
    case .notClosed(let port, let name): "the stage ended without closing '\(port)/\(name)'"
    }
  }
}
