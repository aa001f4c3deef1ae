/// The header of a request or an answer. Names are in lower case; one may be there several times.
package struct HTTPHeaders: Sendable {
  package private(set) var lines: [(name: String, value: String)] = []

  package init() {}
  package init(_ lines: [(name: String, value: String)]) { for line in lines { add(line.name, line.value) } }

  /// Adds a line behind the others.
  package mutating func add(_ name: String, _ value: String) { lines.append((name.lowercased(), value)) }

  /// Replaces the lines of a name by one.
  package mutating func set(_ name: String, _ value: String) {
    remove([name])
    add(name, value)
  }

  /// Removes the lines of names in lower case.
  package mutating func remove(_ names: [String]) { lines.removeAll { names.contains($0.name) } }

  /// The first value of a name in lower case.
  package subscript(name: String) -> String? { lines.first { $0.name == name }?.value }

  /// All values of a name in lower case.
  package func all(_ name: String) -> [String] { lines.filter { $0.name == name }.map(\.value) }
}
