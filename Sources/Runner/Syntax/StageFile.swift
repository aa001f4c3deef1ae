package import Artifacts
package import YAML

/// A file of a folder of stages, not read yet. A stage is looked up by the name of its file, so that a bad file
/// is in the way of no pipeline but those that ask for it.
package struct StageFile: Sendable {
  package let path: String
  package let text: [UInt8]

  package init(path: String, text: [UInt8]) {
    self.path = path
    self.text = text
  }

  /// The stage's name: `stages/NAME.yaml`.
  package var name: String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return file.hasSuffix(".yaml") ? String(file.dropLast(5)) : file
  }

  /// The keys that the map at a path of such a file may have; none for a map of names.
  package static func keys(at path: [String]) -> [String] {
    switch (path.first, path.count) {
    case (nil, _): StageDecoder.declared + StageDecoder.own
    case ("parameters", 2): StageDecoder.parameterKeys
    case ("inputs", 2): StageDecoder.inputKeys
    case ("outputs", 2): StageDecoder.outputKeys
    default: []
    }
  }

  /// The places that an argument of a command can name, parameters aside.
  package static var places: [String] { StageDecoder.places }

  /// The places that an argument of a command names, without their braces.
  package static func places(in argument: String) -> [String] {
    StageCommand.pieces(of: argument)?.compactMap { if case .place(let name) = $0 { name } else { nil } } ?? []
  }

  /// Whether a line starts with the key `command`: the file of a built-in stage, which has none, is documentation and
  /// need not be read.
  var hasCommand: Bool {
    let key = Array("command".utf8)
    return text.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).contains { $0.starts(with: key) }
  }

  /// The text, for carets.
  package var source: String {
    String(decoding: text.starts(with: [0xEF, 0xBB, 0xBF]) ? text.dropFirst(3) : text[...], as: UTF8.self)
  }

  /// The stage, nil for the documentation of a built-in one, with all findings.
  package func read(builtIn: [StageDeclaration]) -> (stage: CommandStage?, findings: [Diagnostic], source: String) {
    let findings = Findings()
    let stage = read(builtIn: builtIn, findings)
    return (findings.hasErrors ? nil : stage, findings.sorted, source)
  }

  /// The declaration alone, as the file of a built-in stage has it, with all findings.
  package func declaration() -> (declaration: StageDeclaration?, findings: [Diagnostic]) {
    let findings = Findings()
    var declaration: StageDeclaration?
    if let root = YAMLReader.read(text, file: path, findings: findings) {
      declaration = StageDecoder(file: self, builtIn: [], findings: findings).declaration(root)
    }
    return (findings.hasErrors ? nil : declaration, findings.sorted)
  }

  func read(builtIn: [StageDeclaration], _ findings: Findings) -> CommandStage? {
    if builtIn.contains(where: { $0.name == name }), !hasCommand { return nil }
    guard let root = YAMLReader.read(text, file: path, findings: findings) else { return nil }
    return StageDecoder(file: self, builtIn: builtIn, findings: findings).stage(root)
  }
}
