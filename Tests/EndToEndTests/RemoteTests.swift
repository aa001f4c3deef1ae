import Foundation
import TestSupport
import Testing

/// Runs with remotes: what one lab has pushed, another need not compute, nor fetch before it needs it.
@Suite(.serialized, .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-keygen"), "no ssh-keygen"))
struct RemoteTests {
  @Test func `a fresh clone computes nothing that a trusted lab has pushed`() throws {
    let pair = try LabPair()
    // Nobody is believed before a key is trusted.
    let stranger = try pair.theirs.bioarc("plan")
    #expect(stranger.output.contains("11 steps will run") && stranger.errors.contains("no key is trusted"))
    try pair.trust()
    let plan = try pair.theirs.bioarc("plan")
    #expect(plan.output.contains("11 results of lab-a") && plan.output.hasSuffix("nothing to run\n"), "\(plan.output)")
    #expect(pair.objects(pair.theirs).isEmpty, "planning fetches no bytes")
    let run = try pair.theirs.run()
    #expect(run.started.isEmpty)
    #expect(try pair.theirs.bioarc("status", "--offline").output.contains("ranking"))
    #expect(try pair.theirs.digests() == pair.ours.digests())
    // The bytes are here now, and right.
    #expect(pair.objects(pair.theirs).count > 5)
    #expect(try pair.theirs.workspace.bioarc("fsck").status == 0)
    // A second push has nothing to send.
    let again = try pair.ours.bioarc("push", "--lab", "lab-a", "--sign", pair.key)
    #expect(again.status == 0 && again.output.contains("has all of it"), "\(again.output)")
    #expect(try pair.ours.workspace.bioarc("remote", "fsck", "shared").status == 0)
  }

  @Test func `an edit fetches what its steps read, and nothing else`() throws {
    let pair = try LabPair()
    try pair.trust()
    let edited = Lab.pipeline.replacing("lr: 0.001", with: "lr: 0.002")
    try pair.theirs.write(edited)
    let plan = try pair.theirs.bioarc("plan", "--json")
    #expect(plan.output.contains("\"bytesToFetch\""), "\(plan.output)")
    #expect(pair.objects(pair.theirs).isEmpty)
    let run = try pair.theirs.run()
    #expect(run.stages == ["ranking", "scores"])
    try pair.ours.write(edited)
    try pair.ours.run()
    let results = { (lab: Lab) in
      try lab.digests().filter { $0.key.hasPrefix("scores") || $0.key.hasPrefix("ranking") }
    }
    #expect(try results(pair.theirs) == results(pair.ours))
    // Their own results are theirs, and the rest is the other lab's.
    let makers = try pair.theirs.bioarc("who", "--json").output
    #expect(makers.components(separatedBy: "\"lab\" : \"lab-a\"").count == 1 + 6, "\(makers)")
  }

  @Test func `bytes that are gone or wrong at the remote are computed again`() throws {
    for isGone in [true, false] {
      let pair = try LabPair()
      try pair.trust()
      #expect(try pair.theirs.bioarc("pull", "--results").status == 0)
      let blobs = pair.remote + "/blobs/sha256"
      for name in try FileManager.default.contentsOfDirectory(atPath: blobs) {
        let path = "\(blobs)/\(name)"
        guard let bytes = FileManager.default.contents(atPath: path) else { continue }
        try FileManager.default.removeItem(atPath: path)
        if !isGone {
          var wrong = bytes
          wrong[wrong.count / 2] ^= 1
          _ = FileManager.default.createFile(atPath: path, contents: wrong)
        }
      }
      try pair.theirs.write(Lab.pipeline.replacing("lr: 0.001", with: "lr: 0.002"))
      let run = try pair.theirs.run()
      #expect(run.stages.contains("scores") && run.failed.isEmpty, "\(run.stages)")
      #expect(try pair.theirs.workspace.bioarc("fsck").status == 0)
      #expect(try pair.ours.workspace.bioarc("remote", "fsck", "shared").status == 1)
      try pair.push("--repair")
      #expect(try pair.ours.workspace.bioarc("remote", "fsck", "shared").status == 0)
    }
  }

  @Test func `a remote that is not there costs a warning, and offline not even that`() throws {
    let pair = try LabPair()
    try pair.trust()
    // Nobody listens at this port.
    try pair.theirs.workspace.write(
      "bioarc-remotes.yaml", "remotes:\n  dead: http://127.0.0.1:9/results\n  shared: '\(pair.remote)'\n")
    let plan = try pair.theirs.bioarc("plan")
    #expect(plan.status == 0 && plan.output.hasSuffix("nothing to run\n"), "\(plan.output)\(plan.errors)")
    #expect(plan.errors.components(separatedBy: "the remote 'dead'").count == 2, "\(plan.errors)")
    let offline = try pair.theirs.bioarc("plan", "--offline")
    #expect(offline.output.hasSuffix("nothing to run\n") && offline.errors.isEmpty, "\(offline.errors)")
  }

  /// A program that tells which system calls others make; nil where there is none, or where it may not.
  private static let strace = TestServer.program("strace").flatMap { path in
    (try? CrateTests.shell("'\(path)' -f -o /dev/null true", in: "/tmp"))?.status == 0 ? path : nil
  }

  @Test(.enabled(if: strace != nil, "no strace, or none that may trace: nobody sees which sockets are opened"))
  func `offline no socket is opened, and the plan is the same`() throws {
    let pair = try LabPair()
    try pair.trust()
    #expect(try pair.theirs.bioarc("pull", "--results").status == 0)
    try pair.theirs.workspace.write(
      "bioarc-remotes.yaml", "remotes:\n  dead: http://127.0.0.1:9/results\n  shared: '\(pair.remote)'\n")
    let traced = { (arguments: [String]) in
      let process = pair.theirs.workspace.process(
        ["-f", "-e", "trace=socket,connect", "-o", "calls", Repository.program.path] + arguments)
      process.executableURL = URL(fileURLWithPath: Self.strace ?? "")
      let done = try Workspace.finish(process)
      #expect(done.status == 0, "\(arguments): \(done.errors)")
      let calls = try String(contentsOfFile: pair.theirs.workspace.path("calls"), encoding: .utf8)
      return (output: done.output, hasSocket: calls.contains("socket(") || calls.contains("connect("))
    }
    let file = "pipelines/small.yaml"
    let online = try traced(["plan", file])
    #expect(online.hasSocket, "else nothing is seen")
    let offline = try traced(["plan", file, "--offline"])
    #expect(!offline.hasSocket && offline.output == online.output, "\(offline.output)")
    // A step that runs computes what it cannot fetch.
    try pair.theirs.write(Lab.pipeline.replacing("lr: 0.001", with: "lr: 0.002"))
    for arguments in [["run", file], ["status", file], ["show", file, "ranking"], ["why", file], ["who", file]] {
      #expect(try !traced(arguments + ["--offline"]).hasSocket, "\(arguments)")
    }
  }

  @Test func `trust that is withdrawn makes misses, and own results stay`() throws {
    let pair = try LabPair()
    try pair.trust()
    #expect(try pair.theirs.bioarc("pull").status == 0)
    try pair.theirs.write(Lab.pipeline.replacing("lr: 0.001", with: "lr: 0.002"))
    try pair.theirs.run()
    let revoked = try pair.theirs.workspace.bioarc("trust", "revoke", "lab-a", "pipelines/small.yaml")
    #expect(revoked.status == 0 && revoked.output.contains("supernet[k=2]  by lab-a"), "\(revoked.output)")
    #expect(revoked.output.contains("ranking  from it") && revoked.output.contains("6 results of it count no more"))
    let plan = try pair.theirs.bioarc("plan", "--offline")
    #expect(!plan.output.contains("of lab-a"), "\(plan.output)")
    // Results come out the same when they are computed, so that those computed from them stay.
    let run = try pair.theirs.run(["--offline"])
    #expect(run.stages == ["promoters", "space", "supernet", "tokens"], "\(run.stages)")
    try pair.trust()
    #expect(try pair.theirs.bioarc("plan").output.hasSuffix("nothing to run\n"))
  }

  /// Another user, who may read the store and no more.
  @Test(.enabled(if: geteuid() == 0 && TestServer.program("setpriv") != nil, "only the superuser is another user"))
  func `a store of another user is asked, and nothing in it is needed to be written`() throws {
    let pair = try LabPair()
    try pair.trust()
    #expect(try pair.theirs.bioarc("pull", "--results").status == 0)
    let folder = pair.theirs.workspace.folder
    let chmod = Process()
    chmod.executableURL = URL(fileURLWithPath: "/bin/chmod")
    chmod.arguments = ["-R", "a+rX", folder.path, pair.remote]
    #expect(try Workspace.finish(chmod).status == 0)
    for file in FileManager.default.enumerator(atPath: pair.theirs.workspace.path("cache/pushes")) ?? .init() {
      let name = file as? String ?? ""
      if name.hasSuffix(".verdict") {
        try FileManager.default.removeItem(atPath: folder.path + "/cache/pushes/" + name)
      }
    }
    let ask = { (arguments: [String]) in
      let process = pair.theirs.workspace.process([])
      process.arguments = ["--reuid=65534", "--regid=65534", "--clear-groups", Repository.program.path] + arguments
      process.executableURL = URL(fileURLWithPath: TestServer.program("setpriv") ?? "")
      return try Workspace.finish(process)
    }
    let small = "pipelines/small.yaml"
    for arguments in [
      ["plan", small], ["plan", small, "--offline"], ["status", small], ["status", small, "--steps"], ["who", small],
      ["why", small, "ranking"], ["why", small], ["conflicts", small], ["trust", "list"],
    ] {
      let asked = try ask(arguments)
      #expect(asked.status == 0, "\(arguments): \(asked.output)\(asked.errors)")
    }
    #expect(try ask(["plan", small, "--offline"]).output.hasSuffix("nothing to run\n"))
    #expect(try ask(["who", small]).output.contains("lab-a"))
  }

  @Test func `what another lab has computed bears its name`() throws {
    let pair = try LabPair()
    try pair.trust()
    let run = try Workspace.finish(pair.theirs.workspace.process(["run", "pipelines/small.yaml"]))
    #expect(run.errors.contains("11 results of lab-a"), "\(run.errors)")
    #expect(try pair.theirs.bioarc("status").output.contains("11 results of lab-a"))
    #expect(try pair.theirs.bioarc("status", "--steps").output.contains("up to date, by lab-a"))
    let why = try pair.theirs.bioarc("why", "ranking").output
    #expect(why.contains("is up to date; its result is by lab-a, of "), "\(why)")
    #expect(try pair.ours.bioarc("why", "ranking").output.contains("is up to date; its result is of "))
    #expect(try pair.ours.bioarc("who").output.contains("here"))
  }

  /// A push that is killed anywhere shows nobody a half, and the next one completes it.
  @Test func `a push that is killed leaves nothing half, and the next one ends it`() throws {
    let pair = try LabPair(pushes: false)
    let isLong = ProcessInfo.processInfo.environment["BIOARC_STRESS"] == "1"
    var landed = 0
    for attempt in 0..<(isLong ? 200 : 20) {
      let process = pair.ours.workspace.process([
        "push", "pipelines/small.yaml", "--lab", "lab-a", "--sign", pair.key, "--to", "shared",
      ])
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      usleep(UInt32(attempt * (isLong ? 700 : 5000)))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let pushes = (try? FileManager.default.contentsOfDirectory(atPath: pair.remote + "/pushes")) ?? []
      landed = max(landed, pushes.filter { $0.hasPrefix("p-") }.count)
      let check = try pair.ours.workspace.bioarc("remote", "fsck", "shared")
      #expect(check.status == 0, "after \(attempt): \(check.errors)")
    }
    try pair.push()
    try pair.trust()
    #expect(try pair.theirs.run().started.isEmpty)
    #expect(try pair.theirs.digests() == pair.ours.digests())
    #expect(landed <= 1, "a push that was seen is not made again")
  }

  private static let registry = TestServer.program("docker-registry")
  private static let skopeo = TestServer.program("skopeo")

  /// Claims stay what they are wherever a push goes, and whoever carries it.
  @Test(.enabled(if: registry != nil && skopeo != nil && TestServer.moto != nil, "no docker-registry, skopeo or moto"))
  func `a push goes from a folder to a registry by skopeo, and to S3`() throws {
    let pair = try LabPair()
    let (place, port) = (try Workspace(), TestServer.freePort())
    let server = try TestServer.registry(Self.registry ?? "", in: place, port: port)
    let s3 = try TestServer([TestServer.moto ?? "", TestServer.folder + "/moto_keys.py", "labs"])
    let tags = try FileManager.default.contentsOfDirectory(atPath: pair.remote + "/pushes")
    let copy = Process()
    copy.executableURL = URL(fileURLWithPath: Self.skopeo ?? "")
    copy.arguments = [
      "--insecure-policy", "copy", "--dest-tls-verify=false", "oci:\(pair.remote):\(tags[0])",
      "docker://127.0.0.1:\(port)/lab/results:\(tags[0])",
    ]
    let copied = try Workspace.finish(copy)
    #expect(copied.status == 0, "\(copied.errors)")
    // From the registry, whose bytes nobody of the lab has written.
    try pair.trust()
    let registry = "oci://127.0.0.1:\(port)/lab/results"
    let plan = try pair.theirs.bioarc("plan", "--remote", registry)
    #expect(plan.output.contains("11 results of lab-a") && plan.errors.isEmpty, "\(plan.output)\(plan.errors)")
    #expect(try pair.theirs.bioarc("pull", "--remote", registry).status == 0)
    #expect(try pair.theirs.digests() == pair.ours.digests())
    // To S3, with credentials of the environment, and from there.
    let keys = ["AWS_ACCESS_KEY_ID": s3.words[1], "AWS_SECRET_ACCESS_KEY": s3.words[2]]
    let bucket = "s3://labs/ours?endpoint=http://127.0.0.1:\(s3.words[0])"
    let call = { (lab: Lab, arguments: [String]) in
      try Workspace.finish(lab.workspace.process(arguments, environment: keys))
    }
    let small = "pipelines/small.yaml"
    let pushed = try call(
      pair.ours, ["push", small, "--lab", "lab-a", "--sign", pair.key, "--to", bucket, "--json"])
    #expect(pushed.status == 0, "\(pushed.errors)")
    #expect(!"\(pushed.output)\(pushed.errors)".contains(s3.words[2]), "no secret is told")
    let third = try Lab()
    #expect(try third.workspace.bioarc("trust", "add", "lab-a", pair.key + ".pub").status == 0)
    let run = try call(third, ["run", small, "--remote", bucket])
    #expect(run.status == 0 && run.errors.contains("nothing to run"), "\(run.output)\(run.errors)")
    #expect(try call(third, ["pull", small, "--remote", bucket]).status == 0)
    #expect(try third.digests() == pair.ours.digests())
    // Without the key of the bucket nothing comes, and nothing fails.
    let fourth = try Lab()
    #expect(try fourth.workspace.bioarc("trust", "add", "lab-a", pair.key + ".pub").status == 0)
    let refused = try fourth.bioarc("plan", "--remote", bucket)
    #expect(refused.status == 0 && refused.errors.contains("the remote"), "\(refused.errors)")
    withExtendedLifetime((server, s3)) {}
  }
}
