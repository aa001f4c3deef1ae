/// The `choice` artifact: the ids of one of the items that a stage gathered, in the first role of its first gathering
/// port, a line each. By them another stage reads what belongs to that item:
/// `{ from: $tokens.tokenizer, of: $ranking.winner }`.
package struct Choice: Hashable, Sendable {
  /// In the order of the axes at the role.
  package let ids: [String]

  package init(ids: [String]) { self.ids = ids }

  package func encoded() -> [UInt8] { Array(ids.map { $0 + "\n" }.joined().utf8) }

  /// Reads what `encoded` wrote, or an own stage, with or without a line feed at the end.
  package init(decoding bytes: [UInt8]) {
    ids = bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension ArtifactKind {
  /// The ids of an item that a stage chose among those that it gathered.
  package static let choice = ArtifactKind("choice")
}

extension StageDeclaration {
  /// The port among whose items a `choice` of the stage is, and the role that it names; nil without one.
  package var chosenRole: (port: InputPort, role: String)? {
    inputs.first { !$0.roles.isEmpty }.map { ($0, $0.roles[0]) }
  }
}
