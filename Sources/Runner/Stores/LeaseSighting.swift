import Artifacts
import Glibc
internal import Synchronization
import System

/// A lease as others see it: the process that works on a step, and its number of signs of life.
package struct LeaseSighting: Hashable, Sendable, Codable {
  package let generation: Int
  /// The owner's temporary name, which tells host and process.
  package let owner: String
  /// The number of signs of life.
  package let signs: Int

  /// Whether both are of one lease, whatever signs it has given in between.
  func isSameLease(as other: LeaseSighting) -> Bool {
    generation == other.generation && owner == other.owner
  }

  /// Whether this process can tell that the owner is no more, as after `kill -9` on this host.
  package var isKnownToBeGone: Bool { ProcessIdentity(name: owner)?.isKnownToBeGone ?? false }

  /// `host, process 4711`
  package var words: String {
    ProcessIdentity(name: owner).map { "\($0.host), process \($0.process)" } ?? "another process"
  }
}
