import Artifacts
package import YAML

/// The name of one step: a node and its item on each axis, as `scores[k=6,architecture=h32-t64,task=tata,seed=1]`.
package struct StepAddress: Hashable, Sendable, CustomStringConvertible {
  /// The step's item on one axis.
  package struct Item: Hashable, Sendable {
    package let axis: String
    package let id: String
    package init(axis: String, id: String) {
      self.axis = axis
      self.id = id
    }
  }
  package let node: String
  /// In the order of the node's axes.
  package let items: [Item]

  package init(node: String, items: [Item]) {
    self.node = node
    self.items = items
  }

  /// The address that `text` writes, or nil. Only a plan can tell whether such a step exists.
  package init?(_ text: some StringProtocol) {
    guard let parts = AddressParts(String(text)), NameRules.isName(parts.name.text) else { return nil }
    var items: [Item] = []
    for (axis, id) in parts.items {
      guard let axis, NameRules.isName(axis.text), NameRules.isID(id.text) else { return nil }
      items.append(Item(axis: axis.text, id: id.text))
    }
    guard Set(items.map(\.axis)).count == items.count else { return nil }
    self.init(node: parts.name.text, items: items)
  }

  /// The node in the text of an address.
  package static func node(of address: String) -> String { String(address.prefix { $0 != "[" }) }

  package var description: String {
    items.isEmpty ? node : node + "[" + items.map { "\($0.axis)=\($0.id)" }.joined(separator: ",") + "]"
  }
}

/// The parts of `name[axis=id,...]`, with their places in the text.
package struct AddressParts {
  /// The name of the text, for positions.
  package static let file = "STEP"

  package let name: Name
  /// The axis is nil where there is no '='.
  package let items: [(axis: Name?, id: Name)]

  /// nil when brackets do not match.
  package init?(_ text: String) {
    var column = 1
    func take(_ part: some StringProtocol, separator: Int) -> Name {
      let length = part.unicodeScalars.count
      defer { column += length + separator }
      let position = Position(file: Self.file, line: 1, column: column)
      return Name(text: String(part), span: Span(position, length: length))
    }
    guard let open = text.firstIndex(of: "[") else {
      guard !text.contains("]") else { return nil }
      name = take(text, separator: 0)
      items = []
      return
    }
    guard text.last == "]", text.index(after: open) < text.endIndex else { return nil }
    name = take(text[..<open], separator: 1)
    let inner = text[text.index(after: open)...].dropLast()
    guard !inner.contains(where: { $0 == "[" || $0 == "]" }) else { return nil }
    var items: [(axis: Name?, id: Name)] = []
    for item in inner.split(separator: ",", omittingEmptySubsequences: false) {
      if let equals = item.firstIndex(of: "=") {
        let axis = take(item[..<equals], separator: 1)
        items.append((axis, take(item[item.index(after: equals)...], separator: 1)))
      } else {
        items.append((nil, take(item, separator: 1)))
      }
    }
    self.items = items
  }
}

/// A text with `*` (any characters) and `?` (one character).
package struct Glob: Hashable {
  private let pattern: [UInt8]

  package init(_ text: String) { pattern = Array(text.utf8) }

  /// Whether all of `text` matches. Names and ids are ASCII, so bytes are characters.
  package func matches(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    var (p, t) = (0, 0)
    var retry: (p: Int, t: Int)?
    while t < bytes.count {
      if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
        retry = (p, t)
        p += 1
      } else if p < pattern.count, pattern[p] == UInt8(ascii: "?") || pattern[p] == bytes[t] {
        p += 1
        t += 1
      } else if let last = retry {
        retry = (last.p, last.t + 1)
        (p, t) = (last.p + 1, last.t + 1)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
