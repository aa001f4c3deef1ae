import Foundation
import TestSupport
import Testing

/// The built-in baseline beside the example of an own stage, which does the same in Python with scikit-learn: what both
/// reach, and how long both take. With BIOARC_STRESS on all nine tasks of GUE, else on a small one.
@Suite(.serialized) struct BaselinePeerTests {
  private static let tasks = ["tata": "prom/prom_core_tata"].merging(
    ProcessInfo.processInfo.environment["BIOARC_STRESS"] == "1"
      ? [
        "tf0": "tf/0", "tf1": "tf/1", "tf2": "tf/2", "tf3": "tf/3", "tf4": "tf/4", "all": "prom/prom_core_all",
        "notata": "prom/prom_core_notata", "tata300": "prom/prom_300_tata",
      ] : [:]
  ) { $1 }

  /// The MCC on test of a stage's step, which is run, and the seconds of the run.
  private func measured(_ lab: Lab, _ stage: String, _ task: String) throws -> (mcc: Double, seconds: Double) {
    let path = lab.workspace.path("bin") + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
    let (step, start) = ("\(stage)[task=\(task)]", Date())
    let stages = ["--stages", Repository.root.path + "/stages"]
    let execution = try Workspace.finish(
      lab.workspace.process(
        ["run", "pipelines/small.yaml", "--only", step] + stages, environment: ["PATH": path]))
    let seconds = Date().timeIntervalSince(start)
    #expect(execution.status == 0, "\(execution.errors)")
    let text = try lab.bioarc("cat", step + ".metrics", stages[0], stages[1]).output
    let document = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let split = try #require((document["metrics"] as? [String: Any])?["test"] as? [String: Any])
    let entry = (split["entries"] as? [[String: Any]])?.first { $0["metric"] as? String == "mcc" }
    return (try #require((entry?["estimate"] as? [String: Double])?["value"]), seconds)
  }

  @Test(.enabled(if: KmerBaselineTests.python != nil && KmerBaselineTests.data != nil))
  func `the baseline is as good as scikit-learn's, and faster`() throws {
    let inputs = Self.tasks.sorted { $0.key < $1.key }.map { name, path in
      "      \(name): { path: '\(KmerBaselineTests.data!.path)/gue/\(path)', kind: labelled-sequences, format: gue }\n"
    }
    let lab = try Lab(
      "bioarc: 1\nname: small\ninputs:\n  tasks:\n    axis: task\n    items:\n" + inputs.joined()
        + "stages:\n  ours: { stage: baseline, in: { task: $tasks } }\n"
        + "  python: { stage: kmer-baseline, in: { task: $tasks } }\n")
    try lab.workspace.write("bin/python3", "#!/bin/sh\nexec '\(KmerBaselineTests.python!)' \"$@\"\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: lab.workspace.path("bin/python3"))
    for task in Self.tasks.keys.sorted() {
      let (ours, python) = (try measured(lab, "ours", task), try measured(lab, "python", task))
      print(
        String(
          format: "figure: baseline of %@: MCC %.1f in %.2f s, scikit-learn %.1f in %.1f s: %+.1f points, %.0f times",
          task, 100 * ours.mcc, ours.seconds, 100 * python.mcc, python.seconds, 100 * (ours.mcc - python.mcc),
          python.seconds / ours.seconds))
      #expect(ours.mcc > python.mcc - 0.03, "\(task)")
    }
  }
}
