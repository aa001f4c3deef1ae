import Artifacts

/// The end of a command, as its guard tells it: two numbers of 8 bytes.
struct GuardReply {
  static let size = 16

  /// As `wait4` gives it.
  let status: Int32
  /// Peak resident bytes of the largest process.
  let peakMemory: Int

  init(status: Int32, peakMemory: Int) {
    self.status = status
    self.peakMemory = peakMemory
  }

  init(_ bytes: [UInt8]) {
    let words = [bytes[..<8], bytes[8..<Self.size]].map { $0.reduce(0) { $0 << 8 | Int($1) } }
    (status, peakMemory) = (Int32(truncatingIfNeeded: words[0]), words[1])
  }

  func encoded() -> [UInt8] {
    [Int(status), peakMemory].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
  }
}
