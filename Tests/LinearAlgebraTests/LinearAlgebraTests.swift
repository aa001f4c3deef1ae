import Foundation
import LinearAlgebra
import Testing

/// Factorisations by their properties and against numpy: `Goldens/make_algebra_goldens.py`.
@Suite struct LinearAlgebraTests {
  struct Golden: Decodable, Sendable, CustomTestStringConvertible {
    let rows: Int
    let columns: Int
    /// L, column by column.
    let cholesky: [Double]
    let eigenvalues: [Double]
    let leastSquares: [Double]
    var testDescription: String { "\(rows) x \(columns)" }
  }

  /// A case of the script: A (rows, columns), b (rows), and A^T A + I / 2.
  struct Case {
    let golden: Golden
    let a: [Double]
    let b: [Double]
    let square: [Double]
  }

  static let cases: [Case] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Goldens/algebra.json")
    var state: UInt64 = 12345
    func numbers(_ count: Int) -> [Double] {
      (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) * 0x1p-52 - 1
      }
    }
    return try! JSONDecoder().decode([Golden].self, from: Data(contentsOf: file)).map { golden in
      let (rows, n) = (golden.rows, golden.columns)
      let (a, b) = (numbers(rows * n), numbers(rows))
      let square = (0..<(n * n)).map { place in
        let (column, row) = (place / n, place % n)
        let sum = (0..<rows).reduce(0.0) { $0 + a[row * rows + $1] * a[column * rows + $1] }
        return sum + (row == column ? 0.5 : 0)
      }
      return Case(golden: golden, a: a, b: b, square: square)
    }
  }()

  private func expectClose(_ found: [Double], _ expected: [Double], _ tolerance: Double = 1e-10) {
    #expect(found.count == expected.count)
    for (a, b) in zip(found, expected) { #expect(abs(a - b) < tolerance * (1 + abs(b)), "\(a) \(b)") }
  }

  /// A B^T of matrices of n rows, column by column.
  private func product(_ a: [Double], _ b: [Double], _ n: Int) -> [Double] {
    (0..<(n * n)).map { place in
      stride(from: 0, to: a.count, by: n).reduce(0) { $0 + a[$1 + place % n] * b[$1 + place / n] }
    }
  }

  @Test(arguments: cases) func `a Cholesky factor is numpy's, and its square the matrix`(_ test: Case) throws {
    let n = test.golden.columns
    let factor = try #require(LinearAlgebra.cholesky(test.square, n))
    expectClose(factor, test.golden.cholesky)
    expectClose(product(factor, factor, n), test.square)
    var indefinite = test.square
    indefinite[n * n - 1] = -1
    #expect(LinearAlgebra.cholesky(indefinite, n) == nil)
  }

  @Test(arguments: cases) func `eigenvectors are orthogonal, and give the matrix with its eigenvalues`(
    _ test: Case
  ) throws {
    let n = test.golden.columns
    let (values, vectors) = LinearAlgebra.eigen(test.square, n)
    expectClose(values, test.golden.eigenvalues)
    #expect(values == values.sorted())
    expectClose(product(vectors, vectors, n), (0..<(n * n)).map { $0 % (n + 1) == 0 ? 1 : 0 })
    expectClose(product(vectors.indices.map { vectors[$0] * values[$0 / n] }, vectors, n), test.square)
  }

  @Test(arguments: cases) func `least squares are numpy's, and their residual is orthogonal to the columns`(
    _ test: Case
  ) throws {
    let (rows, n) = (test.golden.rows, test.golden.columns)
    let x = try #require(LinearAlgebra.leastSquares(test.a, test.b, columns: n))
    expectClose(x, test.golden.leastSquares, 1e-8)
    let residual = (0..<rows).map { row in (0..<n).reduce(-test.b[row]) { $0 + test.a[$1 * rows + row] * x[$1] } }
    for column in 0..<n {
      #expect(abs((0..<rows).reduce(0.0) { $0 + test.a[column * rows + $1] * residual[$1] }) < 1e-9)
    }
  }

  @Test func `dependent columns have no least squares`() {
    #expect(LinearAlgebra.leastSquares([1, 2, 3, 2, 4, 6], [1, 1, 1], columns: 2) == nil)
    #expect(LinearAlgebra.leastSquares([0, 0], [1, 1], columns: 1) == nil)
  }

  @Test func `the library says its version`() {
    #expect(LinearAlgebra.version.wholeMatch(of: #/reference-\d+\.\d+\.\d+/#) != nil)
  }
}
