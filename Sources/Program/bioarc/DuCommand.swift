import ArgumentParser
import Scheduling
import Stores

/// `bioarc du`
struct DuCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "du", abstract: "Show what takes how much space in a store, by stage.",
    discussion: """
      'to recompute' is what all results of a stage took together. Bytes that several results share are counted once, at
      the result that makes them again in the shortest time.

      Example:
        bioarc du --store cache
      """)

  @OptionGroup var options: StoreOptions
  @Flag(help: "Print as JSON.") var json = false

  func run() throws {
    let usage = SpaceUsage(try options.open().census())
    if json { return try printJSON(usage) }
    var table = Table(
      ["stage", "results", "records", "objects", "states", "to recompute"], right: [1, 2, 3, 4, 5])
    for row in usage.stages {
      table.add([
        row.stage, "\(row.results)", Words.size(row.recordBytes), Words.size(row.objectBytes),
        Words.size(row.stateBytes), Words.seconds(row.seconds),
      ])
    }
    let rest = [
      ("inputs", usage.inputBytes), ("unreferenced", usage.unreferencedBytes), ("left over", usage.leftoverBytes),
    ]
    for (name, bytes) in rest where bytes > 0 { table.add(["(\(name))", ".", ".", Words.size(bytes), ".", "."]) }
    Terminal.print(table.text)
    Terminal.print("\(Words.bytes(usage.bytes)) in all; \(Words.seconds(usage.seconds)) to recompute")
  }
}

/// What takes how much space in a store.
struct SpaceUsage: Encodable {
  struct Stage: Encodable {
    let stage: String
    var results = 0
    /// Bytes of records, with small contents.
    var recordBytes = 0
    var objectBytes = 0
    /// Bytes of saved states of trainings.
    var stateBytes = 0
    /// What all results took.
    var seconds = 0.0
  }

  /// Ascending by name.
  let stages: [Stage]
  var inputBytes = 0
  var unreferencedBytes = 0
  var leftoverBytes = 0
  let bytes: Int
  let seconds: Double

  init(_ census: Census) {
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

extension Words {
  /// As `bytes`, and a dot for none: for tables.
  static func size(_ value: Int) -> String { value == 0 ? "." : bytes(value) }
}
