/// A file of a layout as its place lists it.
struct LayoutFile: Hashable, Sendable {
  /// The name below the folder that was listed.
  let name: String
  let size: Int
  /// Seconds since 1970; nil where it is not told.
  let modified: Double?
}
