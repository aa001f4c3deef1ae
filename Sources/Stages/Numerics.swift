import Tensors

/// What the program knows of the machine's arithmetic.
package enum Numerics {
  /// The value of OPENBLAS_CORETYPE for workers; nil leaves the choice to the library.
  package static var coreType: String? { NumericEnvironment.openblasCoreType() }
  /// What is recorded with every result.
  package static func environment() -> [String: String] { NumericEnvironment.describe() }
}
