/// Sums over two rows of numbers in double, in an order that depends on their length alone: the same bits everywhere.
enum Distances {
  /// The inner product.
  static func product(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Double {
    var sums = SIMD8<Double>()
    let whole = count & ~7
    for i in stride(from: 0, to: whole, by: 8) { sums += SIMD8<Double>(floats(a + i)) * SIMD8<Double>(floats(b + i)) }
    var sum = sums.sum()
    for i in whole..<count { sum += Double(a[i]) * Double(b[i]) }
    return sum
  }

  /// The inner product.
  static func product(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
    var sums = SIMD8<Double>()
    let whole = count & ~7
    for i in stride(from: 0, to: whole, by: 8) { sums += doubles(a + i) * doubles(b + i) }
    var sum = sums.sum()
    for i in whole..<count { sum += a[i] * b[i] }
    return sum
  }

  /// The squared Euclidean distance.
  static func square(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
    var sums = SIMD8<Double>()
    let whole = count & ~7
    for i in stride(from: 0, to: whole, by: 8) {
      let difference = doubles(a + i) - doubles(b + i)
      sums += difference * difference
    }
    var sum = sums.sum()
    for i in whole..<count { sum += (a[i] - b[i]) * (a[i] - b[i]) }
    return sum
  }

  @inline(__always) private static func floats(_ place: UnsafePointer<Float>) -> SIMD8<Float> {
    UnsafeRawPointer(place).loadUnaligned(as: SIMD8<Float>.self)
  }

  @inline(__always) private static func doubles(_ place: UnsafePointer<Double>) -> SIMD8<Double> {
    UnsafeRawPointer(place).loadUnaligned(as: SIMD8<Double>.self)
  }
}
