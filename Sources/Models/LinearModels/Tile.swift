/// Four rows of four sums in registers: each is made in the order of its terms, so that the bits are those of a loop over
/// one of them.
struct Tile {
  private typealias Sums = SIMD4<Double>
  private var a: Sums
  private var b: Sums
  private var c: Sums
  private var d: Sums

  /// The sums so far, the first of the rows at `sums`.
  @inline(__always) init(_ sums: UnsafePointer<Double>, rowsApart: Int) {
    a = Self.load(sums)
    b = Self.load(sums + rowsApart)
    c = Self.load(sums + 2 * rowsApart)
    d = Self.load(sums + 3 * rowsApart)
  }

  /// Adds to each row its own value, which are so far apart, times four factors.
  @inline(__always) mutating func add(
    _ values: UnsafePointer<Float>, apart: Int, times factors: UnsafePointer<Double>
  ) {
    let factors = Self.load(factors)
    a += Sums(repeating: Double(values[0])) * factors
    b += Sums(repeating: Double(values[apart])) * factors
    c += Sums(repeating: Double(values[2 * apart])) * factors
    d += Sums(repeating: Double(values[3 * apart])) * factors
  }

  @inline(__always) func write(_ sums: UnsafeMutablePointer<Double>, rowsApart: Int) {
    for (row, sum) in [a, b, c, d].enumerated() {
      UnsafeMutableRawPointer(sums + row * rowsApart).storeBytes(of: sum, as: Sums.self)
    }
  }

  private static func load(_ numbers: UnsafePointer<Double>) -> Sums {
    UnsafeRawPointer(numbers).loadUnaligned(as: Sums.self)
  }

  /// Calls `body` with the first row and output of each tile, and `others` with rows and outputs that fill none.
  @inline(__always) static func forEach(
    _ rows: Range<Int>, outputs: Int, _ body: (_ row: Int, _ output: Int) -> Void,
    others: (_ row: Int, _ outputs: Range<Int>) -> Void
  ) {
    let whole = outputs / 4 * 4
    for row in stride(from: rows.lowerBound, through: rows.upperBound - 4, by: 4) {
      for output in stride(from: 0, to: whole, by: 4) { body(row, output) }
      if whole < outputs { for row in row..<row + 4 { others(row, whole..<outputs) } }
    }
    for row in rows.suffix(rows.count % 4) { others(row, 0..<outputs) }
  }
}
