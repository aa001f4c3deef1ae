import Artifacts
package import Space
package import Stores

/// One garbage collection of a store: planned, shown, and then carried out as far as it still holds.
package struct GarbageCollection {
  package let census: Census
  package let plan: EvictionPlan
  /// Runs whose logs go too, and the bytes of these.
  package let logs: (runs: [String], bytes: Int)
  private let store: Store
  private let survey: RootSurvey
  private let now: Int64
  private let grace: Int64
  /// The needs when the plan was made, and the signs of life from just before.
  private let known: (signs: [String], reach: Reach)

  /// Seconds for which new or touched files are left alone: from writing an object to naming it in a record.
  package static let grace = 3600.0

  /// Looks at all of `store`. `grace` is in seconds; for the rest see `RootSurvey`.
  package init(
    store: Store, goal: EvictionPlan.Goal, keepDays: Int, keepsNewest: Bool, keepRuns: Int, grace: Double
  ) throws {
    self.store = store
    // A number of any size, and bounded so that no time before it overflows.
    self.grace = min(Int64(saturating: grace * 1e9), Int64.max / 2)
    survey = RootSurvey(store: store, keepDays: keepDays, keepsNewest: keepsNewest, keepRuns: keepRuns)
    // The time comes first: a file that is made while this looks is new.
    now = try store.now()
    let signs = try store.signsOfLife()
    census = try store.census()
    let reach = try Reach(survey.roots(now: now), census: census, store: store)
    plan = store.evictionPlan(census, reach, goal: goal, now: now, grace: self.grace)
    logs = (survey.expired, try survey.expired.reduce(0) { try $0 + store.bytes(ofRun: $1) })
    known = (signs, reach)
  }

  /// Removes what the plan says and nobody needs by now. Returns the bytes that were freed.
  package func carryOut() throws -> Int {
    var (signs, reach) = known
    var freed = try store.carryOut(plan, limit: now - grace) {
      let seen = try store.signsOfLife()
      if seen != signs {
        reach = try Reach(survey.roots(now: now), census: census, store: store)
        signs = seen
      }
      return reach
    }
    for run in logs.runs {
      let bytes = try store.bytes(ofRun: run)
      if try store.remove(run: run) { freed += bytes }
    }
    return freed
  }
}
