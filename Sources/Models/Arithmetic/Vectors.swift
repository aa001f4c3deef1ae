import CKernels

/// Sums over rows of numbers in double, in an order that depends on their length alone: the same bits everywhere.
package enum Vectors {
  /// The inner product of two vectors, in eight sums side by side.
  package static func product(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
    sum(count, { eight(a + $0) * eight(b + $0) }, { a[$0] * b[$0] })
  }

  /// The inner product of a vector of `Float` and one of `Double`.
  package static func product(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
    sum(count, { SIMD8<Double>(eight(a + $0)) * eight(b + $0) }, { Double(a[$0]) * b[$0] })
  }

  /// The inner product of two vectors of `Float`.
  package static func product(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Double {
    sum(count, { SIMD8<Double>(eight(a + $0)) * SIMD8<Double>(eight(b + $0)) }, { Double(a[$0]) * Double(b[$0]) })
  }

  /// The squared Euclidean distance of two vectors.
  package static func squaredDistance(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
    sum(
      count,
      {
        let difference = eight(a + $0) - eight(b + $0)
        return difference * difference
      }, { (a[$0] - b[$0]) * (a[$0] - b[$0]) })
  }

  package static func product(_ a: [Double], _ b: [Double]) -> Double {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { a.isEmpty ? 0 : product(a.baseAddress!, $0.baseAddress!, a.count) }
    }
  }

  /// a += factor * b.
  package static func add(_ factor: Double, _ b: [Double], to a: inout [Double]) {
    a.withUnsafeMutableBufferPointer { a in
      b.withUnsafeBufferPointer { b in for i in 0..<a.count { a[i] += factor * b[i] } }
    }
  }

  /// Adds X W to Y, row by row R x M, with W K x M; element (r, k) of X is x[r * row + k * step]. Sums are made in the
  /// order of k.
  package static func addProducts(
    _ x: UnsafePointer<Float>, row: Int, step: Int, times w: UnsafePointer<Double>,
    to y: UnsafeMutablePointer<Double>, rows: Int, terms: Int, columns: Int
  ) {
    kernel_add_products(x, Int64(row), Int64(step), w, y, Int64(rows), Int64(terms), Int64(columns))
  }

  /// The sum over eight places at a time, then over those that are left.
  @inline(__always) private static func sum(
    _ count: Int, _ eight: (Int) -> SIMD8<Double>, _ one: (Int) -> Double
  ) -> Double {
    var sums = SIMD8<Double>()
    let whole = count & ~7
    for i in stride(from: 0, to: whole, by: 8) { sums += eight(i) }
    var sum = sums.sum()
    for i in whole..<count { sum += one(i) }
    return sum
  }

  @inline(__always) private static func eight<Number: SIMDScalar>(
    _ place: UnsafePointer<Number>
  ) -> SIMD8<Number> {
    UnsafeRawPointer(place).loadUnaligned(as: SIMD8<Number>.self)
  }
}
