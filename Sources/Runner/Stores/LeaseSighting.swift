import Artifacts
import Glibc
internal import Synchronization
import System

/// A lease as others see it: the process that works on a step, and its number of signs of life.
///
/// Leases are files `leases/<key>.<generation>`: one line that names the owner, and a dot for each sign of life. A
/// generation is made by a move that refuses to replace, so it has one owner; a lease whose owner is gone is taken over
/// by making the next generation. A process that has made one looks again, and gives it up unless it is the newest and
/// what is older is what was to be taken over: a lease may have ended and another begun in between. No clock is
/// compared: an observer waits until the number of signs has not changed for a while by its own clock. Nobody removes
/// another's lease but the one who took it over, and there is nothing to unlock.
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
