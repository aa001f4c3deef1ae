import Foundation
import TestSupport
import Testing

/// The verbs on a pipeline that has run.
@Suite(.serialized) struct ResultTests {
  static func lab() throws -> Lab { try EditTests.original.get() }

  @Test func `show prints results of every kind`() throws {
    let lab = try Self.lab()
    #expect(
      try lab.bioarc("show", "ranking.best").output.contains("c16-c16")
        || lab.bioarc("show", "ranking.best").output.contains("t16"))
    #expect(try lab.bioarc("show", "tokens[k=2].tokenizer").output.contains("[MASK]"))
    #expect(try lab.bioarc("show", "space").output.contains("parameters"))
    #expect(try lab.bioarc("show", "supernet[k=2].weights").output.contains("tensors"))
    #expect(try lab.bioarc("show", "scores[k=2,architecture=t16]").output.contains("95 % interval"))
    #expect(try lab.bioarc("show", "promoters").output.contains("train"))
  }

  @Test func `cat prints the files of a result, and get copies them`() throws {
    let lab = try Self.lab()
    let motifs = try lab.bioarc("cat", "promoters", "motifs.tsv").output
    #expect(motifs.hasPrefix("split\trecord"))
    #expect(try lab.bioarc("get", "promoters", "-o", "out").status == 0)
    #expect(
      try String(contentsOfFile: lab.workspace.path("out/promoters.sequences/motifs.tsv"), encoding: .utf8) == motifs)
    #expect(try lab.bioarc("get", "promoters", "-o", "out").status == 1, "nothing that exists is overwritten")
  }

  @Test func `the graph of a pipeline is printed in two languages`() throws {
    let lab = try Self.lab()
    #expect(try lab.bioarc("graph").output.hasPrefix("flowchart LR"))
    #expect(try lab.bioarc("graph", "-f", "dot").output.hasPrefix("digraph"))
    try Golden.check("graph", lab.bioarc("graph").output)
  }

  @Test func `plan and status tell that nothing is to run`() throws {
    let lab = try Self.lab()
    #expect(try lab.bioarc("plan").output.hasSuffix("nothing to run\n"))
    #expect(try lab.bioarc("plan", "--exit-code").status == 0)
    #expect(try lab.bioarc("plan", "--exit-code", "--set", "scores.lr=0.5").status == 3)
    try Golden.check("status", lab.bioarc("status").output)
  }

  @Test func `why names the parameter that would change a step`() throws {
    let lab = try Self.lab()
    let text = try lab.bioarc("why", "scores[k=2,architecture=t16]", "--set", "scores.lr=0.5").output
    #expect(text.contains("lr  0.001 -> 0.5   (--set:1:11)"), "\(text)")
    #expect(try lab.bioarc("why", "ranking").output.contains("up to date"))
    let moved = try lab.bioarc("why", "supernet[k=2]", "--set", "promoters.seed=9").output
    #expect(moved.contains("waits for"))
    #expect(moved.contains("seed  3 -> 9"), "the cause upstream is named: \(moved)")
  }

  @Test func `every verb that reads prints JSON`() throws {
    let lab = try Self.lab()
    for arguments in [
      ["plan"], ["status"], ["status", "--steps"], ["show", "ranking"], ["why", "ranking"], ["check"],
    ] {
      let process = lab.workspace.process([arguments[0], "pipelines/small.yaml"] + arguments.dropFirst() + ["--json"])
      let output = try Workspace.finish(process).output
      #expect((try? JSONSerialization.jsonObject(with: Data(output.utf8))) != nil, "\(arguments): \(output)")
    }
    for arguments in [["runs"], ["fsck"]] {
      let process = lab.workspace.process(arguments + ["--store", "cache", "--json"])
      let output = try Workspace.finish(process).output
      #expect((try? JSONSerialization.jsonObject(with: Data(output.utf8))) != nil, "\(arguments): \(output)")
    }
    #expect((try? JSONSerialization.jsonObject(with: Data(lab.workspace.bioarc("schema").output.utf8))) != nil)
  }

  @Test func `completions are made for every shell`() throws {
    let lab = try Self.lab()
    for shell in ["bash", "zsh", "fish"] {
      #expect(try lab.workspace.bioarc("--generate-completion-script", shell).output.contains("bioarc"))
    }
  }

  @Test func `failures are ranked last`() throws {
    let lab = try Lab(
      Lab.pipeline.replacingOccurrences(
        of: "for: { architecture: [c16-c16, t16] }",
        with: "for: { architecture: { c16-c16: c16-c16, t16: t16, even: c16(kernel=4) } }"))
    let events = try lab.run()
    #expect(events.failed == ["scores[k=2,architecture=even]", "scores[k=3,architecture=even]"])
    let table = try lab.bioarc("show", "ranking.ranking").output
    #expect(table.contains("even"))
    #expect(try lab.run().started == [], "a failure is a result: it is not tried again")
  }

  /// The folder is whole, says what to do when it cannot be made, and nothing that exists is overwritten.
  @Test func `exported weights are a whole folder or none`() throws {
    let lab = try Self.lab()
    let export = { (arguments: [String]) in
      try Workspace.finish(lab.workspace.process(["export", "pipelines/small.yaml"] + arguments))
    }
    let unsaid = try export(["supernet[k=2]", "-o", "exported"])
    #expect(unsaid.status == 1 && unsaid.errors.contains("--architecture"), "\(unsaid.errors)")
    let several = try export(["supernet", "--architecture", "c16-t32", "-o", "exported"])
    #expect(several.status == 2 && several.errors.contains("2 steps"), "\(several.errors)")
    let strange = try export(["supernet[k=2]", "--architecture", "c16-c32", "-o", "exported"])
    #expect(strange.status == 1 && strange.errors.contains("1.cnn.16-32"), "\(strange.errors)")
    #expect(!FileManager.default.fileExists(atPath: lab.workspace.path("exported")), "a refusal leaves nothing")
    let done = try export(["supernet[k=2]", "--architecture", "c16-t32", "-o", "exported"])
    #expect(done.status == 0, "\(done.errors)")
    let files = try FileManager.default.contentsOfDirectory(atPath: lab.workspace.path("exported")).sorted()
    #expect(files == ["config.json", "model.py", "model.safetensors", "tokenizer.json"])
    let again = try export(["supernet[k=2]", "--architecture", "c16-c16", "-o", "exported"])
    #expect(again.status == 1 && again.errors.contains("exists"), "\(again.errors)")
  }

  @Test func `a run that keeps going starts nothing behind a failure`() throws {
    let text = Lab.pipeline.replacingOccurrences(
      of: "architectures: [c16-c16, t16, c16-t32]",
      with: "{ depths: [2], widths: [8], count: 1, max-parameters: 1 }")
    let lab = try Lab(text)
    let stopped = try lab.run(status: 1)
    #expect(stopped.failed.contains("space"))
    let again = try lab.run(["--keep-going"], status: 1)
    #expect(!again.started.contains { $0.hasPrefix("scores") })
  }
}
