/// Why a layer that can be written cannot be built.
package struct BlockProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// One sentence without a full stop.
  package let description: String
  /// The width that it is about, if it is about one.
  package let width: Int?
  /// A width near it that can be built, where the width is what to change.
  package let nearestWidth: Int?

  init(_ description: String, width: Int? = nil, nearestWidth: Int? = nil) {
    self.description = description
    self.width = width
    self.nearestWidth = nearestWidth
  }
}

extension Layer {
  /// The problem of an even number of taps where tokens see both sides: there is none in the middle.
  func evenTaps(_ option: String, causal: Bool?) -> BlockProblem? {
    guard causal == false, self[option] % 2 == 0 else { return nil }
    return BlockProblem(
      "option \(option)=\(self[option]) of module '\(kind)': must be odd for a bidirectional convolution")
  }
}
