/// The known values of one step's parameters and ports.
package struct StageSettings: Sendable {
  /// By parameter, its value; by port that is bound to text, the text.
  package var values: [String: Value]
  /// By place of a port that is bound to an input of the file, the options of the input.
  package var options: [String: [String: String]]
  /// Ports that are bound.
  package var bound: Set<String>

  package init(values: [String: Value] = [:], options: [String: [String: String]] = [:], bound: Set<String> = []) {
    self.values = values
    self.options = options
    self.bound = bound
  }

  /// The values of an option of the inputs that a port is known to read, by their places, in order; nil where an
  /// input does not state the option.
  package func stated(_ option: String, at port: String) -> [(place: String, value: String?)] {
    options.keys.map(PortPlace.init).filter { $0.port == port }.sorted()
      .map { place in (place.name, options[place.name]?[option]) }
  }

  /// The value of that name as an integer; nil where it is another, or not known.
  /// The value of a parameter, or nil where it is not known.
  package subscript<Read>(key: ParameterKey<Read>) -> Read? { values[key.name].flatMap(Read.reading) }

  package func int(_ name: String) -> Int? { if case .int(let value)? = values[name] { value } else { nil } }
  /// The value of that name as a number; nil where it is another, or not known.
  package func float(_ name: String) -> Double? { if case .float(let value)? = values[name] { value } else { nil } }
  /// The value of that name as a string; nil where it is another, or not known.
  package func string(_ name: String) -> String? { if case .string(let value)? = values[name] { value } else { nil } }
  /// The value of that name as a truth; nil where it is another, or not known.
  package func bool(_ name: String) -> Bool? { if case .bool(let value)? = values[name] { value } else { nil } }
  /// The value of that name as a list; nil where it is another, or not known.
  package func list(_ name: String) -> [Value]? { if case .list(let value)? = values[name] { value } else { nil } }
}
