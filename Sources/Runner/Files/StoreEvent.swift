/// News that a store tells without being asked.
package enum StoreEvent: Hashable, Sendable, CustomStringConvertible {
  /// Something was wrong and is in `quarantine/` now.
  case quarantined(path: String, reason: String)
  /// Something was wrong, could not be moved, and is no more.
  case removed(path: String, reason: String)
  /// Something was wrong and is where it was, as in a store that cannot be written.
  case left(path: String, reason: String)

  package var description: String {
    switch self {
    case .quarantined(let path, let reason): "\(path) is damaged (\(reason)) and was moved to quarantine/"
    case .removed(let path, let reason): "\(path) was damaged (\(reason)) and is removed"
    case .left(let path, let reason): "\(path) is damaged (\(reason)) and could not be moved to quarantine/"
    }
  }
}
