import Artifacts

/// One `--set name=value` for a param, or `--set stage.parameter=value` for a parameter of a stage; or an `--if`
/// of either form, which is a `--set` of a question.
package struct Override: Hashable, Sendable {
  /// The option of the command line that states it.
  package enum Option: String, Hashable, Sendable, CaseIterable {
    case set = "--set"
    case supposition = "--if"
  }

  /// As given on the command line, in one line.
  package let text: String
  package let option: Option

  package init(_ text: String, _ option: Option = .set) {
    self.text = String(text.map { $0.isNewline ? " " : $0 })
    self.option = option
  }

  /// The name under which findings show overrides: each is a line of the pseudo-file of its option.
  package var file: String { option.rawValue }

  /// Whether a file is such a pseudo-file.
  package static func isFile(_ name: String) -> Bool { Option(rawValue: name) != nil }
}
