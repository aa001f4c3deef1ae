import Glibc
import System

/// Places of the files that a verb reads: the pipeline, what lies beside its folder, the store.
package enum Places {
  /// The name of a pipeline that is read from a stream. Its paths are relative to the working directory.
  package static let standardInput = "-"

  package static func isStream(_ path: String) -> Bool {
    path == standardInput || path == "/dev/stdin" || path.hasPrefix("/dev/fd/")
      || path.hasPrefix("/proc/") && path.contains("/fd/")
  }

  package static func read(_ path: String) throws -> [UInt8] {
    let file = path == standardInput ? dup(STDIN_FILENO) : FileKind.open(path)
    guard file >= 0 else { throw Complaint.usage("cannot read '\(path)': \(String(cString: strerror(errno)))") }
    defer { close(file) }
    var bytes: [UInt8] = []
    do throws(SystemError) { while let chunk = try Descriptors.chunk(of: file, path) { bytes += chunk } } catch {
      throw Complaint.usage("cannot read '\(path)': \(String(cString: strerror(error.code)))")
    }
    return bytes
  }

  package static let storeName = "cache"

  /// `--store`, else `BIOARC_STORE`, else `cache/` beside the folder of the pipeline.
  package static func store(_ option: String?, pipeline: String?) -> String {
    if let option { return option }
    if let variable = getenv("BIOARC_STORE"), variable.pointee != 0 { return String(cString: variable) }
    return pipeline.map { beside($0, storeName) } ?? storeName
  }

  /// The folder of that name beside the folder of the pipeline.
  package static func beside(_ pipeline: String, _ name: String) -> String {
    let folder = pipeline.contains("/") ? String(pipeline[..<(pipeline.lastIndex(of: "/")!)]) : "."
    return (folder.isEmpty ? "/" : folder) + "/../" + name
  }

  /// The name of a file, without folders.
  package static func name(_ path: String) -> Substring {
    path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
  }
}
