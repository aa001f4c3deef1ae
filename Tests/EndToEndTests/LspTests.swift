import Foundation
import TestSupport
import Testing

/// The language server as editors start it.
@Suite(.serialized) struct LspTests {
  @Test func `lenses tell how stages stand, and why they will run`() throws {
    let lab = try Lab()
    let client = try LspClient(lab.workspace)
    #expect(try client.open(lab.workspace, Lab.pipeline) == [])
    #expect(try client.lenses(lab.workspace)["promoters"] == "1 of 1 will run: new")
    #expect(!FileManager.default.fileExists(atPath: lab.workspace.path("cache")))
    try lab.run()
    let before = try client.lenses(lab.workspace)
    #expect(before["scores"]?.hasPrefix("4 of 4 cached, ") == true, "\(before)")
    #expect(before["ranking"]?.hasPrefix("1 of 1 cached") == true, "\(before)")
    let text = Lab.pipeline.replacing("lr: 0.001", with: "lr: 0.002")
    #expect(try client.change(lab.workspace, text, version: 2) == [])
    let after = try client.lenses(lab.workspace)
    #expect(after["scores"]?.hasPrefix("4 of 4 will run: lr 0.001 -> 0.002 (about ") == true, "\(after)")
    #expect(after["ranking"] == "waits for scores" && after["supernet"] == before["supernet"], "\(after)")
    let command: [String: Any] = ["command": "bioarc.why", "arguments": [client.uri(lab.workspace), "scores"]]
    let why = try client.request("workspace/executeCommand", command) as? String
    try lab.write(text)
    let told = try lab.bioarc("why", "scores[k=2,architecture=c16-c16]").output
    #expect(
      why?.split(separator: "\n")[1] == "  lr  0.001 -> 0.002   (\(lab.workspace.path("pipelines/small.yaml")):23:28)")
    #expect(told.contains("  lr  0.001 -> 0.002"), "\(told)")
    _ = try client.request("shutdown", [:])
    try client.notify("exit", [:])
    #expect(client.end() == 0)
  }

  @Test func `a lens names the failure of steps`() throws {
    let lab = try Lab(FailureTests.pipeline)
    try lab.run()
    let client = try LspClient(lab.workspace)
    #expect(try client.open(lab.workspace, FailureTests.pipeline) == [])
    let lens = try client.lenses(lab.workspace)["scores"]
    #expect(lens?.hasPrefix("2 failed: ") == true, "\(lens ?? "")")
  }

  @Test func `an input that is not there is a finding`() throws {
    let text = """
      bioarc: 1
      name: small
      inputs: { genome: { path: none.fa, kind: sequences, format: fasta } }
      stages:
        tokens: { stage: tokenize, with: { scheme: kmer, k: 2 }, in: { sequences: $genome } }

      """
    let lab = try Lab(text)
    let client = try LspClient(lab.workspace)
    #expect(try client.open(lab.workspace, text) == [])
    let found = try client.findings()
    #expect(found.count == 1 && found[0].hasPrefix("there is no file or folder"), "\(found)")
    #expect(try client.lenses(lab.workspace)["tokens"]?.hasPrefix("not known: there is no file") == true)
  }

  @Test func `the server ends with its editor`() throws {
    let lab = try Lab()
    let left = try LspClient(lab.workspace)
    try left.closeInput()
    #expect(left.end() == 1)
    let right = try LspClient(lab.workspace)
    _ = try right.request("shutdown", [:])
    try right.closeInput()
    #expect(right.end() == 0)
    let editor = Process()
    editor.executableURL = URL(fileURLWithPath: "/bin/sleep")
    editor.arguments = ["1000"]
    try editor.run()
    let orphan = try LspClient(lab.workspace, process: editor.processIdentifier)
    kill(editor.processIdentifier, SIGKILL)
    editor.waitUntilExit()
    #expect(orphan.end() == 1)
  }

  @Test func `bytes that are no messages are told and passed over`() throws {
    let lab = try Lab()
    let client = try LspClient(lab.workspace)
    try client.write(Data("Content-Length: 3\r\n\r\n{{{Content-Length: x\r\n\r\n".utf8))
    try client.write(Data("Content-Length: 14\r\n\r\n{\"a\":\"\\ud800\"} ".utf8))
    #expect(try client.open(lab.workspace, Lab.pipeline) == [])
    let codes = client.received.compactMap { ($0["error"] as? [String: Any])?["code"] as? Int }
    #expect(codes == [-32700, -32700, -32700])
  }

  /// The reason for which there can be no Neovim here.
  private static let obstacle: Comment? =
    ["/usr/bin", "/usr/local/bin"].contains { FileManager.default.isExecutableFile(atPath: $0 + "/nvim") }
    ? nil : "nvim is missing: apt-get install neovim"

  @Test(.enabled(if: obstacle == nil, obstacle ?? ""))
  func `Neovim shows findings, hovers and lenses, renames, and leaves no process`() throws {
    let lab = try Lab()
    try lab.run()
    try lab.workspace.write("talk.lua", try Repository.text("Tests/EndToEndTests/Peers/talk.lua"))
    let editor = lab.workspace.process([])
    editor.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    editor.arguments = [
      "BIOARC=\(Repository.program.path)", "HOME=\(lab.workspace.folder.path)", "nvim", "--headless", "-u", "NONE",
      "-i",
      "NONE", "-n", "pipelines/small.yaml", "-c", "luafile talk.lua",
    ]
    let execution = try Workspace.finish(editor)
    let lines = execution.output.split(separator: "\n").map(String.init)
    func told(_ word: String) -> String {
      lines.first { $0.hasPrefix(word + " ") }.map { String($0.dropFirst(word.count + 1)) } ?? ""
    }
    let all = Comment(rawValue: execution.output + execution.errors)
    #expect(told("cached").hasPrefix("4 of 4 cached, "), all)
    #expect(told("finding") == "23:24 fine-tune has no parameter 'lrr'; did you mean 'lr'?", all)
    #expect(told("hover").contains("a parameter of fine-tune"), all)
    #expect(told("edited").hasPrefix("4 of 4 will run: lr 0.001 -> 0.5 (about "), all)
    #expect(told("emoji").hasPrefix("4 of 4 will run: lr 0.001 -> 0.5 (about "), all)
    #expect(told("renamed") == "shared: $shared.weights", all)
    #expect(told("after") == "2 of 2 cached", all)
    #expect(told("errors") == "0", all)
    #expect(execution.status == 0, all)
    let left = RunningProcess.all.filter { $0.words.last == "lsp" && $0.workingFolder == lab.workspace.folder.path }
    #expect(left.isEmpty)
  }
}
