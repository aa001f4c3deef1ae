package import Artifacts
import JSON
package import Stores

/// A step as a worker is told it.
package struct WorkerTask: Codable, Sendable {
  /// The store holds its pre-image under this key.
  let key: Digest
  let threads: Int
  /// Resource parameters in the canonical encoding.
  let resources: [UInt8]
  /// The outputs on demand whose bytes are to be stored.
  let kept: [String]
  /// The run that has it computed anew; nil: a result and saved states that are there count.
  let forcedBy: String?
  /// Whether the step runs even if its result is a failure.
  let retriesFailed: Bool
  /// A lease of somebody who is gone, which may be taken over.
  let stale: LeaseSighting?

  package init(
    key: Digest, threads: Int, resources: [UInt8], kept: [String], forcedBy: String?, retriesFailed: Bool,
    stale: LeaseSighting?
  ) {
    self.key = key
    self.threads = threads
    self.resources = resources
    self.kept = kept
    self.forcedBy = forcedBy
    self.retriesFailed = retriesFailed
    self.stale = stale
  }

  /// Line `index` of a file of tasks, or nil.
  package init?(lines: [UInt8], index: Int) {
    let lines = lines.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
    guard lines.indices.contains(index), let task = JSONLines.decode(WorkerTask.self, lines[index]) else { return nil }
    self = task
  }
}
