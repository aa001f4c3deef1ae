import Wording

/// Round numbers along an axis: multiples of 1, 2 or 5 times a power of ten.
package struct Ticks {
  package let values: [Double]
  private let digits: Int

  /// About `count` values within `range`; `whole`: no fractions.
  package init(_ range: ClosedRange<Double>, count: Int, whole: Bool = false) {
    let raw = max(whole ? 1 : 0, (range.upperBound - range.lowerBound) / Double(max(1, count)))
    var (power, digits) = (1.0, 0)
    while power > raw { (power, digits) = (power / 10, digits + 1) }
    while power * 10 <= raw { (power, digits) = (power * 10, digits - 1) }
    let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= raw } ?? 10 * power
    if step >= 10 * power { digits -= 1 }
    self.digits = max(0, digits)
    var values: [Double] = []
    var multiple = (range.lowerBound / step).rounded(.up)
    // Beyond 2^53 a further one is no other number.
    while multiple * step <= range.upperBound, values.count < 1000 {
      values.append(multiple * step)
      multiple += 1
    }
    self.values = values
  }

  /// The text of a value on the axis, with as many digits as tell neighbours apart.
  package func label(_ value: Double) -> String {
    let text = Words.fixed(value, digits)
    return digits == 0 && abs(value) >= 1000 && abs(value) < 1e15 ? Words.grouped(Int(value)) : text
  }
}
