import CLapack

/// Dense linear algebra in double, by the reference LAPACK: one thread, and one path for all machines. A matrix lies
/// column by column, as LAPACK has it.
package enum LinearAlgebra {
  /// The library and its version, which a result depends on.
  package static var version: String {
    var (major, minor, patch) = (Int32(0), Int32(0), Int32(0))
    ilaver_(&major, &minor, &patch)
    return "reference-\(major).\(minor).\(patch)"
  }

  /// L, lower triangular, of a symmetric matrix A = L L^T (n, n), of which the lower triangle is read; nil when A is
  /// not positive definite.
  package static func cholesky(_ matrix: [Double], _ n: Int) -> [Double]? {
    precondition(n > 0 && matrix.count == n * n, "\(matrix.count) numbers of \(n) columns")
    var (factor, size, info) = (matrix, Int32(n), Int32(0))
    dpotrf_("L", &size, &factor, &size, &info, 1)
    precondition(info >= 0, "argument \(-info) of dpotrf")
    guard info == 0 else { return nil }
    for column in 1..<max(1, n) { for row in 0..<column { factor[column * n + row] = 0 } }
    return factor
  }

  /// The eigenvalues of a symmetric matrix (n, n), ascending, and its eigenvectors, one a column; the lower triangle is
  /// read, and must be finite.
  package static func eigen(_ matrix: [Double], _ n: Int) -> (values: [Double], vectors: [Double]) {
    precondition(n > 0 && matrix.count == n * n, "\(matrix.count) numbers of \(n) columns")
    precondition(matrix.allSatisfy(\.isFinite), "a number is not finite")
    var (vectors, values, size, info) = (matrix, [Double](repeating: 0, count: n), Int32(n), Int32(0))
    workspace { work, length in
      dsyev_("V", "L", &size, &vectors, &size, &values, work, &length, &info, 1, 1)
      precondition(info == 0, "dsyev ended with \(info)")
    }
    return (values, vectors)
  }

  /// The x (n) with the least |A x - b|, of a matrix A (m, n) with n independent columns, m >= n, by its QR
  /// factorisation; nil when, but for rounding, a column depends on others.
  package static func leastSquares(_ matrix: [Double], _ b: [Double], columns n: Int) -> [Double]? {
    let m = b.count
    precondition(n > 0 && m >= n && matrix.count == m * n, "\(matrix.count) numbers, \(m) rows, \(n) columns")
    var (factor, scales, info) = (matrix, [Double](repeating: 0, count: n), Int32(0))
    var (height, width) = (Int32(m), Int32(n))
    workspace { work, length in
      dgeqrf_(&height, &width, &factor, &height, &scales, work, &length, &info)
      precondition(info == 0, "dgeqrf ended with \(info)")
    }
    let triangle = factor
    workspace { work, length in
      dorgqr_(&height, &width, &width, &factor, &height, &scales, work, &length, &info)
      precondition(info == 0, "dorgqr ended with \(info)")
    }
    let largest = (0..<n).reduce(0) { max($0, abs(triangle[$1 * m + $1])) }
    var x = (0..<n).map { column in (0..<m).reduce(0) { $0 + factor[column * m + $1] * b[$1] } }
    for row in (0..<n).reversed() {
      let diagonal = triangle[row * m + row]
      guard abs(diagonal) > Double(m) * .ulpOfOne * largest else { return nil }
      for column in (row + 1)..<max(row + 1, n) { x[row] -= triangle[column * m + row] * x[column] }
      x[row] /= diagonal
    }
    return x
  }

  /// Calls `body` twice: for the size of its workspace, with the length -1, and with the workspace.
  private static func workspace(_ body: (UnsafeMutablePointer<Double>, inout Int32) -> Void) {
    var (size, length) = (0.0, Int32(-1))
    body(&size, &length)
    length = Int32(size)
    var work = [Double](repeating: 0, count: Int(length))
    body(&work, &length)
  }
}

/// Replaces LAPACK's report of a bad argument, which would need Fortran's library: each call checks what it is told.
@_cdecl("xerbla_") package func reportBadArgument(
  _ name: UnsafePointer<CChar>, _ argument: UnsafePointer<Int32>, _ length: Int
) {}
