import CKernels
import LinearAlgebra

/// The properties of a machine that can change the bits of a result.
package enum Numerics {
  /// The kernels' clone, the library of linear algebra and the toolchain: what is recorded with every result.
  package static func environment() -> [String: String] {
    [
      "kernels": String(cString: kernel_clone()), "bf16": String(cString: kernel_bf16_path()),
      "lapack": LinearAlgebra.version, "toolchain": toolchain,
    ]
  }

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
