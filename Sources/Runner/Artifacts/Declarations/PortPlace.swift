import Wording

/// A place at a port. A port that reads several artifacts has one for each, in the order in which they are stated: the
/// first has the port's name, so that its key is that of the artifact alone, and the second is `NAME.2`.
package struct PortPlace: Hashable, Comparable, Sendable {
  package let port: String
  /// From 1.
  package let number: Int

  package init(_ port: String, _ number: Int) {
    self.port = port
    self.number = number
  }

  /// The place of that name; the name of a port has no dot.
  package init(_ name: String) {
    let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
    self.init(parts.first ?? name, parts.count == 2 ? Int(parts[1]) ?? 1 : 1)
  }

  /// The name of the place: that of the port, with `.NUMBER` from the second artifact on.
  package var name: String { number == 1 ? port : "\(port).\(number)" }

  package static func < (a: PortPlace, b: PortPlace) -> Bool {
    a.port == b.port ? a.number < b.number : a.port.precedesInBytes(b.port)
  }
}

extension StageDeclaration {
  /// The port that the place `name` belongs to.
  package func input(at name: String) -> InputPort? { input(PortPlace(name).port) }
}
