import Foundation

/// Repetitions of an experiment with a planted truth: a few, and at least a hundred in `make stress`.
package enum Trials {
  package static let isStress = ProcessInfo.processInfo.environment["BIOARC_STRESS"] == "1"

  package static func count(_ few: Int) -> Int { isStress ? max(100, few) : few }

  /// As many hits as chance of this rate has in all but one of some 10,000 campaigns: the mean and 3.7 deviations.
  package static func allowed(_ rate: Double, of trials: Int) -> Int {
    let mean = rate * Double(trials)
    return Int(mean + 3.7 * (mean * (1 - rate)).squareRoot() + 1)
  }
}
