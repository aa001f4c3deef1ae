import Artifacts

/// `$name`, `$stage.port` or `$params.name` as it is being written: the part behind the dot may be missing or empty.
struct ReferenceText {
  /// The name that is referred to: of `$params.name` that of the param.
  let name: String
  /// The bytes before it.
  let offset: Int
  /// A port, a field or an item behind the name.
  let part: String?
  let isParam: Bool

  init?(_ text: String) {
    guard text.hasPrefix("$"), !text.hasPrefix("$$") else { return nil }
    let parts = text.dropFirst().split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    isParam = parts[0] == "params" && parts.count == 2
    name = isParam ? parts[1] : parts[0]
    guard NameRules.isName(name) else { return nil }
    offset = isParam ? "$params.".utf8.count : 1
    part = isParam || parts.count == 1 ? nil : parts[1]
  }
}
