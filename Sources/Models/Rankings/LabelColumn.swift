/// The first column of a `PredictionTable`: what its labels are, and the sign in them that is of no class.
///
/// The sign stands between the classes of a set, or for a letter that is not measured. The name of the column states
/// one that is not the usual: `labels` is `labels:;`, and `letters` is `letters:.`.
struct LabelColumn {
  /// `label`, `labels`, `value` or `letters`; of other columns their name.
  let kind: String
  /// One Unicode scalar; empty for labels without a sign.
  let sign: String
  /// As the header has it.
  var name: String { sign == Self.usual[kind] ?? "" ? kind : "\(kind):\(sign)" }

  private static let usual = ["labels": ";", "letters": "."]
  /// Signs in place of a usual one, the lines and shapes of Unicode after those of a keyboard: more than classes use.
  private static let others = Array("-|/~#".unicodeScalars) + (0x2500...0x2BFF).compactMap(Unicode.Scalar.init)

  /// The column that is written: its sign is the usual one or else the first that no class has.
  init(_ kind: String, classes: [String]) {
    let used = Set(classes.lazy.flatMap(\.unicodeScalars))
    let signs = (Self.usual[kind] ?? "").unicodeScalars + Self.others
    guard let sign = signs.first(where: { !used.contains($0) }) else { preconditionFailure("a class for every sign") }
    (self.kind, self.sign) = (kind, String(sign))
  }

  /// The column of a header.
  init(_ name: String) {
    let (kind, sign) = (name.prefix { $0 != ":" }, name.drop { $0 != ":" }.dropFirst())
    let isStated = Self.usual[String(kind)] != nil && sign.unicodeScalars.count == 1
    self.kind = isStated ? String(kind) : name
    self.sign = isStated ? String(sign) : Self.usual[name] ?? ""
  }

  /// The classes of a set.
  func classes(_ text: String) -> [String] {
    text.unicodeScalars.split { String($0) == sign }.map { String($0) }
  }
}
