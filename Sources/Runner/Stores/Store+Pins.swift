import Artifacts
package import Files

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
