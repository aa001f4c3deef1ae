/// Values with mean 0 and deviation 1 over train, and back.
package struct Standardization: Sendable {
  package let mean: Double
  /// The deviation of the population; 1 where it is 0.
  package let deviation: Double

  package init(mean: Double, deviation: Double) { (self.mean, self.deviation) = (mean, deviation) }

  package init(_ values: [Double]) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    self.mean = mean
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    deviation = variance > 0 ? variance.squareRoot() : 1
  }

  package func standard(_ value: Double) -> Float { Float((value - mean) / deviation) }
  package func original(_ value: Double) -> Double { value * deviation + mean }
}
