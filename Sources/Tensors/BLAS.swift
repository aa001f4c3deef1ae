/// Goes away with its last use.
package enum BLAS {
  package static func multiply(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ lda: Int, transposeA: Bool = false,
    _ b: UnsafePointer<Float>, _ ldb: Int, transposeB: Bool = false, _ c: UnsafeMutablePointer<Float>, _ ldc: Int,
    accumulate: Bool
  ) {
    GEMM.multiply(
      m, n, k, a, lda, transposeA: transposeA, b, ldb, transposeB: transposeB, c, ldc, initial: accumulate ? c : nil)
  }
}
