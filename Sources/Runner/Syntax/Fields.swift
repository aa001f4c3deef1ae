import Artifacts
import YAML

/// The entries of a map whose keys are known.
struct Fields {
  var values: [String: YAMLNode] = [:]
  /// For each unknown key, the one that was probably meant.
  var unknown: [String?] = []

  subscript(key: String) -> YAMLNode? { values[key] }

  /// Whether a key is not there, and not there in another spelling either.
  func lacks(_ key: String) -> Bool { values[key] == nil && !unknown.contains(key) }
}
