/// How the learning rate falls: a factor by step. The steps at which it does are the schedule's own: it never reads how
/// many are planned, so that a training that is extended is the one that was longer from the start.
package enum Schedule: Hashable, Sendable {
  /// No fall.
  case constant
  /// Warm-up, stable, decay (Hu et al. 2024, MiniCPM): 1 until `start` steps are finished, then down to `end` along a
  /// straight line of `steps` steps.
  case linear(start: Int, steps: Int, end: Double)
  /// Half a cosine from 1 at `start` to `end` after `steps` more (Loshchilov & Hutter 2017, SGDR, without restarts).
  case cosine(start: Int, steps: Int, end: Double)

  /// The factor of the step that follows `step` finished ones.
  package func factor(step: Int) -> Double {
    switch self {
    case .linear(let start, let steps, let end) where step > start:
      1 - (1 - end) * Self.progress(step, start, steps)
    case .cosine(let start, let steps, let end) where step > start:
      end + (1 - end) * (1 + Self.cosine(Self.progress(step, start, steps))) / 2
    // Exactly 1: trainings that differ in their falls share what comes before.
    case .constant, .linear, .cosine: 1
    }
  }

  /// How much of the fall lies behind: 0 up to `start`, 1 from `start + steps` on.
  private static func progress(_ step: Int, _ start: Int, _ steps: Int) -> Double {
    min(1, max(0, Double(step - start) / Double(max(1, steps))))
  }

  /// cos(pi x) for x in 0 ... 1, as sin(pi (1/2 - x)) by its Taylor series: the same bits whatever the C library.
  private static func cosine(_ x: Double) -> Double {
    let angle = (0.5 - x) * Double.pi
    var (term, sum) = (angle, angle)
    for k in stride(from: 2, through: 24, by: 2) {
      term *= -angle * angle / Double(k * (k + 1))
      sum += term
    }
    return sum
  }
}
