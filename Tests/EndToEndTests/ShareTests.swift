import Foundation
import TestSupport
import Testing

/// Two labs: what one has computed, the other need not.
@Suite(.serialized, .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-keygen"), "no ssh-keygen"))
struct ShareTests {
  private static func key(_ lab: Lab) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-keygen")
    process.arguments = ["-q", "-t", "ed25519", "-N", "", "-C", "nobody", "-f", lab.workspace.path("key")]
    try process.run()
    process.waitUntilExit()
    return lab.workspace.path("key")
  }

  @Test func `a signed bundle spares another lab every step`() throws {
    let (ours, theirs) = (try Lab(), try Lab())
    let key = try Self.key(ours), bundle = ours.workspace.path("small.tar")
    try ours.run()
    let made = try ours.bioarc("bundle", "-o", bundle, "--lab", "lab-a", "--sign", key)
    #expect(made.status == 0 && made.output.contains("signed for lab-a"), "\(made.output)\(made.errors)")
    #expect(try ours.bioarc("bundle", "-o", bundle, "--lab", "lab-a").status == 1, "no overwriting")
    #expect(try ours.bioarc("bundle", "-o", "other.tar", "--lab", "Lab A").status == 2)

    // Nobody is believed at first, and then by the key.
    let refused = try theirs.workspace.bioarc("import", bundle)
    #expect(refused.status == 1 && refused.errors.contains("are not to be believed"), "\(refused.errors)")
    try theirs.workspace.write("other.pub", String(contentsOfFile: Self.key(theirs) + ".pub", encoding: .utf8))
    #expect(try theirs.workspace.bioarc("trust", "add", "lab-a", "other.pub").status == 0)
    let stranger = try theirs.workspace.bioarc("import", bundle)
    #expect(stranger.status == 1 && stranger.errors.contains("If its key is SHA256:"), "\(stranger.errors)")
    #expect(try theirs.bioarc("plan").output.contains("11 steps will run"))
    #expect(try theirs.workspace.bioarc("trust", "rm", "lab-a").status == 0)
    #expect(try theirs.workspace.bioarc("trust", "add", "lab-a", key + ".pub").status == 0)
    let dry = try theirs.workspace.bioarc("import", bundle, "--dry-run")
    #expect(dry.status == 0 && dry.output.contains("signed by a trusted key"), "\(dry.output)")
    // OpenSSH alone verifies the claims, with the commands of the README.
    #expect(try theirs.workspace.bioarc("import", bundle, "--dry-run", "--claims", "claims").status == 0)
    let verify = Process()
    verify.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-keygen")
    verify.currentDirectoryURL = theirs.workspace.folder
    verify.arguments = [
      "-Y", "verify", "-f", "bioarc-signers", "-I", "lab-a", "-n", "bioarc-claims", "-s", "claims/claims.sig",
    ]
    verify.standardInput = try FileHandle(
      forReadingFrom: URL(fileURLWithPath: theirs.workspace.path("claims/claims")))
    verify.standardOutput = FileHandle.nullDevice
    try verify.run()
    verify.waitUntilExit()
    #expect(verify.terminationStatus == 0)
    let taken = try theirs.workspace.bioarc("import", bundle, "--json")
    #expect(taken.status == 0 && taken.output.contains("\"trusted\" : true"), "\(taken.output)\(taken.errors)")

    // No step runs, every result is the same, and the store is sound.
    #expect(try theirs.bioarc("plan").output.hasSuffix("nothing to run\n"))
    #expect(try theirs.run().finished.isEmpty)
    #expect(try theirs.digests() == ours.digests())
    #expect(try theirs.workspace.bioarc("fsck").status == 0)
    // An edit runs what it changes on results that were taken.
    try theirs.write(Lab.pipeline.replacing("lr: 0.001", with: "lr: 0.002"))
    #expect(try theirs.run().stages == ["ranking", "scores"])
    let makers = try theirs.bioarc("who", "--json").output
    #expect(makers.components(separatedBy: "\"lab\" : \"lab-a\"").count == 1 + 6, "\(makers)")
    // The results of others are theirs to claim.
    let own = try theirs.bioarc("bundle", "-o", "own.tar", "--lab", "lab-b")
    #expect(own.status == 0 && own.output.contains("5 results"), "\(own.output)")
    #expect(own.errors.contains("of another lab are left out"), "\(own.errors)")
  }

  @Test func `a bundle without bytes is computed again where bytes are needed`() throws {
    let (ours, theirs) = (try Lab(), try Lab())
    let bundle = ours.workspace.path("small.tar")
    try ours.run()
    #expect(try ours.bioarc("bundle", "-o", bundle, "--lab", "lab-a", "--results").status == 0)
    let taken = try theirs.workspace.bioarc("import", bundle, "--unsigned")
    #expect(taken.status == 0 && taken.errors.contains("computes them again"), "\(taken.errors)")
    #expect(try theirs.bioarc("plan").output.hasSuffix("nothing to run\n"))
    // The ranking reads metrics alone, which are in the records.
    #expect(try theirs.bioarc("show", "ranking").output == ours.bioarc("show", "ranking").output)
    try theirs.write(Lab.pipeline.replacing("lr: 0.001", with: "lr: 0.002"))
    try theirs.run()
    try ours.write(Lab.pipeline.replacing("lr: 0.001", with: "lr: 0.002"))
    try ours.run()
    let results = { (lab: Lab) in
      try lab.digests().filter { $0.key.hasPrefix("scores") || $0.key.hasPrefix("ranking") }
    }
    #expect(try results(theirs) == results(ours) && results(ours).count == 11)
  }
}
