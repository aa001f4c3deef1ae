/// A picture of numbers.
package protocol Picture: Sendable {
  /// Its name among those of one result, as `loss`.
  var name: String { get }
  /// The picture as SVG; same numbers, same bytes.
  func svg() -> String
  /// The picture in characters, at most so many columns wide; nil where tables say it better.
  func text(width: Int) -> String?
}
