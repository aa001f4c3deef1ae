import Artifacts
import Testing

@testable import Sharing

/// Results that another lab claims, computed again.
@Suite struct ReproductionTests {
  private static let metrics = ArtifactKind("metrics")

  private static func record(_ text: String, weights: String = "w", kernel: String = "avx2") -> ResultRecord {
    let output = { (kind: ArtifactKind, text: String) -> ResultRecord.Output in
      let bytes = Array(text.utf8), digest = Digest.of(bytes)
      return .init(
        artifact: .init(kind: kind, format: "", options: [:], layout: .file, digest: digest, size: bytes.count),
        manifest: nil, inline: [digest: bytes])
    }
    return Plant.record(
      .outputs(["metrics": output(metrics, text), "weights": output(ArtifactKind("weights"), weights)]),
      environment: ["kernel": kernel])
  }

  private func outcome(_ own: ResultRecord, _ theirs: ResultRecord, _ tolerance: Double? = 0.001) -> Reproduction {
    Reproduction(own, theirs.claimed(by: "lab-a", .zero), tolerance: tolerance, figures: Self.metrics) {
      $0.inline[$0.artifact.digest]
    }
  }

  @Test func `figures agree within the tolerance in another environment alone`() {
    let own = Self.record(#"{"mcc": 0.5, "rows": 200, "name": "a", "deep": [{"loss": 1000}]}"#)
    let near = #"{"mcc": 0.5009, "rows": 200, "name": "a", "deep": [{"loss": 1000.9}]}"#
    #expect(outcome(own, own) == .same)
    #expect(outcome(own, Self.record(near, weights: "v", kernel: "neon")) == .agrees(within: 0.001))
    #expect(outcome(own, Self.record(near)) == .differs(elsewhere: false), "in the same environment nothing may differ")
    #expect(outcome(own, Self.record(near, kernel: "neon"), nil) == .differs(elsewhere: true))
    for far in [
      #"{"mcc": 0.502, "rows": 200, "name": "a", "deep": [{"loss": 1000}]}"#,
      #"{"mcc": 0.5, "rows": 201, "name": "a", "deep": [{"loss": 1000}]}"#,
      #"{"mcc": 0.5, "rows": 200, "name": "b", "deep": [{"loss": 1000}]}"#,
      #"{"mcc": 0.5, "rows": 200, "name": "a", "deep": [{"loss": 1002}]}"#,
      #"{"mcc": 0.5, "rows": 200, "name": "a", "deep": []}"#, #"{"mcc": 0.5, "rows": 200, "name": "a"}"#,
      #"{"auc": 0.5, "rows": 200, "name": "a", "deep": [{"loss": 1000}]}"#, "no document", #"{"mcc": null}"#,
    ] {
      #expect(outcome(own, Self.record(far, kernel: "neon")) == .differs(elsewhere: true), "\(far)")
    }
    let failure = Plant.record(.failure(code: "diverged", message: ""), environment: ["kernel": "neon"])
    #expect(outcome(own, failure) == .differs(elsewhere: true))
  }

  @Test func `other outputs alone are no figures that agree`() {
    let plain = { (text: String, kernel: String) in
      Plant.record(.outputs(["out": Plant.file(Array(text.utf8), inline: true)]), environment: ["kernel": kernel])
    }
    #expect(outcome(plain("1", "avx2"), plain("2", "neon")) == .differs(elsewhere: true))
  }
}
