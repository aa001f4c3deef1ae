import Arithmetic
import LinearAlgebra
package import System

/// The directions in which rows vary most, and the rows along them (Pearson 1901). n rows, f columns, d components.
package struct PrincipalComponents: Sendable {
  /// Columns, or rows where they are fewer, up to which the eigenvalues are computed: 4,096 take some minutes.
  package static let most = 4096

  /// (d): the variance along each, with n - 1, descending.
  package let variances: [Double]
  /// (n, d): the rows less their mean, along each; of each component the number farthest from 0 is positive.
  package let scores: [Double]

  /// d, at most the columns asked for, and no more than there are of rows less one or of columns.
  package var count: Int { variances.count }

  /// The components of `values` (n, f), row by row; at least one row and one component. nil where `isCancelled`.
  package init?(
    _ values: [Float], columns f: Int, count wanted: Int, _ workers: WorkerPool, isCancelled: () -> Bool
  ) {
    let n = values.count / f
    precondition(n > 0 && values.count == n * f && min(n, f) <= Self.most, "\(values.count) values, \(f) columns")
    let d = max(1, min(wanted, f, n - 1))
    let centred = Self.centred(values, n, f)
    if isCancelled() { return nil }
    // By columns where they are no more than the rows: sums over rows then go along memory.
    let isTall = f <= n
    let size = isTall ? f : n
    let matrix = Self.products(isTall ? Self.transposed(centred, n, f) : centred, size, isTall ? n : f, workers)
    if isCancelled() { return nil }
    let (squares, vectors) = LinearAlgebra.eigen(matrix, size)
    let order = (0..<d).map { size - 1 - $0 }
    variances = order.map { max(0, squares[$0]) / Double(max(1, n - 1)) }
    var scores = [Double](repeating: 0, count: n * d)
    for (component, place) in order.enumerated() {
      let vector = Array(vectors[place * size..<(place + 1) * size])
      var along: [Double]
      if isTall {
        along = centred.withUnsafeBufferPointer { rows in
          vector.withUnsafeBufferPointer { vector in
            (0..<n).map { Vectors.product(rows.baseAddress! + $0 * f, vector.baseAddress!, f) }
          }
        }
      } else {
        let length = max(0, squares[place]).squareRoot()
        along = vector.map { $0 * length }
      }
      let farthest = along.indices.reduce(0) { abs(along[$1]) > abs(along[$0]) ? $1 : $0 }
      if along[farthest] < 0 { along = along.map { -$0 } }
      for row in 0..<n { scores[row * d + component] = along[row] }
    }
    self.scores = scores
  }

  /// (n, f) less the mean of each column.
  private static func centred(_ values: [Float], _ n: Int, _ f: Int) -> [Double] {
    var means = [Double](repeating: 0, count: f)
    for (place, value) in values.enumerated() { means[place % f] += Double(value) }
    for column in 0..<f { means[column] /= Double(n) }
    return values.enumerated().map { Double($1) - means[$0 % f] }
  }

  private static func transposed(_ rows: [Double], _ n: Int, _ f: Int) -> [Double] {
    var columns = [Double](repeating: 0, count: n * f)
    for row in 0..<n { for column in 0..<f { columns[column * n + row] = rows[row * f + column] } }
    return columns
  }

  /// The products of `size` vectors of `length` numbers with each other, of which those of LAPACK's lower triangle are
  /// computed.
  private static func products(_ vectors: [Double], _ size: Int, _ length: Int, _ workers: WorkerPool) -> [Double] {
    let columns = vectors.withUnsafeBufferPointer { vectors in
      let vectors = vectors.baseAddress!
      return workers.map(size) { a in
        (a..<size).map { b in Vectors.product(vectors + a * length, vectors + b * length, length) }
      }
    }
    return columns.enumerated().flatMap { [Double](repeating: 0, count: $0) + $1 }
  }
}
