import Artifacts
import Resolving
import Stores

/// An earlier run of the pipeline.
final class RunBaseline: Baseline {
  private let past: Past
  private let run: PastRun
  private var kin: [String: [(step: String, facts: StepFacts)]] = [:]

  init(_ past: Past, _ run: PastRun) {
    self.past = past
    self.run = run
  }

  var origin: Reason.Origin { .run(id: run.id, time: run.started) }
  func key(_ name: StepName) -> Digest? { past.key(name, in: run) }

  func facts(_ name: StepName) throws -> StepFacts? {
    guard let key = key(name), let identity = try past.store.identity(key)?.identity else { return nil }
    return StepFacts(identity)
  }

  func kin(ofStage stage: String) throws -> [(step: String, facts: StepFacts)] {
    if let known = kin[stage] { return known }
    let found = try past.keys(ofStage: stage, in: run, limit: 200).compactMap { step, key in
      try past.store.identity(key).map { (step, StepFacts($0.identity)) }
    }
    kin[stage] = found
    return found
  }
}
