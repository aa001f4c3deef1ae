import Foundation

/// Waiting in tests: for a state, however long this machine takes to reach it. The limit is against hanging alone.
package enum Waiting {
  /// Asks until `condition` holds, at most for `seconds`; returns whether it held.
  package static func until(seconds: Double = 300, _ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = Date().addingTimeInterval(seconds)
    while try !condition() {
      guard Date() < deadline else { return false }
      usleep(10_000)
    }
    return true
  }
}
