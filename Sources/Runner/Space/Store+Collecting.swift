internal import Artifacts
import Files
import Stores

/// Carrying out an `EvictionPlan`.
extension Store {
  /// Objects between two looks at the needs.
  private static let batch = 256

  /// Nanoseconds after which a file in `quarantine/` goes: a week, longer than anybody would look for the cause.
  static let leftoverAge: Int64 = 7 * 86_400 * 1_000_000_000

  /// The plan to remove files that nobody needs, as far as the goal asks for it, and that have not been touched
  /// for `grace` nanoseconds.
  package func evictionPlan(
    _ census: Census, _ reach: Reach, goal: EvictionPlan.Goal, now: Int64, grace: Int64
  ) -> EvictionPlan {
    EvictionPlan(census, reach, goal: goal, now: now, grace: grace, leftoverAge: Self.leftoverAge)
  }

  /// Removes the items of the plan, less those that `reach`, asked again and again, says are needed by now,
  /// and less those that were touched after `limit`. Returns the bytes that were freed.
  ///
  /// Between the last look and a removal somebody may still begin to need an object. They find it missing then and have
  /// it computed again.
  package func carryOut(_ plan: EvictionPlan, limit: Int64, reach: () throws -> Reach) throws -> Int {
    var freed = 0
    var batch: [Digest] = []
    func flush() throws {
      let reach = try reach()
      freed += try evict(batch.filter { reach.objects[$0] == nil }) { _, holding in holding.time > limit }
      batch = []
    }
    let folders = Dictionary(grouping: try stateFolders(), by: \.step)
    for item in plan.items {
      batch += item.objects
      if batch.count >= Self.batch { try flush() }
      if let leftover = item.leftover {
        freed += try free("\(root)/\(leftover)")
      }
      if let training = item.training {
        for place in folders[training] ?? [] {
          let holding = try folder.holding(place.path)
          guard holding.time <= limit, try reach().keys[training] == nil else { continue }
          freed += try free(place.path)
        }
      }
    }
    try flush()
    try close()
    try merge()
    return freed
  }

  /// Removes a file or a folder; returns the bytes that were freed: files of another user may stay.
  private func free(_ path: String) throws(StoreError) -> Int {
    let before = try folder.holding(path).bytes
    return try files.removeAll(path) ? before : max(0, before - folder.holding(path).bytes)
  }
}
