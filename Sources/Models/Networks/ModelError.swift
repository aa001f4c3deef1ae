/// Why training cannot go on. `notFinite` is a deterministic failure: the same inputs will always give it.
package enum ModelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The loss or the gradient norm of a step, counted from 0, and where the first such number came from.
  case notFinite(quantity: String, step: Int, origin: String? = nil)
  /// A checkpoint file that is not what the model expects.
  case badCheckpoint(file: String, reason: String)
  /// Inputs that no training can use.
  case badInput(String)

  package var description: String {
    switch self {
    case .notFinite(let quantity, let step, let origin):
      "the \(quantity) of step \(step) is not a finite number" + (origin.map { "; the first arose in \($0)" } ?? "")
    case .badCheckpoint(let file, let reason): "checkpoint file \(file): \(reason)"
    case .badInput(let reason): reason
    }
  }
}
