import Foundation
import TestSupport
import Testing

/// Verbs on keys: whom a lab believes, and within which bounds.
@Suite(.serialized, .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-keygen"), "no ssh-keygen"))
struct TrustTests {
  private static func json(_ execution: Execution) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(execution.output.utf8))
  }

  @Test func `keys are listed with their fingerprints and bounds, and a dry run changes nothing`() throws {
    let pair = try LabPair(pushes: false)
    let workspace = pair.theirs.workspace
    let keygen = Process()
    keygen.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-keygen")
    keygen.arguments = ["-l", "-f", pair.key + ".pub"]
    let fingerprint = String(try Workspace.finish(keygen).output.split(separator: " ")[1])
    let signers = workspace.path("bioarc-signers")
    let remotes = workspace.path("bioarc-remotes.yaml")

    let dry = try workspace.bioarc("trust", "add", "lab-a", pair.key + ".pub", "--dry-run")
    #expect(dry.output.contains("would be trusted") && dry.output.contains(fingerprint), "\(dry.output)\(dry.errors)")
    #expect(!FileManager.default.fileExists(atPath: signers))
    #expect(try workspace.bioarc("trust", "add", "lab-a", pair.key + ".pub").output.contains(fingerprint))
    let again = try Self.json(workspace.bioarc("trust", "add", "lab-a", pair.key + ".pub", "--json")) as? [String: Any]
    #expect(again?["new"] as? Int == 0 && again?["dryRun"] as? Bool == false)

    try workspace.write(
      "bioarc-remotes.yaml",
      "remotes:\n  shared: 'file:\(pair.remote)'\ntrust: { lab-a: { stages: [pretrain], until: 2099-01-01 } }\n")
    let list = try workspace.bioarc("trust", "list").output
    #expect(list.contains(fingerprint) && list.contains("pretrain; until 2099-01-01"), "\(list)")
    let rows = try Self.json(workspace.bioarc("trust", "list", "--json")) as? [[String: Any]]
    #expect(rows?.count == 1 && (rows?[0]["key"] as? [String: Any])?["fingerprint"] as? String == fingerprint)

    let before = try [signers, remotes].map { try String(contentsOfFile: $0, encoding: .utf8) }
    for arguments in [
      ["trust", "rm", "lab-a"], ["trust", "revoke", "lab-a", "pipelines/small.yaml"], ["remote", "rm", "shared"],
      ["remote", "add", "other", "file:/tmp/other"],
    ] {
      let dry = try Workspace.finish(pair.theirs.workspace.process(arguments + ["--dry-run", "--json"]))
      #expect(try (Self.json(dry) as? [String: Any])?["dryRun"] as? Bool == true, "\(arguments): \(dry.errors)")
      #expect(dry.status == 0 && !dry.output.contains("would"), "\(arguments)")
    }
    #expect(try [signers, remotes].map { try String(contentsOfFile: $0, encoding: .utf8) } == before)
    let bundle = try pair.ours.bioarc("bundle", "-o", "dry.tar", "--lab", "lab-a", "--dry-run", "--json")
    #expect(try (Self.json(bundle) as? [String: Any])?["results"] as? Int == 11, "\(bundle.errors)")
    #expect(!FileManager.default.fileExists(atPath: pair.ours.workspace.path("dry.tar")))
  }

  @Test func `a lab that nobody knows is not preferred`() throws {
    let pair = try LabPair()
    try pair.trust()
    let wrong = try pair.theirs.bioarc("plan", "--prefer", "lab-aa")
    #expect(wrong.status == 2 && wrong.errors.contains("did you mean 'lab-a'?"), "\(wrong.errors)")
    #expect(try pair.theirs.bioarc("plan", "--prefer", "lab-a").status == 0)
  }

  @Test func `a claim of a group that too few labs make counts no more, and that is told`() throws {
    let pair = try LabPair()
    try pair.trust()
    #expect(try pair.theirs.bioarc("plan").output.hasSuffix("nothing to run\n"))
    try pair.theirs.workspace.write(
      "bioarc-remotes.yaml",
      "remotes: { shared: 'file:\(pair.remote)' }\ntrust: { pair: { labs: [lab-a, lab-b], need: 2 } }\n")
    let plan = try pair.theirs.bioarc("plan")
    #expect(plan.output.contains("11 steps will run"), "\(plan.output)")
    let who = try pair.theirs.bioarc("who").output
    #expect(who.contains("nobody") && who.contains("lab-a: 1 of the 2 that 'pair' needs"), "\(who)")
    let list = try pair.theirs.workspace.bioarc("trust", "list").output
    #expect(list.contains("with 2 of lab-a, lab-b (pair)"), "\(list)")
    let schema = try pair.theirs.workspace.bioarc("schema", "--remotes").output
    #expect(schema.contains("\"need\""), "\(schema)")
  }

  @Test func `two machines draw the same sample of the same results, and another seed another one`() throws {
    let pair = try LabPair(), third = try Lab()
    try pair.trust()
    #expect(try third.workspace.bioarc("remote", "add", "shared", "file:\(pair.remote)").status == 0)
    #expect(try third.workspace.bioarc("trust", "add", "lab-a", pair.key + ".pub").status == 0)
    let sample = { (lab: Lab, seed: String) in
      let drawn = try lab.bioarc("verify", "--rerun", "4", "--seed", seed, "--dry-run", "--json")
      #expect(drawn.status == 0, "\(drawn.errors)")
      let document = try JSONSerialization.jsonObject(with: Data(drawn.output.utf8)) as? [String: Any]
      return (document?["steps"] as? [[String: Any]] ?? []).compactMap { $0["step"] as? String }
    }
    let samples = try (0..<4).map { seed in
      let drawn = try sample(pair.theirs, "\(seed)")
      #expect(try drawn.count == 4 && drawn == sample(third, "\(seed)"))
      return Set(drawn)
    }
    #expect(Set(samples).count > 1)
  }
}
