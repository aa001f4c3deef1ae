/// The unit of an axis of time.
struct TimeUnit {
  let seconds: Double
  let name: String

  /// The unit in which a span of so many seconds has a number that is read well.
  init(of span: Double) {
    switch span {
    case ..<300: (seconds, name) = (1, "seconds")
    case ..<18_000: (seconds, name) = (60, "minutes")
    case ..<432_000: (seconds, name) = (3600, "hours")
    default: (seconds, name) = (86_400, "days")
    }
  }

  /// The axis of a run from its beginning on, and its range in this unit.
  static func axis(_ span: Double) -> (unit: TimeUnit, axis: Plot.Axis, range: ClosedRange<Double>) {
    let unit = TimeUnit(of: span)
    let end = span > 0 && span.isFinite ? span / unit.seconds : 1
    return (unit, Plot.Axis("\(unit.name) since the beginning"), 0...end)
  }
}
