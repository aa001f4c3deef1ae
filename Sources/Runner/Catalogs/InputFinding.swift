import Artifacts
import Files
import Plans
import Stores
package import YAML

/// A fault of an input of the pipeline, and the place that names the input.
package struct InputFinding: Error, Sendable, CustomStringConvertible {
  package let position: Position
  package let message: String
  /// A warning stops nothing, and comes with an error.
  package let isWarning: Bool
  /// The number of places of the input that it speaks of.
  package let count: Int

  package init(position: Position, message: String, isWarning: Bool = false, count: Int = 1) {
    self.position = position
    self.message = message
    self.isWarning = isWarning
    self.count = count
  }

  /// A format's finding about an input.
  init(_ problem: InputProblem, of input: Plan.Input) {
    self.init(
      position: problem.option.flatMap { input.optionPositions[$0] } ?? input.position, message: problem.message,
      isWarning: problem.isWarning, count: problem.count)
  }

  /// The finding for a person, at the place in the pipeline file.
  package var diagnostic: Diagnostic {
    Diagnostic(isWarning ? .warning : .error, message, at: Span(position, length: 1), count: count)
  }

  package var description: String { "\(position): error: \(message)" }

  /// The finding about the file that is read from `path`, if `error` is about that.
  static func of(_ error: any Error, reading path: String, _ position: Position) -> InputFinding? {
    switch error {
    case let finding as InputFinding: finding
    case let error as InputError: InputFinding(position: position, message: "\(error)")
    case let error as StoreError where error.isAbout(path): InputFinding(position: position, message: "\(error)")
    default: nil
    }
  }
}
