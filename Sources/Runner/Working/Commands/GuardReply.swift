import System

/// The end of a command, as its guard tells it: numbers of 8 bytes.
struct GuardReply {
  private static let numbers = 5
  static let size = 8 * numbers

  /// As `wait4` gives it.
  let status: Int32
  /// Peak resident bytes of the largest process.
  let peakMemory: Int
  /// The resources of all processes of the command.
  let usage: ResourceUsage

  init(status: Int32, peakMemory: Int, usage: ResourceUsage) {
    (self.status, self.peakMemory, self.usage) = (status, peakMemory, usage)
  }

  init(_ bytes: [UInt8]) {
    let words = (0..<Self.numbers).map { place in
      bytes[8 * place..<8 * place + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    let numbers = words.map { Int(truncatingIfNeeded: $0) }
    (status, peakMemory) = (Int32(truncatingIfNeeded: numbers[0]), numbers[1])
    usage = ResourceUsage(
      cpuSeconds: Double(numbers[2]) / 1e6, bytesRead: numbers[3], bytesWritten: numbers[4])
  }

  func encoded() -> [UInt8] {
    let microseconds = Int(usage.cpuSeconds * 1e6)
    return [Int(status), peakMemory, microseconds, usage.bytesRead, usage.bytesWritten].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
    }
  }
}
