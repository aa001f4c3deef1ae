import Artifacts

/// A worker's message to its guard: a letter, 8 bytes of a count (most significant first), and that many bytes.
enum GuardMessage {
  /// Run a command; the one before has ended.
  case run(CommandRequest)
  /// Ask the command in hand to end: SIGTERM to its process group.
  case terminate

  private static let front = 9

  func encoded() -> [UInt8] {
    switch self {
    case .terminate: Self.frame("T", [])
    case .run(let request):
      Self.frame(
        "R",
        Canonical.list([
          .list(request.arguments.map(Canonical.string)), .list(request.environment.map(Canonical.string)),
          .string(request.folder),
        ]).encoded())
    }
  }

  private static func frame(_ letter: Unicode.Scalar, _ body: [UInt8]) -> [UInt8] {
    [UInt8(ascii: letter)] + (0..<8).map { UInt8(truncatingIfNeeded: body.count >> (56 - 8 * $0)) } + body
  }

  /// Takes a whole message off the front of `bytes`; nil where there is none.
  static func take(from bytes: inout [UInt8]) -> GuardMessage? {
    guard bytes.count >= front else { return nil }
    let count = bytes[1..<front].reduce(0) { $0 << 8 | Int($1) }
    guard bytes.count - front >= count else { return nil }
    defer { bytes.removeFirst(front + count) }
    guard bytes[0] == UInt8(ascii: "R") else { return .terminate }
    guard let fields = try? Canonical(decoding: Array(bytes[front..<front + count])).list(),
      let arguments = try? fields[0].list().map({ try $0.string() }),
      let environment = try? fields[1].list().map({ try $0.string() }), let folder = try? fields[2].string()
    else { preconditionFailure("a message that no worker sends") }
    return .run(CommandRequest(arguments: arguments, environment: environment, folder: folder))
  }
}
