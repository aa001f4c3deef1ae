package import Artifacts
import Spaces
import Training

/// The `history` artifact: the mean loss of every ten steps, and how each path does on the held-out split at the end.
package struct TrainingHistory: Codable {
  /// The mean loss of ten steps, with the learning rate and the norm of the gradient before clipping of the last of
  /// them; stage versions before 6 have the loss alone.
  package struct Point: Codable {
    package let step: Int
    package let loss: Double
    package var rate: Double?
    package var gradientNorm: Double?
  }
  /// Numbers that are absent are those that do not apply. The first token of a piece has nothing before it: next-token
  /// prediction counts neither the token nor its letters.
  package struct HeldOutPoint: Codable {
    package let architecture: String
    /// Numbers that the path trains, embedding and head included; absent before stage version 7.
    package let parameters: Int?
    /// Nats per token that had to be named (for `cl`, per view), and the share that was named first.
    package let loss: Double
    let accuracy: Double
    let tokens: Int
    /// Letters that those tokens stand for.
    let letters: Int?
    /// e^loss, and bits per base or per residue.
    let perplexity: Double?
    let bitsPerLetter: Double?
    /// These two over masked tokens, whose likelihoods given all others make no likelihood of a sequence. Histories of
    /// stage versions before 4 have them under the names above.
    let pseudoPerplexity: Double?
    let pseudoBitsPerLetter: Double?

    /// Bits per letter under either name.
    package var bits: Double? { bitsPerLetter ?? pseudoBitsPerLetter }

    init(_ architecture: Architecture, _ result: HeldOut, _ objective: PretrainObjective) {
      self.architecture = architecture.text
      parameters = result.parameters
      loss = result.loss
      accuracy = result.accuracy
      tokens = result.tokens
      letters = result.letters > 0 ? result.letters : nil
      let perplexity = result.letters > 0 ? HeldOut.perplexity(loss: result.loss) : nil
      let isPseudo = objective.asksAtRandom
      (self.perplexity, pseudoPerplexity) = isPseudo ? (nil, perplexity) : (perplexity, nil)
      (bitsPerLetter, pseudoBitsPerLetter) = isPseudo ? (nil, result.bitsPerLetter) : (result.bitsPerLetter, nil)
    }
  }

  /// Letters of the training's batches that no token of the input told.
  struct Hidden: Codable {
    private(set) var letters: Int
    /// All known letters of the batches, each counted once per batch.
    private(set) var all: Int
    private(set) var share: Double

    init(_ count: HiddenLetters) {
      (letters, all) = (count.hidden, count.all)
      share = Double(letters) / Double(all)
    }

    func adding(_ count: HiddenLetters) -> Hidden {
      Hidden(HiddenLetters(hidden: letters + count.hidden, all: all + count.all))
    }
  }

  static let interval = 10
  static let fileName = "history.json"

  /// The name of the objective; absent: masked modelling.
  package var objective: String?
  var points: [Point] = []
  /// The steps since the last point.
  var pending: [Double] = []
  package var heldOut: [HeldOutPoint] = []
  /// Absent: the objective hides none, or the history is of a stage version before 4.
  private(set) var hidden: Hidden?
  /// Sequences that there is nothing to learn from; absent: none.
  var leftOut: Int?
  /// Floating-point operations of all steps (`PathOperations`); absent before stage version 6, and before 7 six for
  /// each parameter and token.
  private(set) package var operations: Double?
  /// Tokens of the batches of all steps; absent before stage version 7.
  private(set) package var trained: Int?

  init(_ objective: PretrainObjective) {
    self.objective = objective.name == PretrainObjective.all[0].name ? nil : objective.name
  }

  /// Takes the loss of a finished step; returns the point that it completes.
  mutating func add(_ report: StepReport) -> Point? {
    pending.append(report.loss)
    operations = (operations ?? 0) + report.operations
    trained = (trained ?? 0) + report.tokens
    if let count = report.hidden { hidden = hidden?.adding(count) ?? Hidden(count) }
    guard report.step % Self.interval == 0 else { return nil }
    let point = Point(
      step: report.step, loss: pending.reduce(0, +) / Double(pending.count), rate: report.rate,
      gradientNorm: report.gradientNorm)
    points.append(point)
    pending = []
    return point
  }

  /// The objective and the unit of its loss; losses of other objectives are other numbers.
  package var lossName: String {
    let known = PretrainObjective.named(objective)
    return [known?.name ?? objective, known?.unit ?? "nats"].compactMap(\.self).joined(separator: ", ")
  }

  /// The points, and one of what has been since the last.
  package var allPoints: [Point] {
    pending.isEmpty ? points : points + [Point(step: (points.last?.step ?? 0) + pending.count, loss: recentLoss)]
  }

  /// For the live line.
  var recentLoss: Double { pending.isEmpty ? points.last?.loss ?? 0 : pending.reduce(0, +) / Double(pending.count) }
}

extension ArtifactKind {
  /// The course of a training: losses at steps.
  package static let history = ArtifactKind("history")
}
