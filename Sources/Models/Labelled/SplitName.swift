/// A row's split.
package enum SplitName: String, Sendable, CaseIterable {
  case train, dev, test
  /// The row is left out.
  case none = "-"

  /// The split of a name that other programs use; nil for any other name.
  package init?(other name: String) {
    switch name.lowercased() {
    case "train", "training": self = .train
    case "dev", "valid", "validation", "val": self = .dev
    case "test", "testing": self = .test
    default: return nil
    }
  }
}
