import Artifacts
package import Stores

/// A pin as JSON.
package struct PinDocument: Encodable {
  let name: String
  /// Seconds since 1970.
  let time: Double
  let pipeline: String
  let file: String
  let step: String?
  let keys: [Digest]

  package init(_ pin: Pin) {
    name = pin.name
    time = pin.time
    pipeline = pin.pipeline
    file = pin.file
    step = pin.step.isEmpty ? nil : pin.step
    keys = pin.keys
  }
}
