import Artifacts
import JSON
import Plans
import Resolving

/// Sums over the steps of a crate, taken while they are listed.
struct Ledger {
  /// Those of one stage of the pipeline.
  struct Tally {
    private(set) var started = Double.infinity
    private(set) var finished = 0.0
    private(set) var results = 0
    private(set) var failures = 0
    private(set) var seconds = 0.0
    /// Results that other labs have computed.
    private(set) var foreign = 0

    mutating func add(_ facts: StepFacts) {
      started = min(started, facts.started)
      finished = max(finished, facts.record.finished)
      results += 1
      seconds += facts.record.duration
      if facts.failure != nil { failures += 1 }
      if !facts.isOwn { foreign += 1 }
    }
  }

  private(set) var all = Tally()
  /// By node, those with a result.
  private(set) var nodes: [Int: Tally] = [:]

  /// Writes the table of all steps and the statements about results that the lab itself has computed.
  init(_ edition: Edition, to folder: CrateFolder) throws {
    var ledger = self
    try folder.write(StepsTable.name) { table in
      try table.write(StepsTable.header)
      try folder.write(StepStatement.name) { statements in
        for step in edition.steps {
          guard let facts = try edition.facts(of: step) else {
            let declaration = edition.resolution.plan.nodes[step.node].declaration
            try table.write(
              StepsTable.row(
                edition.resolution.address(step), stage: declaration.name, version: declaration.version))
            continue
          }
          ledger.all.add(facts)
          ledger.nodes[step.node, default: Tally()].add(facts)
          try table.write(StepsTable.row(facts))
          guard facts.isOwn, let statement = StepStatement.statement(facts) else { continue }
          try statements.write(statement.bytes(.line) + [UInt8(ascii: "\n")])
        }
      }
    }
    self = ledger
  }
}
