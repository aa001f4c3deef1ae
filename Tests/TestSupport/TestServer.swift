import Foundation

/// A server of a test, in a process of its own, which ends when this goes or the tests end, however they do.
package final class TestServer: @unchecked Sendable {
  /// The words of the first line that it prints.
  package let words: [String]
  private let process = Process()
  private let input = Pipe()

  private struct Failure: Error, CustomStringConvertible { let description: String }

  package static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
    "Servers"
  ).path

  /// Starts a program and waits for the line that it prints when it serves, or until somebody listens at a port.
  ///
  /// `removing` names a folder that is removed when the server has ended.
  package init(_ arguments: [String], port: Int? = nil, removing folder: String = "") throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", Self.folder + "/guard.py", folder] + arguments
    process.standardInput = input
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    if let port {
      words = []
      let isServing = Waiting.until(seconds: 60) { !process.isRunning || Self.isListening(port) }
      guard isServing, process.isRunning else { throw Failure(description: "\(arguments[0]) does not serve") }
      return
    }
    var line: [UInt8] = []
    while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
      line.append(byte)
    }
    words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
    guard !words.isEmpty else { throw Failure(description: "\(arguments[0]) does not serve") }
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// A port of 127.0.0.1 that was free a moment ago.
  package static func freePort() -> Int {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(socket, $0, size)
        _ = getsockname(socket, $0, &size)
      }
    }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  private static func isListening(_ port: Int) -> Bool {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    address.sin_port = UInt16(port).bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  /// Debian's registry of containers at a port, with its blobs in a folder.
  package static func registry(_ program: String, in folder: Workspace, port: Int, removing: String = "") throws
    -> TestServer
  {
    try folder.write(
      "registry.yml",
      """
      version: 0.1
      log: {level: error}
      storage:
        filesystem: {rootdirectory: \(folder.path("blobs"))}
        delete: {enabled: true}
      http: {addr: "127.0.0.1:\(port)"}
      """)
    return try TestServer([program, "serve", folder.path("registry.yml")], port: port, removing: removing)
  }

  /// The path of a program; nil where this machine does not have it.
  package static func program(_ name: String) -> String? {
    ["/usr/bin/", "/usr/sbin/", "/usr/local/bin/"].map { $0 + name }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }

  /// A Python with moto: one of `BIOARC_SHARING_PYTHON`, else `python3`; nil where none has it. Versions before 5.2.5
  /// refuse signatures of lists that are right.
  package static let moto: String? = {
    let named = ProcessInfo.processInfo.environment["BIOARC_SHARING_PYTHON"] ?? ""
    let candidates = named.split(separator: ":").map(String.init) + ["python3"]
    let check = """
      import boto3, moto.server
      assert tuple(map(int, moto.__version__.split(".")[:3])) >= (5, 2, 5)
      """
    return candidates.first { (try? Python.run($0, ["-c", check])) != nil }
  }()
}
