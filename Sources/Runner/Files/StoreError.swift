package import Artifacts
import Glibc
import System

/// A failure of a store, and its reason. Every case is about the environment or about bytes on disk,
/// never about a step.
package enum StoreError: Error, Hashable, Sendable {
  /// The folder exists and is something else, or there is nothing and none was to be made.
  case notAStore(path: String, reason: String)
  /// The store was made by a later version of this program.
  case newerFormat(path: String, found: String)
  /// The store was made by an earlier version of this program, which laid it out otherwise.
  case olderFormat(path: String, found: String)
  /// No space, or the quota is used up.
  case full(path: String)
  case readOnly(path: String)
  case permission(path: String)
  /// Any other failure of a system call.
  case io(path: String, operation: String, code: Int32)
  /// The bytes under this digest were wrong. They are in `quarantine/` now.
  case corrupt(Digest)
  /// No bytes with this digest.
  case missing(Digest)
  /// The store was removed while it was in use.
  case removed(path: String)
  /// An input file that changed while it was read.
  case changed(path: String)

  /// The error of a failed system call.
  package static func of(_ code: Int32, _ operation: String, _ path: String) -> StoreError {
    switch code {
    case ENOSPC, EDQUOT: .full(path: path)
    case EROFS: .readOnly(path: path)
    case EACCES, EPERM: .permission(path: path)
    default: .io(path: path, operation: operation, code: code)
    }
  }

  /// Whether the error is about a file of that path, or one below it.
  package func isAbout(_ place: String) -> Bool {
    switch self {
    case .full(let path), .readOnly(let path), .permission(let path), .changed(let path), .io(let path, _, _):
      path == place || path.hasPrefix(place + "/")
    case .notAStore, .newerFormat, .olderFormat, .corrupt, .missing, .removed: false
    }
  }

  /// Whether nothing had that name.
  package var isAbsent: Bool {
    if case .io(_, _, let code) = self { code == ENOENT || code == ENOTDIR || code == ESTALE } else { false }
  }
  /// Whether something had that name already.
  package var isTaken: Bool {
    if case .io(_, _, let code) = self { code == EEXIST || code == ENOTEMPTY } else { false }
  }
}

extension StoreError: CustomStringConvertible {
  /// One line: the failure, and what to do about it.
  package var description: String {
    switch self {
    case .notAStore(let path, let reason):
      "'\(path)' is not a bioarc store: \(reason); name another folder with --store or BIOARC_STORE"
    case .newerFormat(let path, let found):
      "the store '\(path)' has the format '\(found)', and this program reads up to '\(StoreFolder.format)': "
        + "use a newer bioarc, or another store"
    case .olderFormat(let path, let found):
      "the store '\(path)' has the older format '\(found)', which this program does not read: name another folder, "
        + "where everything is computed again"
    case .full(let path): "no space left for '\(path)': free some, or use another disk; nothing is damaged"
    case .readOnly(let path): "'\(path)' is on a read-only file system: use a place that can be written"
    case .permission(let path): "no permission for '\(path)': ask its owner, or use a place of your own"
    case .io(let path, let operation, let code):
      "cannot \(operation) '\(path)': \(String(cString: strerror(code))) (error \(code))" + FileName.hint(path)
    case .corrupt(let digest):
      "the bytes of \(digest.short) in the store were damaged; they are in quarantine/ and will be computed again"
    case .missing(let digest): "the store has no bytes of \(digest.short): run the step that makes them again"
    case .removed(let path):
      "the store was removed while it was in use: '\(path)/FORMAT' is gone; run again, and everything is computed anew"
    case .changed(let path): "'\(path)' changed while it was read: run again when it is no longer written"
    }
  }
}
