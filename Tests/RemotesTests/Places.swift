import Artifacts
import Files
import Foundation
import Synchronization
import TestSupport

@testable import Remotes

/// The kinds of remote that must behave alike.
enum Place: String, CaseIterable, Sendable {
  case memory, folder, s3, registry, siteWithRanges, siteWithout

  /// A remote that is empty: one by which it is written and one by which it is read, which are one but for a web site.
  /// Nil, and a line that says so, where this machine does not have the server.
  func make() throws -> (writer: any Remote, reader: any Remote, keeping: [any Sendable])? {
    let folder = try Workspace()
    let number = Self.counter.add(1, ordering: .relaxed).newValue
    switch self {
    case .memory:
      let files = MemoryFileSystem()
      let remote = try open("file:/lab/remote", files: files)
      return (remote, remote, [])
    case .folder:
      let remote = try open("file:\(folder.path("remote"))")
      return (remote, remote, [folder])
    case .s3:
      guard let (server, environment) = try Self.moto.get() else {
        return skip("moto from 5.2.5 on (BIOARC_SHARING_PYTHON)")
      }
      let address = "s3://tests/labs/r\(number)?endpoint=http://127.0.0.1:\(server.words[0])"
      let remote = try open(address, environment: environment)
      return (remote, remote, [server])
    case .registry:
      guard let (server, port) = try Self.registryServer.get() else { return skip("docker-registry") }
      let remote = try open("oci://127.0.0.1:\(port)/lab/r\(number)")
      return (remote, remote, [server])
    case .siteWithRanges, .siteWithout:
      let path = folder.path("remote")
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      let port = TestServer.freePort()
      let server: TestServer
      if self == .siteWithout {
        server = try TestServer(
          ["python3", "-m", "http.server", "-b", "127.0.0.1", "-d", path, "\(port)"], port: port)
      } else {
        guard let nginx = TestServer.program("nginx") else { return skip("nginx") }
        try folder.write("nginx.conf", Self.configuration(folder.folder.path, path, port))
        server = try TestServer([nginx, "-e", folder.path("log"), "-c", folder.path("nginx.conf")], port: port)
      }
      return (try open("file:\(path)"), try open("http://127.0.0.1:\(port)/"), [folder, server])
    }
  }

  private static let counter = Atomic<Int>(0)

  private func skip(_ program: String) -> (writer: any Remote, reader: any Remote, keeping: [any Sendable])? {
    print("skipped: \(rawValue), since this machine has no \(program)")
    return nil
  }

  private func open(
    _ text: String, files: any FileSystem = DiskFileSystem(), environment: [String: String] = [:]
  ) throws -> any Remote {
    // Nobody waits: a server that cannot serve is asked again at once, and after some times left.
    try RemoteAddress.open(
      text, environment: environment, agent: "bioarc/test", pace: TestClock().pace(), files: files)
  }

  /// One server for all tests, that verifies signatures.
  private static let moto: Result<(TestServer, [String: String])?, any Error> = Result {
    guard let python = TestServer.moto else { return nil }
    let server = try TestServer([python, TestServer.folder + "/moto_keys.py", "tests"])
    return (server, ["AWS_ACCESS_KEY_ID": server.words[1], "AWS_SECRET_ACCESS_KEY": server.words[2]])
  }

  /// One server for all tests, whose blobs are in a folder that goes with them.
  private static let registryServer: Result<(TestServer, Int)?, any Error> = Result {
    guard let program = TestServer.program("docker-registry") else { return nil }
    let (folder, port) = (try Workspace(), TestServer.freePort())
    let server = try TestServer.registry(program, in: folder, port: port, removing: folder.folder.path)
    // Nothing ends what tests share but the end of the process.
    _ = Unmanaged.passRetained(folder)
    return (server, port)
  }

  private static func configuration(_ folder: String, _ root: String, _ port: Int) -> String {
    """
    daemon off;
    master_process off;
    pid \(folder)/pid;
    events {}
    http {
      access_log off;
      client_body_temp_path \(folder)/body;
      proxy_temp_path \(folder)/proxy;
      fastcgi_temp_path \(folder)/fastcgi;
      uwsgi_temp_path \(folder)/uwsgi;
      scgi_temp_path \(folder)/scgi;
      server { listen 127.0.0.1:\(port); root \(root); }
    }
    """
  }
}

/// `count` bytes that do not repeat, the same for the same seed.
func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  return [UInt8](unsafeUninitializedCapacity: count) { space, filled in
    for index in 0..<count {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      space[index] = UInt8(truncatingIfNeeded: state >> 32)
    }
    filled = count
  }
}

/// The error that a call throws; nil for none.
func failure(_ body: () throws -> Void) -> RemoteError? {
  do { try body() } catch let error as RemoteError { return error } catch { return .source("another error: \(error)") }
  return nil
}
