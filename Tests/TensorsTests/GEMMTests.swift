import Arithmetic
import CKernels
import Testing

@testable import Ops
@testable import Tensors

/// Every form of the product against plain loops, in both precisions.
@Suite(.serialized) struct GEMMTests {
  struct Form: Sendable {
    var (m, n, k) = (0, 0, 0)
    var transposeA = false
    var transposeB = false
    var addsTo = false
    var hasBias = false
  }

  /// Sizes around the tile, the panel and the block.
  static let sizes = [
    (1, 1, 1), (33, 70, 5), (12, 32, 384), (100, 65, 801), (7, 31, 385), (97, 513, 33), (20, 40, 512),
    (5, 545, 801), (3, 1100, 70),
  ]

  static var forms: [Form] {
    sizes.flatMap { size in
      (0..<16).map { bits in
        Form(
          m: size.0, n: size.1, k: size.2, transposeA: bits & 1 > 0, transposeB: bits & 2 > 0, addsTo: bits & 4 > 0,
          hasBias: bits & 8 > 0)
      }
    }
  }

  private func rounded(_ x: Float) -> Float {
    let bits = x.bitPattern
    return Float(bitPattern: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) & 0xFFFF_0000)
  }

  private func compare(_ precision: gemm_precision) {
    let half = precision != GEMM_FP32
    for form in Self.forms {
      let (m, n, k) = (form.m, form.n, form.k)
      let (start, bias) = (noise(m * n, 3), noise(n, 4))
      let left = FloatBuffer(count: m * k)
      let right = FloatBuffer(count: k * n)
      left.replace(from: 0, with: noise(m * k, 1))
      right.replace(from: 0, with: noise(k * n, 2))
      let (a, b) = (left.base, right.base)
      var results = [start, start]
      let packed = FloatBuffer(count: GEMM.packedCount(k, n))
      let (lda, ldb) = (form.transposeA ? m : k, form.transposeB ? k : n)
      kernel_pack(b, Int64(ldb), form.transposeB, Int64(k), Int64(n), precision, packed.base)
      for way in 0..<2 {
        results[way].withUnsafeMutableBufferPointer { c in
          bias.withUnsafeBufferPointer { bias in
            var product = gemm(
              M: Int64(m), N: Int64(n), K: Int64(k), a: a, aStride: Int64(lda), transposeA: form.transposeA,
              b: b, bStride: Int64(ldb), transposeB: form.transposeB,
              initial: form.addsTo ? UnsafePointer(c.baseAddress!) : nil,
              bias: form.hasBias ? bias.baseAddress : nil, c: c.baseAddress!, cStride: Int64(n), precision: precision)
            if way == 0 {
              kernel_gemm(&product)
            } else {
              kernel_gemm_packed(&product, packed.base, Int64(k), Int64(n))
            }
          }
        }
      }
      #expect(results[0] == results[1], "\(form) packed beforehand")
      var worst = 0.0
      for row in 0..<m {
        for column in 0..<n {
          var sum = Double(form.addsTo ? start[row * n + column] : 0) + Double(form.hasBias ? bias[column] : 0)
          for i in 0..<k {
            let x = form.transposeA ? a[i * m + row] : a[row * k + i]
            let y = form.transposeB ? b[column * k + i] : b[i * n + column]
            sum += half ? Double(rounded(x)) * Double(rounded(y)) : Double(x) * Double(y)
          }
          worst = max(worst, abs(sum - Double(results[0][row * n + column])) / (1 + abs(sum)))
        }
      }
      #expect(worst < 2e-5, "\(form) half \(half)")
    }
  }

  @Test func `products in single precision equal plain loops`() { compare(GEMM_FP32) }

  /// As this CPU computes them, and with the layouts of AMX and AVX-512 BF16 in plain C.
  @Test func `products in bfloat16 equal plain loops over rounded numbers`() {
    compare(GEMM_BF16)
    compare(GEMM_BF16_PORTABLE)
  }

  /// An element's bits do not depend on what is computed beside it.
  @Test func `an element does not depend on what is computed beside it`() {
    let (m, n, k) = (50, 70, 900)
    let (a, b) = (noise(m * k, 1), noise(k * n, 2))
    var whole = [Float](repeating: 0, count: m * n)
    GEMM.multiply(m, n, k, a, k, b, n, &whole, n)
    for (row, column) in [(0, 0), (13, 31), (49, 69), (24, 64)] {
      var one: [Float] = [0]
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          GEMM.multiply(1, 1, k, a.baseAddress! + row * k, k, b.baseAddress! + column, n, &one, 1)
        }
      }
      #expect(one[0] == whole[row * n + column])
    }
  }
}
