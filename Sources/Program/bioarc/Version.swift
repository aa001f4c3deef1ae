/// The version of this program.
enum Version {
  static let text = "bioarc 0.1.0"
}
