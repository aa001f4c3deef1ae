package import Artifacts
import YAML

extension StageDeclaration {
  /// The text of `stages/NAME.yaml`: all that is declared, in the order of the declaration.
  package func yaml() -> String {
    var lines = [
      "# Written from the stage's declaration in Sources/Program; a test holds both in step.",
      "name: \(YAMLWriter.string(name))", "version: \(version)", "summary: \(YAMLWriter.string(summary))",
    ]
    lines.append(parameters.isEmpty ? "parameters: {}" : "parameters:")
    for parameter in parameters { lines += parameter.yamlLines }
    lines.append(inputs.isEmpty ? "inputs: {}" : "inputs:")
    for port in inputs { lines += port.yamlLines }
    lines.append(outputs.isEmpty ? "outputs: {}" : "outputs:")
    for port in outputs { lines += port.yamlLines }
    if isParallel { lines.append("parallel: true") }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Parameter {
  fileprivate var yamlLines: [String] {
    var lines = ["  \(YAMLWriter.string(name)):"]
    lines += type.yamlFields.map { "    \($0): \($1)" }
    if let defaultValue { lines.append("    default: \(YAMLWriter.value(defaultValue))") }
    if let neutral { lines.append("    neutral: \(YAMLWriter.value(neutral))") }
    if !unit.isEmpty { lines.append("    unit: \(YAMLWriter.string(unit))") }
    lines.append("    role: \(role.rawValue)")
    if let onset { lines.append("    onset: \(YAMLWriter.string(onset))") }
    lines.append("    help: \(YAMLWriter.string(help))")
    return lines
  }
}

extension ParameterType {
  /// The word for the type, and its bounds where it has any.
  fileprivate var yamlFields: [(String, String)] {
    switch self {
    case .bool: return [("type", "bool")]
    case .string: return [("type", "string")]
    case .choice(let names): return [("type", "choice"), ("choices", YAMLWriter.list(names))]
    case .int(let range):
      let low = range.lowerBound == .min ? [] : [("minimum", "\(range.lowerBound)")]
      return [("type", "int")] + low + (range.upperBound == .max ? [] : [("maximum", "\(range.upperBound)")])
    case .float(let range):
      let write = { (bound: Double) in YAMLWriter.value(.float(bound)) }
      let low = range.isOpenBelow ? [] : [("minimum", write(range.lowerBound))]
      return [("type", "float")] + low + (range.isOpenAbove ? [] : [("maximum", write(range.upperBound))])
    case .list(let element):
      let items = element.yamlFields.map { "\($0): \($1)" }.joined(separator: ", ")
      return [("type", "list"), ("items", "{ \(items) }")]
    }
  }
}

extension ClosedRange<Double> {
  var isOpenBelow: Bool { lowerBound <= -Double.greatestFiniteMagnitude }
  var isOpenAbove: Bool { upperBound >= Double.greatestFiniteMagnitude }
}

extension InputPort {
  fileprivate var yamlLines: [String] {
    var lines = ["  \(YAMLWriter.string(name)):", "    kinds: \(YAMLWriter.list(kinds.map(\.name)))"]
    lines.append("    required: \(required)")
    if let alternative { lines.append("    alternative: \(YAMLWriter.string(alternative))") }
    if !roles.isEmpty { lines.append("    roles: \(YAMLWriter.list(roles))") }
    if acceptsFailures { lines.append("    accepts: failures") }
    if acceptsText { lines.append("    text: true") }
    if acceptsSeveral { lines.append("    several: true") }
    if let form { lines.append("    as: \(form.rawValue)") }
    lines.append("    help: \(YAMLWriter.string(help))")
    return lines
  }
}

extension OutputPort {
  fileprivate var yamlLines: [String] {
    var lines = ["  \(YAMLWriter.string(name)):", "    kind: \(YAMLWriter.string(kind.name))"]
    lines.append("    layout: \(layout.rawValue)")
    if let member { lines.append("    member: \(YAMLWriter.string(member.name))") }
    lines.append("    help: \(YAMLWriter.string(help))")
    return lines
  }
}
