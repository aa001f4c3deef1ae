import Artifacts

/// The name of a saved state's manifest, `<steps>-<segment key>`: it tells whose states it is one of.
package struct SegmentName: Hashable, LosslessStringConvertible {
  let step: Int
  let key: Digest

  init(step: Int, key: Digest) {
    self.step = step
    self.key = key
  }

  /// Reads a name; nil for a text of another form.
  package init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let step = Int(parts[0]), let key = Digest(hex: String(parts[1])) else { return nil }
    self.init(step: step, key: key)
    guard description == text else { return nil }
  }

  package var description: String { "\(step)-\(key.hex)" }
}
