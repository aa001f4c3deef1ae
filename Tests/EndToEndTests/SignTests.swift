import Foundation
import TestSupport
import Testing

/// Results of a cluster without a key, and pushes at the end of a run.
@Suite(.serialized, .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-keygen"), "no ssh-keygen"))
struct SignTests {
  @Test func `a bundle without a signature is signed elsewhere, and counts in another lab`() throws {
    let pair = try LabPair(pushes: false)
    let (ours, theirs) = (pair.ours.workspace, pair.theirs.workspace)
    #expect(try pair.ours.bioarc("bundle", "-o", "plain.tar", "--lab", "lab-a").status == 0)
    #expect(try pair.ours.bioarc("bundle", "-o", "at-once.tar", "--lab", "lab-a", "--sign", pair.key).status == 0)
    let plain = try Data(contentsOf: URL(fileURLWithPath: ours.path("plain.tar")))
    let other = try ours.bioarc("sign", "plain.tar", "--key", pair.key, "--lab", "lab-b")
    #expect(other.status == 1 && other.errors.contains("are those of 'lab-a', and theirs to sign"), "\(other.errors)")
    let dry = try ours.bioarc("sign", "plain.tar", "--lab", "lab-a", "--dry-run", "--json")
    #expect(dry.status == 0 && dry.output.contains("\"results\" : 11"), "\(dry.output)\(dry.errors)")
    #expect(try ours.bioarc("sign", "plain.tar", "--lab", "lab-a").status == 2, "no key")
    #expect(try Data(contentsOf: URL(fileURLWithPath: ours.path("plain.tar"))) == plain)

    let signed = try ours.bioarc("sign", "plain.tar", "--key", pair.key, "--lab", "lab-a")
    #expect(signed.status == 0 && signed.output.contains("1 push with 11 results signed for lab-a"), "\(signed.errors)")
    let bytes = try ["plain.tar", "at-once.tar"].map { try Data(contentsOf: URL(fileURLWithPath: ours.path($0))) }
    #expect(bytes[0] == bytes[1], "signed later or at once")
    #expect(try ours.bioarc("sign", "plain.tar", "--key", pair.key, "--lab", "lab-a").output.contains("already"))

    try pair.trust()
    let bundle = ours.path("plain.tar")
    #expect(try theirs.bioarc("import", bundle, "--dry-run", "--claims", "claims").status == 0)
    let verify = Process()
    verify.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-keygen")
    verify.currentDirectoryURL = theirs.folder
    verify.arguments = [
      "-Y", "verify", "-f", "bioarc-signers", "-I", "lab-a", "-n", "bioarc-claims", "-s", "claims/claims.sig",
    ]
    verify.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: theirs.path("claims/claims")))
    verify.standardOutput = FileHandle.nullDevice
    try verify.run()
    verify.waitUntilExit()
    #expect(verify.terminationStatus == 0)
    let taken = try theirs.bioarc("import", bundle)
    #expect(taken.status == 0, "\(taken.errors)")
    #expect(try pair.theirs.bioarc("plan", "--offline").output.hasSuffix("nothing to run\n"))
  }

  @Test func `a run pushes at its end, and a push that fails changes nothing of the run`() throws {
    let pair = try LabPair(pushes: false)
    let run = { (arguments: [String]) in
      try Workspace.finish(pair.ours.workspace.process(["run", "pipelines/small.yaml"] + arguments))
    }
    #expect(try run(["--push"]).status == 2, "no lab and no key")
    #expect(try run(["--sign", pair.key]).status == 2, "a key is of a push")
    let far = try run(["--push", "--to", "http://127.0.0.1:9/results", "--lab", "lab-a", "--sign", pair.key])
    #expect(far.status == 0 && far.errors.contains("warning: the results were not pushed"), "\(far.errors)")
    let pushed = try run(["--push", "--lab", "lab-a", "--unsigned"])
    #expect(pushed.status == 0 && pushed.errors.contains("shared: 11 results"), "\(pushed.errors)")
    // The laptop signs in the folder of the remote.
    let signed = try pair.ours.workspace.bioarc("sign", pair.remote, "--key", pair.key, "--lab", "lab-a")
    #expect(signed.status == 0 && signed.output.contains("11 results"), "\(signed.output)\(signed.errors)")
    try pair.trust()
    let plan = try pair.theirs.bioarc("plan")
    #expect(plan.output.hasSuffix("nothing to run\n"), "\(plan.output)\(plan.errors)")
    #expect(try pair.ours.workspace.bioarc("remote", "fsck", "shared").status == 0)

    // Steps that fail are no reason to keep the others back.
    try pair.ours.write(
      Lab.pipeline.replacing("architecture: [c16-c16, t16]", with: "architecture: { a: t16, b: c16(kernel=4) }"))
    let failed = try run(["--push", "--to", "shared", "--lab", "lab-a", "--sign", pair.key])
    #expect(failed.errors.contains("signed for lab-a"), "\(failed.errors)")
    #expect(try run(["--push", "--lab", "lab-a", "--sign", pair.key]).errors.contains("has all of it"))
  }
}
