import Foundation
import Glibc

/// Debian's `chromium-headless-shell`, driven by the DevTools protocol over a pipe: commands go in at its descriptor 3,
/// answers and events come out at 4, as JSON that ends with a zero byte.
package final class Browser {
  /// Whether it is installed.
  package static var program: String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/chromium-headless-shell" }
      .first { access($0, X_OK) == 0 }
  }

  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// Events of the page since it was opened, in order.
  package private(set) var events: [(method: String, parameters: [String: Any])] = []
  private let pid: pid_t
  private let commands: Int32
  private let answers: Int32
  private let folder: URL
  private var buffer: [UInt8] = []
  private var number = 0
  private var session: String?

  /// Seconds for which an answer is waited: against hanging alone.
  private static let patience = 120.0

  /// The words that start a program in an empty network namespace; nil where this user may make none.
  package static let withoutNetwork: [String]? = {
    let unshare = ["/usr/bin/unshare", "--net"]
    let process = Process()
    process.executableURL = URL(fileURLWithPath: unshare[0])
    process.arguments = [unshare[1], "/bin/true"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    process.waitUntilExit()
    return process.terminationStatus == 0 ? unshare : nil
  }()

  /// - Parameter prefix: words before the program, as those of `withoutNetwork`.
  package init(_ prefix: [String] = []) throws {
    guard let program = Self.program else { throw Failure(description: "no chromium-headless-shell in PATH") }
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("browser-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let (input, output) = (try Self.pipe(), try Self.pipe())
    (commands, answers) = (input.write, output.read)
    pid = try Self.start(
      prefix + [
        program, "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe",
        "--user-data-dir=\(folder.path)", "about:blank",
      ], input: input.read, output: output.write)
    close(input.read)
    close(output.write)
    let target = try send("Target.createTarget", ["url": "about:blank"])["targetId"] as? String ?? ""
    session = try send("Target.attachToTarget", ["targetId": target, "flatten": true])["sessionId"] as? String
    for domain in ["Page", "Runtime", "Log", "Network", "Accessibility"] { try send("\(domain).enable") }
  }

  deinit {
    kill(-pid, SIGKILL)
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    close(commands)
    close(answers)
    try? FileManager.default.removeItem(at: folder)
  }

  /// A pipe whose ends are above the descriptors that the program is given, and are not inherited.
  private static func pipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    guard Glibc.pipe(&ends) == 0 else { throw Failure(description: "no pipe") }
    defer { for end in ends { close(end) } }
    return (fcntl(ends[0], F_DUPFD_CLOEXEC, 10), fcntl(ends[1], F_DUPFD_CLOEXEC, 10))
  }

  private static func start(_ arguments: [String], input: Int32, output: Int32) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for stream: Int32 in [1, 2] { posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0) }
    posix_spawn_file_actions_adddup2(&actions, input, 3)
    posix_spawn_file_actions_adddup2(&actions, output, 4)
    // A group of its own: the program is a script, and what it starts ends with it.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    var pid: pid_t = 0
    let words = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    let code = posix_spawn(&pid, arguments[0], &actions, &attributes, words, environ)
    guard code == 0 else { throw Failure(description: "\(arguments[0]): \(String(cString: strerror(code)))") }
    return pid
  }

  // MARK: Commands

  /// Sends a command and waits for its answer; events that come meanwhile are kept.
  @discardableResult
  package func send(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
    number += 1
    var message: [String: Any] = ["id": number, "method": method, "params": parameters]
    if let session { message["sessionId"] = session }
    let bytes = Array(try JSONSerialization.data(withJSONObject: message)) + [0]
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { write(commands, $0.baseAddress! + sent, bytes.count - sent) }
      guard count > 0 else { throw Failure(description: "the browser is gone") }
      sent += count
    }
    while true {
      let answer = try receive()
      guard let id = answer["id"] as? Int else {
        events.append((answer["method"] as? String ?? "", answer["params"] as? [String: Any] ?? [:]))
        continue
      }
      guard id == number else { continue }
      if let error = answer["error"] { throw Failure(description: "\(method): \(error)") }
      return answer["result"] as? [String: Any] ?? [:]
    }
  }

  private func receive() throws -> [String: Any] {
    let deadline = Date().addingTimeInterval(Self.patience)
    while true {
      if let end = buffer.firstIndex(of: 0) {
        let message = Data(buffer[..<end])
        buffer.removeSubrange(...end)
        return try JSONSerialization.jsonObject(with: message) as? [String: Any] ?? [:]
      }
      var polled = pollfd(fd: answers, events: Int16(POLLIN), revents: 0)
      guard poll(&polled, 1, 1000) >= 0, Date() < deadline else { throw Failure(description: "no answer") }
      guard polled.revents != 0 else { continue }
      var chunk = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(answers, &chunk, chunk.count)
      guard count > 0 else { throw Failure(description: "the browser has ended") }
      buffer += chunk[..<count]
    }
  }

  // MARK: A page

  /// Opens a file and waits until its page has been read; returns the seconds that it took to be ready, by `condition`.
  @discardableResult
  package func open(_ path: String, until condition: String = "document.readyState === 'complete'") throws -> Double {
    events = []
    let began = Date()
    try send("Page.navigate", ["url": URL(fileURLWithPath: path).absoluteString])
    // While one page gives way to another there is no document.
    guard Waiting.until(seconds: Self.patience, { (try? evaluate(condition)) as? Bool == true }) else {
      throw Failure(description: "\(path): never '\(condition)'")
    }
    return Date().timeIntervalSince(began)
  }

  /// The value of an expression; of a promise, what it gives.
  @discardableResult
  package func evaluate(_ expression: String) throws -> Any? {
    let answer = try send(
      "Runtime.evaluate", ["expression": expression, "awaitPromise": true, "returnByValue": true])
    if let exception = answer["exceptionDetails"] as? [String: Any] {
      throw Failure(description: "\(expression.prefix(200)): \(exception)")
    }
    return (answer["result"] as? [String: Any])?["value"]
  }

  /// Presses a key, as `ArrowDown`; `code` is that of Windows, by which the browser knows it.
  package func press(_ key: String, _ code: Int) throws {
    for type in ["rawKeyDown", "keyUp"] {
      try send("Input.dispatchKeyEvent", ["type": type, "key": key, "code": key, "windowsVirtualKeyCode": code])
    }
  }

  /// The complaints of the page: messages of the console, exceptions, entries of the log.
  package var complaints: [String] {
    events.filter { ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"].contains($0.method) }
      .map { "\($0.method): \($0.parameters)" }
  }

  /// The addresses that the page has asked for.
  package var requests: [String] {
    events.filter { $0.method == "Network.requestWillBeSent" }.compactMap {
      ($0.parameters["request"] as? [String: Any])?["url"] as? String
    }
  }
}
