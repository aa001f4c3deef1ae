/// Sums over vectors of numbers in double, in an order that depends on their length alone.
enum Vectors {
  /// The inner product of two vectors, in eight sums side by side.
  static func product(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
    var sums = SIMD8<Double>()
    let whole = count & ~7
    for i in stride(from: 0, to: whole, by: 8) { sums += eight(a + i) * eight(b + i) }
    var sum = sums.sum()
    for i in whole..<count { sum += a[i] * b[i] }
    return sum
  }

  /// The inner product of a vector of `Float` and one of `Double`, in eight sums side by side.
  static func product(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
    var sums = SIMD8<Double>()
    let whole = count & ~7
    for i in stride(from: 0, to: whole, by: 8) {
      let four = UnsafeRawPointer(a + i).loadUnaligned(as: SIMD8<Float>.self)
      sums += SIMD8<Double>(four) * eight(b + i)
    }
    var sum = sums.sum()
    for i in whole..<count { sum += Double(a[i]) * b[i] }
    return sum
  }

  static func product(_ a: [Double], _ b: [Double]) -> Double {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { a.isEmpty ? 0 : product(a.baseAddress!, $0.baseAddress!, a.count) }
    }
  }

  /// a += factor * b.
  static func add(_ factor: Double, _ b: [Double], to a: inout [Double]) {
    a.withUnsafeMutableBufferPointer { a in
      b.withUnsafeBufferPointer { b in for i in 0..<a.count { a[i] += factor * b[i] } }
    }
  }

  private static func eight(_ place: UnsafePointer<Double>) -> SIMD8<Double> {
    UnsafeRawPointer(place).loadUnaligned(as: SIMD8<Double>.self)
  }
}
