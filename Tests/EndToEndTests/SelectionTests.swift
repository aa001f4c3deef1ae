import Foundation
import TestSupport
import Testing

/// Parts of a pipeline, equal keys, bytes that are gone, and what a run that could not do all says.
@Suite(.serialized) struct SelectionTests {
  @Test func `a selected item runs alone with all that it needs`() throws {
    let lab = try Lab()
    #expect(
      try lab.run(["--only", "scores[k=3,architecture=t16]"]).started
        == ["promoters", "scores[k=3,architecture=t16]", "space", "supernet[k=3]", "tokens[k=3]"])
  }

  /// Behind a gather the gathered axis is free: `final[k=3]` reads the ranking over all k.
  @Test func `a selection through a gather takes all gathered items`() throws {
    let lab = try Lab(
      Lab.pipeline + """

          final:
            stage: fine-tune
            with: { epochs: 1, seed: 5 }
            in: { tokenizer: $tokens.tokenizer, architecture: $ranking.best, task: $promoters }
        """)
    let started = try lab.run(["--only", "final[k=3]"]).started
    #expect(started.contains("ranking"))
    #expect(started.contains("final[k=3]") && !started.contains("final[k=2]"))
  }

  /// All that follows from it, and what that needs: not the other k, nor what has nothing to do with it.
  @Test func `a selection from an item runs all that follows from it`() throws {
    let ranking = try #require(Lab.pipeline.range(of: "  ranking:"))
    let lab = try Lab(
      String(Lab.pipeline[..<ranking.lowerBound]) + "  aside: { stage: synthesize, with: { train: 20 } }\n")
    let upstream = ["promoters", "space", "supernet[k=3]", "tokens[k=3]"]
    let scores = ["scores[k=3,architecture=c16-c16]", "scores[k=3,architecture=t16]"]
    #expect(try lab.run(["--from", "supernet[k=3]"]).started == (upstream + scores).sorted())
    #expect(try lab.run(["--from", "scores[k=3]", "--force", "*"]).started == (upstream + scores).sorted())
  }

  /// Behind a gather the gathered axis is free: the ranking over all k follows from one of them.
  @Test func `a selection from an item goes on behind a gather`() throws {
    let lab = try EditTests.copy()
    let started = try lab.run(["--from", "scores[k=3,architecture=t16]", "--set", "supernet.lr=0.002"]).started
    #expect(started.count == 7 && started.contains("ranking") && started.contains("supernet[k=2]"))
  }

  /// Two steps with one key run once, also when the bytes that they read are gone.
  @Test func `steps of one key run once though bytes are missing`() throws {
    let text = """
      bioarc: 1
      name: twins
      stages:
        promoters: { stage: synthesize, with: { train: 200 } }
        one: { stage: tokenize, with: { k: 2 }, in: { sequences: $promoters } }
        two: { stage: tokenize, with: { k: 2 }, in: { sequences: $promoters } }
        space: { stage: sample-space, with: { architectures: [c16] } }
        after:
          stage: pretrain
          with: { steps: 2, batch: 4 }
          in: { tokens: $two.tokens, tokenizer: $two.tokenizer, space: $space.space }
      """
    let lab = try Lab(text)
    #expect(try lab.run().started == ["after", "one", "promoters", "space"])
    try FileManager.default.removeItem(atPath: lab.workspace.path("cache/objects"))
    try lab.write(text.replacingOccurrences(of: "k: 2", with: "k: 3"))
    #expect(try lab.bioarc("status", "--steps").output.contains("two        same as another"))
    let plan = try lab.bioarc("plan").output
    // The bindings of the earlier run are gone with the objects, so that nothing is known to come out as before.
    #expect(plan.contains("3 steps will run"), "`promoters` is made again: \(plan)")
    #expect(try lab.run().started == ["after", "one", "promoters"])
  }

  /// Without the items of an axis nothing over it can run: that is no accepted failure.
  @Test func `a failed axis is no accepted failure`() throws {
    let lab = try Lab(
      Lab.pipeline.replacingOccurrences(
        of: "architectures: [c16-c16, t16, c16-t32]", with: "{ depths: [2], widths: [8], count: 1, max-parameters: 1 }"
      ).replacingOccurrences(of: "with:\n      {", with: "with: {").replacingOccurrences(
        of: "[c16-c16, t16] }", with: "$space.architectures }"))
    #expect(try lab.run(status: 1).failed == ["space"])
    #expect(try lab.bioarc("run").status == 1, "a failure that is found says so again")
  }

  @Test func `a gone reader does not end a run`() throws {
    let lab = try Lab()
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/bash")
    shell.currentDirectoryURL = lab.workspace.folder
    shell.arguments = ["-c", "'\(Repository.program.path)' run pipelines/small.yaml --json | head -n 1"]
    _ = try Workspace.finish(shell)
    #expect(try lab.run().started == [])
  }
}
