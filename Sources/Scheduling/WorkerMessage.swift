import FoundationEssentials

/// What the scheduler tells a worker: one line of JSON each on the worker's standard input. Its end is the order to
/// exit.
enum WorkerCommand: Codable, Sendable {
  /// Run the step whose pre-image the store holds under `key`, with that many threads and these resource parameters
  /// (canonical encoding).
  case run(key: String, threads: Int, resources: [UInt8])
  /// Checkpoint and stop the step in hand.
  case interrupt
}

/// What a worker tells the scheduler: one line of JSON each on the worker's standard output.
enum WorkerReply: Codable, Sendable {
  case progress(done: Int, total: Int, unit: String, detail: String)
  case metric(name: String, step: Int, value: Double)
  case warning(String)
  /// The record is in the store. `divergent` names the ports whose bytes differ from the earlier record's.
  case finished(divergent: [String])
  case interrupted
  /// Nothing is in the store, and another attempt would go no better.
  case broken(message: String)
  /// Bytes that the step reads are bad or gone; they are computed again before the next attempt.
  case damaged(message: String)
}

/// Lines of JSON out of and into file descriptors.
enum Lines {
  static func encode(_ message: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(message) else { preconditionFailure("\(message) has no JSON form") }
    return Array(data) + [UInt8(ascii: "\n")]
  }

  static func decode<T: Decodable>(_ type: T.Type, _ line: some Collection<UInt8>) -> T? {
    try? JSONDecoder().decode(type, from: Data(line))
  }

  /// Takes the whole lines off the front of `buffer`.
  static func take(from buffer: inout [UInt8]) -> [[UInt8]] {
    guard let end = buffer.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
    let lines = buffer[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true).map(Array.init)
    buffer.removeSubrange(...end)
    return lines
  }
}
