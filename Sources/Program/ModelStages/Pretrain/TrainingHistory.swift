package import Artifacts
import Spaces
import Training

/// The `history` artifact: the mean loss of every ten steps, and how each path does on the held-out split at the end.
struct TrainingHistory: Codable {
  struct Point: Codable {
    let step: Int
    let loss: Double
  }
  /// Numbers that are absent are those that do not apply. The first token of a piece has nothing before it: next-token
  /// prediction counts neither the token nor its letters.
  struct HeldOutPoint: Codable {
    let architecture: String
    /// Nats per token that had to be named (for `cl`, per view), and the share that was named first.
    let loss: Double
    let accuracy: Double
    let tokens: Int
    /// Letters that those tokens stand for.
    let letters: Int?
    /// e^loss: over masked tokens, a pseudo-perplexity.
    let perplexity: Double?
    /// Bits per base or per residue.
    let bitsPerLetter: Double?

    init(_ architecture: Architecture, _ result: HeldOut) {
      self.architecture = architecture.text
      loss = result.loss
      accuracy = result.accuracy
      tokens = result.tokens
      letters = result.letters > 0 ? result.letters : nil
      perplexity = result.letters > 0 ? HeldOut.perplexity(loss: result.loss) : nil
      bitsPerLetter = result.bitsPerLetter
    }
  }

  static let interval = 10
  static let fileName = "history.json"

  /// The name of the objective; absent: masked modelling.
  var objective: String?
  var points: [Point] = []
  /// The steps since the last point.
  var pending: [Double] = []
  var heldOut: [HeldOutPoint] = []
  /// Sequences that there is nothing to learn from; absent: none.
  var leftOut: Int?

  init(_ objective: PretrainObjective) {
    self.objective = objective.name == PretrainObjective.all[0].name ? nil : objective.name
  }

  /// Takes the loss of a finished step; returns the point that it completes.
  mutating func add(_ report: StepReport) -> Point? {
    pending.append(report.loss)
    guard report.step % Self.interval == 0 else { return nil }
    let point = Point(step: report.step, loss: pending.reduce(0, +) / Double(pending.count))
    points.append(point)
    pending = []
    return point
  }

  /// The points, and one of what has been since the last.
  var allPoints: [Point] {
    pending.isEmpty ? points : points + [Point(step: (points.last?.step ?? 0) + pending.count, loss: recentLoss)]
  }

  /// For the live line.
  var recentLoss: Double { pending.isEmpty ? points.last?.loss ?? 0 : pending.reduce(0, +) / Double(pending.count) }
}

extension ArtifactKind {
  /// The course of a training: losses at steps.
  package static let history = ArtifactKind("history")
}
