import Synchronization

/// Results of parallel work, each set once by its own worker.
final class Slots<Value: Sendable>: Sendable {
  private let values: Mutex<[Value?]>

  init(count: Int) { values = Mutex([Value?](repeating: nil, count: count)) }

  func set(_ index: Int, _ value: Value) { values.withLock { $0[index] = value } }

  /// The result at an index, which is then gone. Requires that it was set.
  func take(_ index: Int) -> Value {
    guard let value = values.withLock({ $0[index].take() }) else { preconditionFailure("slot \(index) is empty") }
    return value
  }
}
