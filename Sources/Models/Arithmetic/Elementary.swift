import CKernels

/// Elementary functions for starting weights and tables: the same bits whatever the C library.
package enum Elementary {
  /// e^x.
  package static func exp(_ x: Double) -> Double { x > 0 ? 1 / kernel_natural_exp(-x) : kernel_natural_exp(x) }

  /// The natural logarithm of x > 0.
  package static func log(_ x: Double) -> Double { x < 1 ? -kernel_natural_log(1 / x) : kernel_natural_log(x) }
}
