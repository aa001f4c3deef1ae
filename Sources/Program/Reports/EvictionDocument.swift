package import Running
package import Space
import Stores

/// The document that `gc --json` prints.
package struct EvictionDocument: Encodable {
  package struct Row: Encodable {
    package let what: String
    package let stage: String?
    package var number = 0
    package var bytes = 0
    package var seconds = 0.0

    /// One row for each kind of thing and stage, the one that frees most first.
    package static func rows(_ items: [EvictionPlan.Item]) -> [Row] {
      var rows: [EvictionPlan.Group: Row] = [:]
      for item in items {
        var row = rows[item.group] ?? Row(item.group)
        row.number += 1
        row.bytes += item.bytes
        row.seconds += item.seconds
        rows[item.group] = row
      }
      return rows.values.sorted { ($1.bytes, $0.what, $0.stage ?? "") < ($0.bytes, $1.what, $1.stage ?? "") }
    }

    private init(_ group: EvictionPlan.Group) {
      switch group {
      case .results(let stage): (what, self.stage) = ("results", stage.isEmpty ? nil : stage)
      case .states(let stage): (what, self.stage) = ("states", stage.isEmpty ? nil : stage)
      case .inputs: (what, stage) = ("inputs", nil)
      case .unreferenced: (what, stage) = ("unreferenced", nil)
      case .leftovers: (what, stage) = ("left over", nil)
      }
    }
  }

  struct Kept: Encodable {
    let because: String
    let results: Int
    let bytes: Int
  }

  let goes: [Row]
  /// Runs whose logs go.
  let runs: [String]
  let bytes: Int
  let seconds: Double
  let kept: [Kept]
  /// Bytes that nobody needs and that may stay for the goal.
  let left: Int
  /// Bytes that the goal asks for beyond all that nobody needs.
  let missing: Int
  let removed: Bool
  let freed: Int

  package init(_ collection: GarbageCollection, removed: Bool, freed: Int) {
    let plan = collection.plan
    goes = Row.rows(plan.items)
    runs = collection.logs.runs
    bytes = plan.bytes + collection.logs.bytes
    seconds = plan.seconds
    kept = Reach.Reason.allCases.compactMap { reason in
      plan.kept[reason].map { Kept(because: "\(reason)", results: $0.results, bytes: $0.bytes) }
    }
    left = plan.spared.bytes
    missing = plan.missing
    self.removed = removed
    self.freed = freed
  }
}
