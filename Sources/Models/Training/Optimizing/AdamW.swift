/// AdamW (Loshchilov & Hutter 2019) with clipping by the global gradient norm, a linear warm-up and a schedule. No part
/// of it reads how many steps are planned.
package struct AdamW: Hashable, Sendable {
  package var rate: Double
  package var beta1: Double
  package var beta2: Double
  package var epsilon: Double
  package var decay: Double
  /// The largest global norm of a step's gradient; larger ones are scaled down to it.
  package var clip: Double
  /// Steps over which the rate rises from rate / warmup to rate.
  package var warmup: Int
  /// The fall of the rate after the warm-up.
  package var schedule: Schedule

  package init(
    rate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, decay: Double = 0.01,
    clip: Double = 1, warmup: Int = 0, schedule: Schedule = .constant
  ) {
    self.rate = rate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.decay = decay
    self.clip = clip
    self.warmup = warmup
    self.schedule = schedule
  }

  /// The rate of the step that follows `step` finished ones.
  package func rate(step: Int) -> Double {
    let rate = rate * schedule.factor(step: step)
    return warmup > 0 && step < warmup ? rate * Double(step + 1) / Double(warmup) : rate
  }
}
