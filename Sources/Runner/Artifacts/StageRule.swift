/// A rule about the values of a stage: faults that the pipeline file alone decides are found before anything runs.
///
/// The rule is asked for every combination of the items of the axes that its values come from.
package struct StageRule: Sendable {
  /// Parameters, and ports that may be bound to text or to an input with options, that the rule reads.
  package let reads: [String]
  /// Whether a finding counts only where every combination gives it, as that a parameter is read by none of them.
  package let isOfAll: Bool
  /// Findings about these values; a value that is not known before a run is absent.
  package let findings: @Sendable (_ settings: StageSettings) -> [StageFinding]

  package init(
    reads: [String], isOfAll: Bool = false,
    findings: @escaping @Sendable (_ settings: StageSettings) -> [StageFinding]
  ) {
    self.reads = reads
    self.isOfAll = isOfAll
    self.findings = findings
  }
}

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

/// A rule's finding about values.
package struct StageFinding: Hashable, Sendable {
  /// A stable word for programs, as `bad-space`; "" for a warning.
  package let code: String
  /// The parameters or ports that it is about: it stands at the first one that the file states.
  package let places: [String]
  /// The item that it is about, where the value is a list.
  package let item: Int?
  package let message: String
  /// A value that could stand in this one's place.
  package let suggestion: String?
  package let help: String?
  /// A warning stops nothing.
  package let isWarning: Bool

  private init(
    code: String, _ places: [String], _ item: Int?, _ message: String, _ suggestion: String?, _ help: String?,
    isWarning: Bool
  ) {
    self.code = code
    self.places = places
    self.item = item
    self.message = message
    self.suggestion = suggestion
    self.help = help
    self.isWarning = isWarning
  }

  /// Values with which the stage cannot run.
  package static func error(
    _ code: String, _ message: String, at places: String..., item: Int? = nil, suggestion: String? = nil,
    help: String? = nil
  ) -> StageFinding {
    StageFinding(code: code, places, item, message, suggestion, help, isWarning: false)
  }

  /// Values that are valid and may be unwise.
  package static func warning(
    _ message: String, at places: String..., item: Int? = nil, help: String? = nil
  ) -> StageFinding {
    StageFinding(code: "", places, item, message, nil, help, isWarning: true)
  }
}

extension StageContext {
  /// Throws the first error that the rules of a stage find in a step's parameters, as a `StageFailure`.
  package func check(_ declaration: StageDeclaration) throws {
    let settings = StageSettings(values: parameters, bound: Set(inputs.keys))
    for rule in declaration.rules {
      if let finding = rule.findings(settings).first(where: { !$0.isWarning }) {
        throw StageFailure(code: finding.code, finding.message)
      }
    }
  }
}

extension StageDeclaration {
  /// The parameters among these that have another than their neutral value.
  package func stated(_ names: [String], _ settings: StageSettings) -> [String] {
    parameters.filter { parameter in
      names.contains(parameter.name) && settings.values[parameter.name].map { !parameter.isNeutral($0) } ?? false
    }.map(\.name)
  }

  /// A warning for each of these parameters that is stated, although `chosen` makes the stage read none of them.
  package func unread(_ names: [String], _ settings: StageSettings, because chosen: String) -> [StageFinding] {
    stated(names, settings).map { .warning("'\($0)' is not read: \(chosen)", at: $0) }
  }
}
