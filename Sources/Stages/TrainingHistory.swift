import Artifacts
import Supernets

/// The `history` artifact: the mean loss of every ten steps, and how each path does on the held-out split at the end.
struct TrainingHistory: Codable {
  struct Point: Codable {
    let step: Int
    let loss: Double
  }
  struct HeldOutPoint: Codable {
    let architecture: String
    let loss: Double
    let accuracy: Double
    let tokens: Int
  }

  static let interval = 10
  static let fileName = "history.json"

  var points: [Point] = []
  /// The steps since the last point.
  var pending: [Double] = []
  var heldOut: [HeldOutPoint] = []

  /// Takes the loss of a finished step; returns the point that it completes.
  mutating func add(_ report: StepReport) -> Point? {
    pending.append(report.loss)
    guard report.step % Self.interval == 0 else { return nil }
    let point = Point(step: report.step, loss: pending.reduce(0, +) / Double(pending.count))
    points.append(point)
    pending = []
    return point
  }

  /// For the live line.
  var recentLoss: Double { pending.isEmpty ? points.last?.loss ?? 0 : pending.reduce(0, +) / Double(pending.count) }
}
