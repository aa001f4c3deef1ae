package import Artifacts

/// Results that are kept until somebody takes the pin out: `pins/<name>`, sealed.
package struct Pin: Hashable, Sendable {
  package let name: String
  /// Seconds since 1970.
  package let time: Double
  package let pipeline: String
  package let file: String
  /// The steps that were asked for; empty: the whole pipeline.
  package let step: String
  package let keys: [Digest]

  package init(name: String, time: Double, pipeline: String, file: String, step: String, keys: [Digest]) {
    self.name = name
    self.time = time
    self.pipeline = pipeline
    self.file = file
    self.step = step
    self.keys = keys
  }

  func encoded() -> [UInt8] {
    Canonical.list([
      .string("bioarc-pin/1"), .float(time), .string(pipeline), .string(file), .string(step),
      .list(keys.map { .bytes($0.bytes) }),
    ]).encoded()
  }

  init(name: String, decoding bytes: [UInt8]) throws(CanonicalError) {
    let fields = try Canonical(decoding: bytes).list()
    guard fields.count == 6, fields[0] == .string("bioarc-pin/1"), case .float(let time) = fields[1] else {
      throw CanonicalError(offset: 0, reason: "not a pin")
    }
    var keys: [Digest] = []
    for key in try fields[5].list() { keys.append(try key.digest()) }
    self.init(
      name: name, time: time, pipeline: try fields[2].string(), file: try fields[3].string(),
      step: try fields[4].string(), keys: keys)
  }
}
