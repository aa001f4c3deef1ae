package import Artifacts
package import Files

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

extension Store {
  private var pinFolder: String { root + "/pins" }

  /// Sets a pin; false when there is one of that name.
  package func add(_ pin: Pin) throws(StoreError) -> Bool {
    precondition(NameRules.isPin(pin.name), "'\(pin.name)' cannot name a pin")
    do {
      let bytes = Sealed.seal(pin.encoded(), Self.sealKey(ofPin: pin.name))
      try folder.write(bytes, to: "\(pinFolder)/\(pin.name)", replacing: false)
      return true
    } catch let error where error.isTaken { return false }
  }

  /// The pin of that name, or nil; one that is damaged is quarantined.
  package func pin(_ name: String) throws(StoreError) -> Pin? {
    guard NameRules.isPin(name), let bytes = try files.contents("\(pinFolder)/\(name)") else { return nil }
    if let content = Sealed.open(bytes, Self.sealKey(ofPin: name)), let pin = try? Pin(name: name, decoding: content) {
      return pin
    }
    folder.quarantine("\(pinFolder)/\(name)", "not a sealed pin")
    return nil
  }

  /// All pins, ascending by name.
  package func pins() throws(StoreError) -> [Pin] {
    var pins: [Pin] = []
    for name in try files.namesIfPresent(pinFolder) { if let pin = try pin(name) { pins.append(pin) } }
    return pins
  }

  /// Takes a pin out; false when there is none of that name.
  package func removePin(_ name: String) throws(StoreError) -> Bool {
    guard NameRules.isPin(name) else { return false }
    do {
      try files.remove("\(pinFolder)/\(name)")
      try files.synchronize(folder: pinFolder)
      return true
    } catch let error where error.isAbsent { return false }
  }

  private static func sealKey(ofPin name: String) -> Digest { .of(Array("bioarc-pin/1 \(name)".utf8)) }
}
