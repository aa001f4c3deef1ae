import Events
import Stores
import TestSupport
import Testing

@testable import Resolving

/// Runs that are none of the pipeline as its file says.
@Suite struct PurposeTests {
  @Test func `a run tells its purpose, and older logs name it before the pipeline`() throws {
    let scene = try Scene()
    let history = History(store: scene.store)
    for (pipeline, purpose) in [("p", nil), ("p", "bisect"), ("bisect/p", nil)] as [(String, String?)] {
      let log = try scene.store.newRun()
      try log.append(
        .runStarted(pipeline: pipeline, file: "p.yaml", cores: 1, text: nil, settings: [], purpose: purpose))
      let run = try #require(try history.run(log.id))
      #expect(run.pipeline == "p")
      #expect(run.purpose == (purpose == nil && pipeline == "p" ? nil : PastRun.bisection))
    }
  }
}
