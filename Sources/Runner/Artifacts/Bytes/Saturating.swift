/// Arithmetic on numbers from outside, which may be of any size: it stays at the largest and the smallest integer, and
/// does not end the process.
extension FixedWidthInteger where Self: SignedInteger {
  /// `value` without its fraction; 0 where it is no number.
  package init(saturating value: Double) {
    self = value.isNaN ? 0 : Self(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
  }

  /// The product, or the bound that it would exceed.
  package func multiplied(saturatingBy other: Self) -> Self {
    let (product, hasOverflow) = multipliedReportingOverflow(by: other)
    return hasOverflow ? ((self < 0) == (other < 0) ? .max : .min) : product
  }

  /// The sum, or the bound that it would exceed.
  package func added(saturatingTo other: Self) -> Self {
    let (sum, hasOverflow) = addingReportingOverflow(other)
    return hasOverflow ? (other < 0 ? .min : .max) : sum
  }
}
