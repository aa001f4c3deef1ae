import Artifacts
package import YAML

/// An override that could be read.
package struct ReadOverride {
  /// `[param]` or `[stage, parameter]`.
  let path: [Name]
  let value: YAMLNode

  /// Reads the override on line `line` of the pseudo-file.
  package init?(_ override: Override, line: Int, findings: Findings) {
    let parts = override.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let width = parts[0].unicodeScalars.count
    let place = Span(Position(file: override.file, line: line, column: 1), length: width)
    let names = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, names.count <= 2, names.allSatisfy(NameRules.isName) else {
      findings.error("'\(override.text)' is not name=value or stage.parameter=value", at: place)
      return nil
    }
    // The value is read in its place, so that findings point into the whole text.
    let padding =
      [UInt8](repeating: UInt8(ascii: "\n"), count: line - 1)
      + [UInt8](repeating: UInt8(ascii: " "), count: width + 1)
    guard let node = YAMLReader.read(padding + parts[1].utf8, file: override.file, findings: findings) else {
      return nil
    }
    let isEmpty = node.isNull && node.span.length == 0
    value = isEmpty ? node.at(Span(Position(file: override.file, line: line, column: width + 2), length: 0)) : node
    var column = 1
    var path: [Name] = []
    for name in names {
      let position = Position(file: override.file, line: line, column: column)
      path.append(Name(text: name, span: Span(position, length: name.utf8.count)))
      column += name.utf8.count + 1
    }
    self.path = path
  }
}
