import ArgumentParser
import Artifacts
import Files
import Glibc
import Remotes
import Sharing
import Stores
import System

/// Results to a remote and back: how long, in how many requests, and in how much memory.
struct RemotesBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remotes", abstract: "Results pushed to a remote and pulled into another store, beside DVC.",
    discussion: """
      Results and objects are planted; each push and pull is of all of them, then of nothing new. With --dvc the same
      number of files of an object's size goes through DVC to its own remote, as `s3://BUCKET/PREFIX`, in turns of
      push and pull; credentials and the endpoint come from the variables of the AWS tools.

      EXAMPLES
        bench remotes --results 100000 --objects 5000
        bench remotes --address oci://127.0.0.1:5000/bench
        bench remotes --address 's3://bench/ours?endpoint=http://127.0.0.1:5555' --results 1000 --objects 1000 \\
          --dvc venv/bin/dvc --dvc-remote s3://bench/dvc
      """, helpNames: .long)

  @Option(help: "The remote. Default: a folder, which is removed.") var address: String?
  @Option(help: "Results.") var results = 100_000
  @Option(help: "Of these, results with an object.") var objects = 5_000
  @Option(help: "Bytes of an object, which do not compress.") var size = 35_000
  @Option(help: "The program of DVC with its S3.") var dvc: String?
  @Option(help: "The remote for DVC.") var dvcRemote: String?

  func run() throws {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let remote = try RemoteAddress.open(
      address ?? "file:\(scratch.path)/remote", environment: Environment.variables, agent: "bench")
    let (ours, theirs) = ("\(scratch.path)/ours", "\(scratch.path)/theirs")
    let source = try Store(root: ours, create: true)
    let keys = try timed("plant") { try plant(source) }
    try timed("push", remote) { try push(keys, source, remote) }
    try timed("push again, nothing new", remote) { try push(keys, source, remote) }
    let target = try Store(root: theirs, create: true)
    let steps = keys.map { ClaimedStep(key: $0, stage: "bench") }
    try timed("claims", remote) { try peers(target, remote, accepts: true).bring([]) }
    try timed("records of all", remote) {
      let count = try peers(target, remote).bring(steps)
      precondition(count == results, "\(count) of \(results) results came")
    }
    try timed("one object", remote) {
      let peers = try peers(target, remote)
      try peers.fetch(Array(missing(keys, target).prefix(1)))
    }
    try timed("all objects", remote) { try peers(target, remote).fetch(missing(keys, target)) }
    let rest = try missing(keys, target).count
    precondition(rest == 0, "\(rest) objects did not come")
    if let dvc, let dvcRemote { try compare(dvc, dvcRemote, scratch.path) }
  }

  /// Runs `body`, and prints its seconds, its requests and the peak of memory.
  @discardableResult
  private func timed<R>(_ name: String, _ remote: (any Remote)? = nil, _ body: () throws -> R) rethrows -> R {
    System.Memory.resetPeak()
    let (began, before) = (Clock.monotonic(), remote?.requests ?? 0)
    let result = try body()
    let seconds = Clock.monotonic() - began
    let requests = (remote?.requests ?? 0) - before
    print(
      "\(name): \(Double(Int(seconds * 1000)) / 1000) s, \(requests) requests, peak \(System.Memory.peak() >> 20) MiB")
    fflush(nil)
    return result
  }

  private func push(_ keys: [Digest], _ store: Store, _ remote: any Remote) throws {
    let pusher = try Pusher(store, to: remote, lab: "bench")
    let news = try pusher.news(keys, objectsOf: Set(keys))
    if news.isEmpty { return }
    _ = try pusher.push(
      news, objectsOf: Set(keys), now: Clock.wall(), sign: { _ in nil }, progress: { _ in })
  }

  /// Peers that take the claims of the remote as they are.
  private func peers(_ store: Store, _ remote: any Remote, accepts: Bool = false) throws -> Peers {
    if accepts { for tag in try remote.tags() { try PushShelf(store).accept(Push.read(tag, from: remote)) } }
    return Peers(store, [Sharing.Peer("bench", remote)], trust: Trust(signers: "/nowhere")) { print("warning: \($0)") }
  }

  private func missing(_ keys: [Digest], _ store: Store) throws -> [(digest: Digest, size: Int)] {
    try keys.flatMap { key in try store.result(key).map { try store.missing($0) } ?? [] }
  }

  private func plant(_ store: Store) throws -> [Digest] {
    var state: UInt64 = 1
    return try (0..<results).map { number in
      let identity = StepIdentity(
        stage: "bench", version: 1, parameters: ["number": .int(number)], horizon: [:], ports: [:])
      let bytes = number < objects ? Self.noise(size, &state) : Array("result \(number)\n".utf8)
      let digest = Digest.of(bytes)
      if number < objects { try store.put(bytes) }
      let output = ResultRecord.Output(
        artifact: ArtifactReference(
          kind: ArtifactKind("text"), format: "", options: [:], layout: .file, digest: digest, size: bytes.count),
        manifest: nil, inline: number < objects ? [:] : [digest: bytes])
      let record = ResultRecord(
        outcome: .outputs(["out": output]), environment: ["kernel": "bench"], finished: 1_790_000_000, duration: 0.01,
        peakMemory: 1 << 20)
      try store.keep(identity: identity, sources: [:])
      _ = try store.publish(record, identity.key)
      return identity.key
    }
  }

  private static func noise(_ count: Int, _ state: inout UInt64) -> [UInt8] {
    (0..<count).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return UInt8(truncatingIfNeeded: state >> 32)
    }
  }

  /// As many files through DVC.
  private func compare(_ dvc: String, _ remote: String, _ scratch: String) throws {
    let folder = "\(scratch)/dvc"
    try DiskFileSystem().makeFolders("\(folder)/data")
    var state: UInt64 = 2
    for number in 0..<objects {
      let file = try DiskFileSystem().create("\(folder)/data/\(number)", .readOnly)
      try file.write(Self.noise(size, &state))
      try file.close()
    }
    let variables = Environment.variables
    let endpoint = variables["AWS_ENDPOINT_URL"].map { ["remote", "modify", "there", "endpointurl", $0] }
    for arguments in [
      ["init", "--no-scm", "-q"], ["remote", "add", "-d", "there", remote], endpoint, ["add", "-q", "data"],
    ] { if let arguments { try Self.call(dvc, arguments, folder) } }
    try timed("DVC push") { try Self.call(dvc, ["push", "-q"], folder) }
    try timed("DVC push again, nothing new") { try Self.call(dvc, ["push", "-q"], folder) }
    _ = try DiskFileSystem().removeAll("\(folder)/.dvc/cache")
    _ = try DiskFileSystem().removeAll("\(folder)/data")
    try timed("DVC pull") { try Self.call(dvc, ["pull", "-q"], folder) }
  }

  private static func call(_ program: String, _ arguments: [String], _ folder: String) throws {
    let command = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder, program] + arguments
    let ending = try ChildProcess.run(command, seconds: 3600)
    precondition(ending.status == 0, "dvc \(arguments): \(ending.message)")
  }
}
