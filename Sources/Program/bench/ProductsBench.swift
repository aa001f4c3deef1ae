import ArgumentParser
import Arithmetic
import Glibc
import Tensors

/// Matrix products on one thread, beside OpenBLAS's.
struct ProductsBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "products", abstract: "Matrix products of few and many rows on one thread, beside OpenBLAS.",
    discussion: """
      EXAMPLES
        bench products
        bench products --rows 1 --rows 8 --columns 64 --depth 64
      """)

  @Option(help: "Rows of the first matrix; again for more.") var rows = [1, 2, 4, 8, 16, 32, 64, 128, 2048]
  @Option(help: "Columns of the second matrix.") var columns = 256
  @Option(help: "Columns of the first matrix and rows of the second.") var depth = 256
  @Option(help: "Measured rounds; medians are shown.") var rounds = 15
  @Option(help: "The library of OpenBLAS; `none` leaves the peer out.") var library = "libopenblas.so.0"

  func run() throws {
    let peer = library == "none" ? nil : try OpenBLAS(library)
    print("product              A  B         us   GFLOP/s  OpenBLAS  ratio")
    for rows in rows {
      for form in [(false, false), (false, true), (true, false), (true, true)] {
        measure(rows, transposeA: form.0, transposeB: form.1, peer)
      }
    }
  }

  /// Prints one line of medians; both work in turn.
  private func measure(_ rows: Int, transposeA: Bool, transposeB: Bool, _ peer: OpenBLAS?) {
    let a = FloatBuffer(count: rows * depth)
    let b = FloatBuffer(count: depth * columns)
    let c = FloatBuffer(count: rows * columns)
    for i in 0..<a.count { a[i] = Float(i % 7) - 3 }
    for i in 0..<b.count { b[i] = Float(i % 5) - 2 }
    let (lda, ldb) = (transposeA ? rows : depth, transposeB ? depth : columns)
    let operations = 2 * Double(rows) * Double(columns) * Double(depth)
    let times = max(1, Int(2e7 / operations))
    func seconds(_ product: () -> Void) -> Double {
      let clock = ContinuousClock.now
      for _ in 0..<times { product() }
      return (ContinuousClock.now - clock) / .seconds(1) / Double(times)
    }
    var (ours, theirs): ([Double], [Double]) = ([], [])
    for _ in 0..<max(1, rounds) {
      ours.append(
        seconds {
          GEMM.multiply(
            rows, columns, depth, a.base, lda, transposeA: transposeA, b.base, ldb, transposeB: transposeB, c.base,
            columns)
        })
      guard let peer else { continue }
      theirs.append(
        seconds {
          peer.multiply(
            rows, columns, depth, a.base, lda, transposeA: transposeA, b.base, ldb, transposeB: transposeB, c.base)
        })
    }
    let own = Alternation.median(ours)
    var line = "\(rows) x \(columns) x \(depth)".padded(to: 20)
    line += " \(transposeA ? "A'" : "A ") \(transposeB ? "B'" : "B ")"
    line += (own * 1e6).text(2, width: 10) + (operations / own / 1e9).text(1, width: 10)
    if peer != nil {
      let other = Alternation.median(theirs)
      line += (other * 1e6).text(2, width: 10) + (other / own).text(2, width: 7)
    }
    print(line)
  }
}

/// The product of an OpenBLAS that is loaded when it is asked for, on the calling thread alone.
private struct OpenBLAS {
  private typealias Matrix = UnsafePointer<Float>
  private typealias Product =
    @convention(c) (
      Int32, Int32, Int32, Int32, Int32, Int32, Float, Matrix, Int32, Matrix, Int32, Float, UnsafeMutablePointer<Float>,
      Int32
    ) -> Void
  private let product: Product

  init(_ library: String) throws {
    guard let handle = dlopen(library, RTLD_NOW), let product = dlsym(handle, "cblas_sgemm"),
      let threads = dlsym(handle, "openblas_set_num_threads")
    else { throw ValidationError("no OpenBLAS in '\(library)': install libopenblas0, or give --library none") }
    self.product = unsafeBitCast(product, to: Product.self)
    unsafeBitCast(threads, to: (@convention(c) (Int32) -> Void).self)(1)
  }

  /// C (m x n) = op(A) op(B), row-major.
  func multiply(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ lda: Int, transposeA: Bool, _ b: UnsafePointer<Float>,
    _ ldb: Int, transposeB: Bool, _ c: UnsafeMutablePointer<Float>
  ) {
    let (rowMajor, plain, transposed): (Int32, Int32, Int32) = (101, 111, 112)
    product(
      rowMajor, transposeA ? transposed : plain, transposeB ? transposed : plain, Int32(m), Int32(n), Int32(k), 1, a,
      Int32(lda), b, Int32(ldb), 0, c, Int32(n))
  }
}
