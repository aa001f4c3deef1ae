import Artifacts
package import Stores

/// A pin as JSON.
package struct PinDocument: Encodable {
  package let name: String
  /// Seconds since 1970.
  package let time: Double
  package let pipeline: String
  package let file: String
  package let step: String?
  package let keys: [String]

  package init(_ pin: Pin) {
    name = pin.name
    time = pin.time
    pipeline = pin.pipeline
    file = pin.file
    step = pin.step.isEmpty ? nil : pin.step
    keys = pin.keys.map(\.hex)
  }
}
