package import Foundation

/// A real Slurm on this machine's loopback, for as long as this object lives; see `slurm-cluster.sh`.
package final class SlurmCluster: Sendable {
  /// The reason for which there can be none here; nil where there can.
  package static let obstacle: String? = {
    let missing = ["munged", "slurmctld", "slurmd", "sbatch", "squeue"].filter { find($0) == nil }
    return missing.isEmpty ? nil : "\(missing.joined(separator: ", ")) missing: apt-get install slurm-wlm munge"
  }()

  package let folder: URL
  private let script = Process()
  private let input = Pipe()

  struct Failure: Error { let message: String }

  /// Starts a controller and two nodes of 4 cores. `settings` are lines of slurm.conf.
  package init(_ settings: String...) throws {
    // Short, because the path of a socket is.
    folder = URL(fileURLWithPath: "/tmp/slurm-\(UUID().uuidString.prefix(8))")
    let ports = try (0..<3).map { _ in try Self.freePort() }
    let output = Pipe()
    script.executableURL = Repository.root.appendingPathComponent("Tests/TestSupport/slurm-cluster.sh")
    script.arguments = [folder.path] + ports.map(String.init) + settings
    script.standardInput = input
    script.standardOutput = output
    try script.run()
    let said = output.fileHandleForReading.availableData
    guard String(decoding: said, as: UTF8.self) == "ready\n" else {
      let log = try? String(contentsOf: folder.appendingPathComponent("slurmctld.log"), encoding: .utf8)
      stop()
      throw Failure(message: "the cluster does not start: \(log ?? "")")
    }
  }

  deinit { stop() }

  /// Ends every job and daemon.
  package func stop() {
    try? input.fileHandleForWriting.close()
    script.waitUntilExit()
  }

  /// With these, commands find the cluster and are counted.
  package var environment: [String: String] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return ["SLURM_CONF": folder.path + "/slurm.conf", "PATH": "\(folder.path)/bin:\(path)"]
  }

  /// Runs one of Slurm's commands, uncounted, and returns what it printed.
  @discardableResult
  package func command(_ name: String, _ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = Self.find(name)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["SLURM_CONF": folder.path + "/slurm.conf"]) { $1 }
    return try Workspace.finish(process).output
  }

  /// The command lines of counted commands, each with the moment of its call in seconds since 1970.
  package var calls: [(time: Double, words: [Substring])] {
    let text = (try? String(contentsOf: folder.appendingPathComponent("calls"), encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map { line in
      let words = line.split(separator: " ")
      return (Double(words[0]) ?? 0, Array(words.dropFirst()))
    }
  }

  /// Jobs that have not ended, one per line.
  package func queue() throws -> [Substring] {
    try command("squeue", "--noheader", "--array", "--format=%F_%K %T %N").split(separator: "\n")
  }

  private static func find(_ program: String) -> URL? {
    ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"].map { URL(fileURLWithPath: "\($0)/\(program)") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }

  /// A port of the loopback that nobody listens on.
  private static func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard isBound else { throw Failure(message: "no free port") }
    return UInt16(bigEndian: address.sin_port)
  }
}
