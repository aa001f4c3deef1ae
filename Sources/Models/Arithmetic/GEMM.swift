import CKernels

/// Matrix products on the calling thread. The bits of an element of the result depend on its row of A and its column of
/// B alone, whatever is computed with it. `half`: both matrices are rounded to bfloat16 first; sums are fp32.
package enum GEMM {
  /// C (m x n) = initial + bias + op(A) op(B), all row-major. op transposes when the flag is set; a leading dimension
  /// is the distance between rows as stored. `initial` has C's shape and rows and may be C itself; `bias` has n
  /// numbers.
  package static func multiply(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ lda: Int, transposeA: Bool = false,
    _ b: UnsafePointer<Float>, _ ldb: Int, transposeB: Bool = false, _ c: UnsafeMutablePointer<Float>, _ ldc: Int,
    initial: UnsafePointer<Float>? = nil, bias: UnsafePointer<Float>? = nil, half: Bool = false
  ) {
    if m == 0 || n == 0 { return }
    precondition(k > 0, "a product of \(m) x 0 by 0 x \(n)")
    var product = gemm(
      M: Int64(m), N: Int64(n), K: Int64(k), a: a, aStride: Int64(lda), transposeA: transposeA, b: b,
      bStride: Int64(ldb), transposeB: transposeB, initial: initial, bias: bias, c: c, cStride: Int64(ldc),
      precision: half ? GEMM_BF16 : GEMM_FP32)
    kernel_gemm(&product)
  }

  /// op(B) of k x n, packed for several products.
  package struct Packed {
    package let k: Int
    package let n: Int
    package let half: Bool
    let numbers: UnsafePointer<Float>

    /// A matrix as `pack` has written it.
    package init(k: Int, n: Int, half: Bool, numbers: UnsafePointer<Float>) {
      (self.k, self.n, self.half, self.numbers) = (k, n, half, numbers)
    }
  }

  /// Floats that a packed k x n matrix takes.
  package static func packedCount(_ k: Int, _ n: Int, half: Bool = false) -> Int {
    Int(kernel_packed_count(Int64(k), Int64(n), half ? GEMM_BF16 : GEMM_FP32))
  }

  /// Packs op(B), k x n, into `room` of `packedCount` floats.
  @discardableResult
  package static func pack(
    _ k: Int, _ n: Int, _ b: UnsafePointer<Float>, _ ldb: Int, transpose: Bool, half: Bool = false,
    into room: UnsafeMutablePointer<Float>
  ) -> Packed {
    kernel_pack(b, Int64(ldb), transpose, Int64(k), Int64(n), half ? GEMM_BF16 : GEMM_FP32, room)
    return Packed(k: k, n: n, half: half, numbers: room)
  }

  /// As `multiply`, with the first k rows and n columns of a packed B.
  package static func multiply(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ lda: Int, transposeA: Bool = false, _ b: Packed,
    _ c: UnsafeMutablePointer<Float>, _ ldc: Int, initial: UnsafePointer<Float>? = nil,
    bias: UnsafePointer<Float>? = nil
  ) {
    let half = b.half
    if m == 0 || n == 0 { return }
    precondition(k > 0 && k <= b.k && n <= b.n, "\(k) x \(n) of a packed \(b.k) x \(b.n)")
    var product = gemm(
      M: Int64(m), N: Int64(n), K: Int64(k), a: a, aStride: Int64(lda), transposeA: transposeA, b: nil, bStride: 0,
      transposeB: false, initial: initial, bias: bias, c: c, cStride: Int64(ldc),
      precision: half ? GEMM_BF16 : GEMM_FP32)
    kernel_gemm_packed(&product, b.numbers, Int64(b.k), Int64(b.n))
  }
}
