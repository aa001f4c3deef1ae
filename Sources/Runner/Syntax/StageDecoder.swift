import Artifacts
import YAML

/// Reads a file of a folder of stages: every key that is unknown, missing or of another type is a finding.
struct StageDecoder {
  let file: StageFile
  let builtIn: [StageDeclaration]
  let findings: Findings

  var parts: PipelineDecoder { PipelineDecoder(findings: findings) }

  static let declared = [
    "name", "version", "summary", "parameters", "inputs", "outputs", "parallel", "example",
  ]
  static let own = ["command", "code", "environment"]

  /// The stage in `root`; worthless when findings hold an error.
  func stage(_ root: YAMLNode) -> CommandStage? {
    guard let fields = parts.fields(of: root, "a stage", Self.declared + Self.own) else { return nil }
    guard let declaration = declaration(fields, root) else { return nil }
    if builtIn.contains(where: { $0.name == file.name }) {
      findings.error(
        "'\(file.name)' is the name of a built-in stage", at: fields["name"]?.span ?? root.span.start,
        help: "give the stage and its file another name")
    }
    guard let command = fields["command"] else {
      if fields.lacks("command") {
        findings.error(
          "'command' is missing: the program that runs, and its arguments", at: root.span.start,
          help: "write command: [python3, '{code}/\(file.name).py', '{step}']")
      }
      return nil
    }
    let arguments = strings(command, "'command'").map(\.text)
    checkArguments(command, declaration)
    let environment = strings(fields["environment"], "'environment'")
    checkEnvironment(environment)
    return CommandStage(
      declaration: declaration,
      command: StageCommand(arguments: arguments, environment: environment.map(\.text), of: declaration),
      code: code(fields["code"]), file: file.path)
  }

  /// The declaration in the file of a built-in stage.
  func declaration(_ root: YAMLNode) -> StageDeclaration? {
    parts.fields(of: root, "a built-in stage", Self.declared).flatMap { declaration($0, root) }
  }

  /// The part of a stage's file that a built-in stage's file has too.
  private func declaration(_ fields: Fields, _ root: YAMLNode) -> StageDeclaration? {
    for key in ["name", "version", "summary", "outputs"] where fields.lacks(key) {
      findings.error("'\(key)' is missing", at: root.span.start)
    }
    let name = fields["name"].flatMap { parts.string($0, "'name'") }
    if let name, parts.checkName(name, "a stage"), name.text != file.name {
      findings.error(
        "the stage '\(name.text)' is in the file of a stage '\(file.name)': a stage is looked up by its file's name",
        at: name.span, suggestion: file.name)
    }
    let inputs = parts.pairs(fields["inputs"], "'inputs'").compactMap(input)
    let outputs = parts.pairs(fields["outputs"], "'outputs'").compactMap(output)
    if let node = fields["outputs"], case .mapping(let pairs) = node.content, pairs.isEmpty {
      findings.error("'outputs' is empty: a stage writes something", at: node.span)
    }
    return StageDeclaration(
      name: file.name, version: version(fields["version"]), summary: text(fields["summary"], "'summary'"),
      parameters: parts.pairs(fields["parameters"], "'parameters'").compactMap(parameter), inputs: inputs,
      outputs: outputs, isParallel: fields["parallel"].flatMap { bool($0, "'parallel'") } ?? false,
      example: text(fields["example"], "'example'"))
  }

  private func version(_ node: YAMLNode?) -> Int {
    guard let node else { return 1 }
    if case .scalar(let scalar) = node.content, case .int(let version) = scalar.value, version > 0 { return version }
    findings.error("'version' must be an integer of at least 1, not \(node.words)", at: node.span)
    return 1
  }

  func text(_ node: YAMLNode?, _ what: String) -> String { node.flatMap { parts.string($0, what) }?.text ?? "" }

  func bool(_ node: YAMLNode, _ what: String) -> Bool? {
    if case .scalar(let scalar) = node.content, case .bool(let value) = scalar.value { return value }
    findings.error("\(what) must be true or false, not \(node.words)", at: node.span)
    return nil
  }

  /// The strings of a list; a finding for anything else.
  func strings(_ node: YAMLNode?, _ what: String) -> [Name] {
    guard let node, !node.isNull else { return [] }
    guard case .sequence(let items) = node.content else {
      findings.error("\(what) must be a list, not \(node.words)", at: node.span)
      return []
    }
    return items.compactMap { item in
      if case .scalar(let scalar) = item.content, case .string(let text) = scalar.value {
        return Name(text: text, span: item.span)
      }
      let help: String? = if case .scalar(let scalar) = item.content { "quote it: '\(scalar.text)'" } else { nil }
      findings.error("an item of \(what) must be a string, not \(item.words)", at: item.span, help: help)
      return nil
    }
  }
}

extension StageDecoder {
  static let places = ["code", "step", "inputs", "outputs", "threads"]

  private func checkArguments(_ node: YAMLNode, _ declaration: StageDeclaration) {
    guard case .sequence(let items) = node.content else { return }
    if items.isEmpty { findings.error("'command' is empty: it starts with the program", at: node.span) }
    let known = Self.places + declaration.parameters.map { "with." + $0.name }
    for item in items {
      guard case .scalar(let scalar) = item.content else { continue }
      guard let pieces = StageCommand.pieces(of: scalar.text) else {
        findings.error("a brace stands alone", at: item.span, help: "write {{ or }} for a brace")
        continue
      }
      for case .place(let name) in pieces where !known.contains(name) {
        let near = findings.nearest(to: name, in: known)
        findings.error(
          "there is no place '{\(name)}'", at: item.span,
          suggestion: near.map { scalar.text.replacing("{\(name)}", with: "{\($0)}") },
          help: near == nil ? "places: " + known.map { "{\($0)}" }.joined(separator: ", ") : nil)
      }
    }
  }

  private func checkEnvironment(_ names: [Name]) {
    for name in names {
      let bytes = name.text.utf8
      let isName =
        !bytes.isEmpty && !(48...57).contains(bytes.first!)
        && bytes.allSatisfy { 97...122 ~= $0 | 0x20 || 48...57 ~= $0 || $0 == UInt8(ascii: "_") }
      if !isName {
        findings.error(
          "'\(name.text)' is not the name of an environment variable", at: name.span,
          help: name.text.contains("=") ? "name the variable; its value is that of the machine that runs" : nil)
      } else if StageEnvironment.names.contains(name.text) {
        findings.error("'\(name.text)' is set for every stage: see stages/README.md", at: name.span)
      }
    }
  }

  private func code(_ node: YAMLNode?) -> [CommandStage.Code] {
    strings(node, "'code'").compactMap { name in
      let path = name.text.hasSuffix("/") ? String(name.text.dropLast()) : name.text
      guard NameRules.isPath(path) else {
        findings.error(
          "'\(name.text)' does not lie beside this file or below it", at: name.span,
          help: "code is named by its path from the folder of this file, without '.' and '..'")
        return nil
      }
      return CommandStage.Code(path: path, position: name.span.position)
    }
  }
}
