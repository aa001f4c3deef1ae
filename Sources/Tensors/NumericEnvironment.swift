import CKernels

/// What can change the bits of a result from one machine to the next.
package enum NumericEnvironment {
  /// BLAS build and core, kernel clone and toolchain, for a result's record. Starts OpenBLAS.
  package static func describe() -> [String: String] {
    [
      "blas": BLAS.configuration.split(separator: " ").joined(separator: " "),
      "blas-core": BLAS.coreName,
      "kernels": String(cString: kernel_clone()),
      "precision": "fp32",
      "toolchain": toolchain,
    ]
  }

  /// The value of OPENBLAS_CORETYPE that fits this CPU, for the parent to set before it starts workers: the library's
  /// own choice takes newer cores for a Haswell. Reads only the CPU's feature bits. Nil: leave the choice to the
  /// library.
  package static func openblasCoreType() -> String? { kernel_openblas_core().map { String(cString: $0) } }

  /// Whether the kernels that the loader chose fuse multiplication and addition, found by trying.
  package static var kernelsFuse: Bool {
    // (1 + e)(1 - e) - 1 = -e^2 when rounded once, 0 when the product is rounded first.
    let e: Float = 0x1p-13
    return kernel_multiply_add(1 + e, 1 - e, -1) != 0
  }

  private static var toolchain: String {
    #if compiler(>=6.4)
      "swift-6.4+"
    #elseif compiler(>=6.3)
      "swift-6.3"
    #else
      "swift"
    #endif
  }
}
