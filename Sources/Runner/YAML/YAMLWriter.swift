package import Artifacts
import JSON

/// Writes scalars and flow lists so that `YAMLReader` reads the same values back.
package enum YAMLWriter {
  /// `text` plain where that reads as the same string, else double-quoted.
  package static func string(_ text: String) -> String {
    let scalar = YAMLScalar(plain: text)
    let isPlain = scalar.value == .string(text) && text.unicodeScalars.allSatisfy(isPlainCharacter)
    let isSafe = isPlain && !text.contains(": ") && !text.contains(" #") && !text.hasSuffix(":") && !text.hasSuffix(" ")
    guard isSafe, let first = text.unicodeScalars.first, !"-?:,[]{}#&*!|>'\"%@`$ <=.".unicodeScalars.contains(first)
    else { return JSON.string(text).text() }
    return text
  }

  /// Characters that mean nothing in plain scalars, flow lists included.
  private static func isPlainCharacter(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII && scalar.value >= 0x20 && scalar.value != 0x7F && !",[]{}\"'\\".unicodeScalars.contains(scalar)
  }

  /// A value as YAML; a string that begins with a dollar gets a second one.
  package static func value(_ value: Value) -> String {
    switch value {
    case .string(let text): string(text.hasPrefix("$") ? "$" + text : text)
    case .list(let values): "[" + values.map(Self.value).joined(separator: ", ") + "]"
    case .bool, .int, .float: value.description
    }
  }

  /// Names as a flow list.
  package static func list(_ names: [String]) -> String { "[" + names.map(string).joined(separator: ", ") + "]" }
}
