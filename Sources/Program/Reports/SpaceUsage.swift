import Files
package import Space
import Stores

/// The space that each part of a store takes.
package struct SpaceUsage: Encodable {
  package struct Stage: Encodable {
    package let stage: String
    package var results = 0
    /// Bytes of records, with small contents.
    package var recordBytes = 0
    package var objectBytes = 0
    /// Bytes of saved states of trainings.
    package var stateBytes = 0
    /// The seconds that all results took.
    package var seconds = 0.0
  }

  /// Ascending by name.
  package let stages: [Stage]
  package var inputBytes = 0
  package var unreferencedBytes = 0
  package var leftoverBytes = 0
  package let bytes: Int
  package let seconds: Double

  package init(_ census: Census) {
    var stages: [String: Stage] = [:]
    let change = { (name: String, change: (inout Stage) -> Void) in
      let shown = name.isEmpty ? "(unknown)" : name
      change(&stages[shown, default: Stage(stage: shown)])
    }
    for step in census.steps.values where step.hasResult {
      change(step.stage) {
        $0.results += 1
        $0.recordBytes += step.recordBytes
        $0.seconds += step.seconds
      }
    }
    for (digest, holding) in census.objects {
      if let maker = census.makers[digest], let step = census.steps[maker] {
        change(step.stage) { $0.objectBytes += holding.bytes }
      } else if census.inputs.contains(digest) {
        inputBytes += holding.bytes
      } else {
        unreferencedBytes += holding.bytes
      }
    }
    for (training, holding) in census.states {
      change(census.steps[training]?.stage ?? "") { $0.stateBytes += holding.bytes }
    }
    leftoverBytes = census.leftovers.values.reduce(0) { $0 + $1.bytes }
    bytes = census.bytes
    self.stages = stages.values.sorted { $0.stage < $1.stage }
    seconds = self.stages.reduce(0) { $0 + $1.seconds }
  }
}
