/// A row's split.
package enum SplitName: String, Sendable, CaseIterable {
  case train, dev, test
  /// The row is left out.
  case none = "-"

  /// Names that others give them.
  package init?(other name: String) {
    switch name.lowercased() {
    case "train", "training": self = .train
    case "dev", "valid", "validation", "val": self = .dev
    case "test", "testing": self = .test
    default: return nil
    }
  }
}
