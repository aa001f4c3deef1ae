import Foundation
import TestSupport
import Testing

/// Inputs that are files of the web, and inputs that are results of other pipelines.
@Suite(.serialized) struct DistantInputTests {
  private static let records: String = {
    var text = ""
    let letters = Array("ACGT")
    for index in 0..<60 {
      text += ">r\(index)\n"
      for place in 0..<80 { text.append(letters[(index * 7 + place * place * 3 + place * index) % 4]) }
      text += "\n"
    }
    return text
  }()

  /// A web site that serves one folder.
  private struct Site {
    let workspace: Workspace
    let port = TestServer.freePort()
    var server: TestServer?

    init() throws {
      workspace = try Workspace()
      try workspace.write("site/genome.fa", DistantInputTests.records)
      try begin()
    }

    mutating func begin() throws {
      server = try TestServer(
        ["python3", "-m", "http.server", "\(port)", "--bind", "127.0.0.1", "--directory", workspace.path("site")],
        port: port)
    }

    var address: String { "http://127.0.0.1:\(port)/genome.fa" }

    func sum() throws -> String {
      let process = Process()
      let output = Pipe()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
      process.arguments = [workspace.path("site/genome.fa")]
      process.standardOutput = output
      try process.run()
      process.waitUntilExit()
      return String(decoding: output.fileHandleForReading.readDataToEndOfFile().prefix(64), as: UTF8.self)
    }
  }

  private static func pipeline(_ source: String) -> String {
    """
    bioarc: 1
    name: small
    inputs:
      genome: { \(source), kind: sequences, format: fasta }
    stages:
      tokens:
        stage: tokenize
        with: { scheme: kmer, k: 3 }
        in: { sequences: $genome }

    """
  }

  @Test func `a file of the web is fetched once, by the digest that check tells`() throws {
    var site = try Site()
    let lab = try Lab(Self.pipeline("url: \"\(site.address)\""))
    let unnamed = try lab.bioarc("run")
    #expect(unnamed.status == 2 && unnamed.errors.contains("has no sha256"), "\(unnamed.errors)")
    let check = try lab.bioarc("check")
    let sum = try site.sum()
    #expect(check.status == 2 && check.errors.contains("sha256: \(sum)"), "\(check.errors)")
    try lab.write(Self.pipeline("url: \"\(site.address)\", sha256: \(sum)"))
    let plan = try lab.bioarc("plan")
    #expect(plan.status == 2 && plan.errors.contains("'bioarc run'"), "\(plan.errors)")
    // The bytes that 'check' has fetched are enough.
    site.server = nil
    #expect(try lab.run().stages == ["tokens"])
    #expect(try lab.bioarc("plan").output.hasSuffix("nothing to run\n"))
    #expect(try lab.workspace.bioarc("fsck").status == 0)
    // Its content is the key's, and not its address.
    try lab.workspace.write("pipelines/genome.fa", Self.records)
    try lab.write(Self.pipeline("path: genome.fa"))
    #expect(try lab.bioarc("plan").output.hasSuffix("nothing to run\n"))
    // Without the bytes, and without the site, a step that reads them says so.
    try lab.write(Self.pipeline("url: \"\(site.address)\", sha256: \(sum)").replacing("k: 3", with: "k: 4"))
    try FileManager.default.removeItem(atPath: lab.workspace.path("cache/objects"))
    let gone = try lab.bioarc("run")
    #expect(gone.status == 2 && gone.errors.contains("cannot be reached"), "\(gone.errors)")
    try site.begin()
    #expect(try lab.run().stages == ["tokens"])
  }

  @Test func `a file of the web that has changed is refused`() throws {
    let site = try Site()
    let sum = try site.sum()
    try site.workspace.write("site/genome.fa", Self.records + ">new\nACGT\n")
    let lab = try Lab(Self.pipeline("url: \"\(site.address)\", sha256: \(sum)"))
    let run = try lab.bioarc("run")
    #expect(try run.status == 2 && run.errors.contains(site.sum()) && run.errors.contains("changed"), "\(run.errors)")
    let offline = try lab.bioarc("run", "--offline")
    #expect(offline.status == 2 && offline.errors.contains("is not here"), "\(offline.errors)")
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-keygen"), "no ssh-keygen"))
  func `a remote stands in for a site that is gone, and a result for its pipeline`() throws {
    var site = try Site()
    let sum = try site.sum()
    let text = Self.pipeline("url: \"\(site.address)\", sha256: \(sum)")
    let (ours, theirs) = (try Lab(text), try Lab(text))
    let key = ours.workspace.path("key")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-keygen")
    process.arguments = ["-q", "-t", "ed25519", "-N", "", "-C", "nobody", "-f", key]
    try process.run()
    process.waitUntilExit()
    for lab in [ours, theirs] {
      let added = try lab.workspace.bioarc("remote", "add", "shared", "file:\(ours.workspace.path("remote"))")
      #expect(added.status == 0)
    }
    #expect(try theirs.workspace.bioarc("trust", "add", "lab-a", key + ".pub").status == 0)
    try ours.run()
    let pushed = try ours.bioarc("push", "--lab", "lab-a", "--sign", key, "--inputs")
    #expect(pushed.status == 0, "\(pushed.errors)")
    site.server = nil
    #expect(try theirs.bioarc("plan").output.hasSuffix("nothing to run\n"))
    try theirs.write(text.replacing("k: 3", with: "k: 4"))
    #expect(try theirs.run().stages == ["tokens"], "the bytes come from the remote")

    // A result is an input by its key, and has the key that it would have in its own pipeline.
    let rows =
      try JSONSerialization.jsonObject(with: Data(ours.bioarc("who", "--json").output.utf8)) as? [[String: Any]]
    let result = try #require(rows?.first { $0["step"] as? String == "tokens" }?["key"] as? String)
    let pipeline = { (key: String, output: String) in
      """
      bioarc: 1
      name: small
      inputs:
        tokens: { result: \(key), output: \(output), kind: tokens }
        tokenizer: { result: \(key), output: tokenizer, kind: tokenizer }
      stages:
        space: { stage: sample-space, with: { architectures: [c16-c16] } }
        supernet:
          stage: pretrain
          with: { steps: 3, batch: 4, length: 16, warm-up: 1 }
          in: { tokens: $tokens, tokenizer: $tokenizer, space: $space.space }

      """
    }
    let third = try Lab(pipeline(result, "tokens"))
    let lost = try third.bioarc("plan")
    #expect(lost.status == 2 && lost.errors.contains("is not in this store"), "\(lost.errors)")
    #expect(
      try third.workspace.bioarc("remote", "add", "shared", "file:\(ours.workspace.path("remote"))").status == 0)
    #expect(try third.bioarc("plan").status == 2, "nobody is trusted yet")
    #expect(try third.workspace.bioarc("trust", "add", "lab-a", key + ".pub").status == 0)
    #expect(try third.run().stages == ["space", "supernet"])
    let why = try third.bioarc("why", "supernet", "--not").output
    #expect(why.contains("of the stage tokenize, computed by lab-a"), "\(why)")
    try third.write(pipeline(result, "tokenizer"))
    let kind = try third.bioarc("plan")
    #expect(kind.status == 2 && kind.errors.contains("of the kind tokenizer, and not tokens"), "\(kind.errors)")
    #expect(try third.workspace.bioarc("fsck").status == 0)
  }
}
