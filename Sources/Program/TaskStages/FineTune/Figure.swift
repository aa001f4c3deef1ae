package import Artifacts
import Inputs
import ModelStages
import Rankings
import Tables
import Wording

/// How a training came out, as one line says it.
package struct Figure: Sendable {
  /// `dev mcc 0.812 (0.750 to 0.874)`
  package let text: String
  /// The thing that was measured, as `dev mcc`: figures of one measure can be compared.
  package let measure: String
  package let value: Double?
  package let higherIsBetter: Bool
  /// False for a loss per token or a pseudo-likelihood, of which two tokenizers have different ones.
  package let hasBest: Bool

  /// The figure of metrics or of a history; nil where `artifact` is neither, or a history without a step.
  package init?(_ artifact: any InputArtifact) throws {
    switch artifact.reference.kind {
    case .metrics: self.init(try JSONArtifact.decode(MetricsDocument.self, artifact.bytes()).metrics)
    case .history: self.init(try JSONArtifact.decode(TrainingHistory.self, artifact.bytes()))
    default: return nil
    }
  }

  private init(_ metrics: Metrics) {
    let estimate = metrics.dev[metrics.primary] ?? Estimate(nil)
    measure = "dev \(metrics.primary.rawValue)"
    value = estimate.value
    (higherIsBetter, hasBest) = (metrics.higherIsBetter, true)
    text =
      value == nil
      ? "\(measure) is not defined"
      : "\(measure) \(TableCell.estimate(value, estimate.low, estimate.high).text)"
  }

  private init?(_ history: TrainingHistory) {
    higherIsBetter = false
    let bits = history.heldOut.compactMap { point in point.bits.map { (point.architecture, $0) } }
    let losses = history.heldOut.map { ($0.architecture, $0.loss) }
    let objective = PretrainObjective.named(history.objective)
    hasBest = !bits.isEmpty && objective?.asksAtRandom != true
    let (points, unit) =
      bits.isEmpty ? (losses, "held-out loss") : (bits, "held-out \(objective?.bits ?? "bits per letter")")
    guard let best = points.min(by: { $0.1 < $1.1 }), let worst = points.max(by: { $0.1 < $1.1 }) else {
      guard let last = history.allPoints.last else { return nil }
      (measure, value) = ("loss", last.loss)
      text = "loss \(Words.fixed(last.loss, 3)) after \(Words.grouped(last.step)) steps"
      return
    }
    (measure, value) = (unit, best.1)
    text =
      points.count == 1
      ? "\(unit) \(Words.fixed(best.1, 3))"
      : "\(unit) \(Words.fixed(best.1, 3)) (\(best.0)) to \(Words.fixed(worst.1, 3)) over \(points.count) "
        + "architectures"
  }
}
