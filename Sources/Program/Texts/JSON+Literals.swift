package import JSON

/// Messages are written as literals.
extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
  ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
  package init(dictionaryLiteral members: (String, JSON)...) { self = .object(members.map { (key: $0, value: $1) }) }
  package init(arrayLiteral items: JSON...) { self = .array(items) }
  package init(stringLiteral text: String) { self = .string(text) }
  package init(integerLiteral number: Int) { self = .int(number) }
  package init(booleanLiteral truth: Bool) { self = .bool(truth) }

  /// This object with these members, in place of those of the same key; members that are nil are left out.
  package func with(_ members: KeyValuePairs<String, JSON?>) -> JSON {
    let others = (self.members ?? []).filter { own in !members.contains { $0.key == own.key } }
    return .object(others + members.compactMap { key, value in value.map { (key: key, value: $0) } })
  }
}
