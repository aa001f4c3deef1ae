import Tensors

/// The program's knowledge of the machine's arithmetic.
package enum Numerics {
  /// The facts that are recorded with every result.
  package static func environment() -> [String: String] { NumericEnvironment.describe() }
}
