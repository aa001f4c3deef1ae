import COpenBLAS

/// OpenBLAS, as this project uses it: single precision products on the calling thread. The only file that imports it.
package enum BLAS {
  /// Evaluated once, before the first product: a product never starts threads of its own.
  private static let single: Void = openblas_set_num_threads(1)

  /// C (m x n) = alpha * op(A) op(B) + beta * C, all row-major. op transposes when the flag is set; a leading dimension
  /// is the distance between rows as stored.
  package static func multiply(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ lda: Int, transposeA: Bool = false,
    _ b: UnsafePointer<Float>, _ ldb: Int, transposeB: Bool = false, _ c: UnsafeMutablePointer<Float>, _ ldc: Int,
    accumulate: Bool, alpha: Float = 1
  ) {
    if m == 0 || n == 0 { return }
    single
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans, blasint(m),
      blasint(n), blasint(k), alpha, a, blasint(lda), b, blasint(ldb), accumulate ? 1 : 0, c, blasint(ldc))
  }

  /// The library's build options, as `OpenBLAS 0.3.21 NO_AFFINITY ...`. Starts the library.
  static var configuration: String { String(cString: openblas_get_config()) }
  /// The kernels in use, as `SkylakeX`. Starts the library.
  static var coreName: String { String(cString: openblas_get_corename()) }
}
