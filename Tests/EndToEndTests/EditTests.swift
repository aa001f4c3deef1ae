import Foundation
import TestSupport
import Testing

/// The steps that an edit of the pipeline starts: no false reruns, and no missed ones.
@Suite(.serialized) struct EditTests {
  struct Edit: Sendable, CustomTestStringConvertible {
    let name: String
    let changes: [(old: String, new: String)]
    let started: [String]
    var testDescription: String { name }
  }

  static let edits: [Edit] = [
    Edit(name: "comment", changes: [("name: small", "name: small # of the paper")], started: []),
    Edit(
      name: "key order",
      changes: [("{ steps: 6, batch: 8, length: 32, warm-up: 2 }", "{ warm-up: 2, length: 32, batch: 8, steps: 6 }")],
      started: []),
    Edit(name: "quoting of a string", changes: [("scheme: kmer", "scheme: \"kmer\"")], started: []),
    Edit(name: "1e-3 for 0.001", changes: [("lr: 0.001", "lr: 1e-3")], started: []),
    Edit(name: "a default written out", changes: [("epochs: 1,", "epochs: 1, dropout: 0.1, seed: 0,")], started: []),
    Edit(
      name: "resources",
      changes: [("epochs: 1, lr: 0.001 }", "epochs: 1, lr: 0.001 }\n    resources: { memory: 8GB }")],
      started: []),
    Edit(name: "a renamed pipeline", changes: [("name: small", "name: large")], started: []),
    Edit(
      name: "a renamed stage", changes: [("  supernet:", "  shared:"), ("$supernet.weights", "$shared.weights")],
      started: []),
    Edit(
      name: "a renamed axis",
      changes: [
        ("for: { k: [2, 3] }", "for: { letters: [2, 3] }"), ("k: $k }", "k: $letters }"),
        ("candidate: [k, architecture]", "candidate: [letters, architecture]"),
      ], started: []),
    Edit(
      name: "learning rate of fine-tune", changes: [("lr: 0.001", "lr: 0.002")],
      started: [
        "ranking", "scores[k=2,architecture=c16-c16]", "scores[k=2,architecture=t16]",
        "scores[k=3,architecture=c16-c16]", "scores[k=3,architecture=t16]",
      ]),
    Edit(
      name: "one architecture more in fine-tune's list",
      changes: [("for: { architecture: [c16-c16, t16] }", "for: { architecture: [c16-c16, t16, c16-t32] }")],
      started: ["ranking", "scores[k=2,architecture=c16-t32]", "scores[k=3,architecture=c16-t32]"]),
    Edit(
      name: "a changed k", changes: [("[2, 3]", "[2, 4]")],
      started: [
        "ranking", "scores[k=4,architecture=c16-c16]", "scores[k=4,architecture=t16]", "supernet[k=4]", "tokens[k=4]",
      ]),
    Edit(
      name: "steps raised", changes: [("steps: 6", "steps: 8")],
      started: [
        "ranking", "scores[k=2,architecture=c16-c16]", "scores[k=2,architecture=t16]",
        "scores[k=3,architecture=c16-c16]", "scores[k=3,architecture=t16]", "supernet[k=2]", "supernet[k=3]",
      ]),
  ]

  /// One run of the unedited pipeline, which every edit starts from a copy of.
  static let original: Result<Lab, any Error> = Result {
    let lab = try Lab()
    let events = try lab.run()
    #expect(events.stages == ["promoters", "ranking", "scores", "space", "supernet", "tokens"])
    return lab
  }

  /// A lab with its own copy of the store.
  static func copy() throws -> Lab {
    let lab = try Lab()
    try FileManager.default.copyItem(
      atPath: try original.get().workspace.path("cache"), toPath: lab.workspace.path("cache"))
    return lab
  }

  @Test(arguments: edits) func `an edit starts the steps that it concerns, and no others`(_ edit: Edit) throws {
    let lab = try Self.copy()
    var text = Lab.pipeline
    for (old, new) in edit.changes {
      #expect(text.contains(old), "the edit '\(edit.name)' changes nothing")
      text = text.replacingOccurrences(of: old, with: new)
    }
    try lab.write(text)
    #expect(try lab.run().started == edit.started)
  }

  @Test func `no step is started twice`() throws {
    let lab = try Self.copy()
    let execution = try lab.bioarc("run")
    #expect(execution.status == 0)
    #expect(execution.errors.contains("nothing to run: 11 steps reused"), "\(execution.errors)")
    #expect(execution.output.contains("c16-c16"))
  }

  @Test func `a moved folder and a touched file rerun nothing`() throws {
    let lab = try Self.copy()
    let moved = lab.workspace.path("elsewhere")
    try FileManager.default.createDirectory(atPath: moved, withIntermediateDirectories: true)
    for name in ["pipelines", "cache"] {
      try FileManager.default.moveItem(atPath: lab.workspace.path(name), toPath: moved + "/" + name)
    }
    try FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: moved + "/pipelines/small.yaml")
    let process = lab.workspace.process(["run", "elsewhere/pipelines/small.yaml", "--json"])
    #expect(Events(try Workspace.finish(process).output).started == [])
  }

  @Test func `equal output stops the wave`() throws {
    let lab = try Self.copy()
    #expect(try lab.run(["--force", "tokens"]).started == ["tokens[k=2]", "tokens[k=3]"])
  }

  @Test func `only the new segments are trained`() throws {
    let lab = try Self.copy()
    try lab.write(Lab.pipeline.replacingOccurrences(of: "steps: 6", with: "steps: 8"))
    let events = try lab.run()
    let extended = try lab.digests()
    let steps = events.all.compactMap { ($0["event"] as? [String: Any])?["metric"] as? [String: Any] }
      .filter { ($0["step"] as? String)?.hasPrefix("supernet") == true }.compactMap { $0["at"] as? Int }
    #expect(steps.allSatisfy { $0 > 6 }, "steps already trained were trained again: \(steps)")
    let direct = try Lab(Lab.pipeline.replacingOccurrences(of: "steps: 6", with: "steps: 8"))
    try direct.run()
    #expect(try direct.digests() == extended)
  }

  @Test func `digests do not depend on the number of cores`() throws {
    let one = try Lab()
    try one.run(["-j", "1"])
    #expect(try one.digests() == Self.original.get().digests())
    let three = try Lab()
    try three.run(["-j", "3"])
    #expect(try three.digests() == Self.original.get().digests())
  }
}
