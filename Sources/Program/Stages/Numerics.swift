import Tensors

/// What the program knows of the machine's arithmetic.
package enum Numerics {
  /// What is recorded with every result.
  package static func environment() -> [String: String] { NumericEnvironment.describe() }
}
