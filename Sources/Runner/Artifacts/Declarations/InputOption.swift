/// One option of an input's format, as `sequence` (a column) of a table: check, schema and help read it.
package struct InputOption: Sendable {
  /// The values that an option takes. An input holds a text, whatever the option takes.
  package enum Kind: Hashable, Sendable {
    /// Any text; a number stands for its digits.
    case text
    case integer(ClosedRange<Int>)
    case choice([String])
    /// Texts parted by commas, or a list of them.
    case list
    /// Files of the input's folder, parted by commas, or a list of them.
    case files
    /// Names and what they stand for, as NAME=VALUE parted by commas, or a map.
    case map
    case bool
  }

  package let name: String
  package let kind: Kind
  /// The value that counts without one, as a person would write it; nil: none, or as `help` says.
  package let defaultValue: String?
  /// One sentence.
  package let help: String

  package init(_ name: String, _ kind: Kind = .text, default defaultValue: String? = nil, help: String) {
    self.name = name
    self.kind = kind
    self.defaultValue = defaultValue
    self.help = help
  }

  /// The problem of a value of this option, taken alone.
  package func problem(_ value: String) -> InputProblem? {
    let isRight =
      switch kind {
      case .text, .list, .files, .map: true
      case .integer(let range): Int(value).map(range.contains) ?? false
      case .choice(let names): names.contains(value)
      case .bool: ["true", "false"].contains(value)
      }
    if isRight { return nil }
    let candidates = if case .choice(let names) = kind { names } else { [String]() }
    return InputProblem("option `\(name)` is \(kind), not `\(value)`", option: name, candidates: candidates)
  }
}

extension InputOption.Kind: CustomStringConvertible {
  /// The values that the option takes, in words that fit after "is".
  package var description: String {
    switch self {
    case .text: "a text"
    case .integer(let range): ParameterType.int(range).description
    case .choice(let names): "one of " + names.joined(separator: ", ")
    case .list: "a list of texts"
    case .files: "a list of files"
    case .map: "a map of texts"
    case .bool: "true or false"
    }
  }
}

extension InputOption.Kind {
  /// One word for programs.
  package var word: String {
    switch self {
    case .text: "text"
    case .integer: "integer"
    case .choice: "choice"
    case .list: "list"
    case .files: "files"
    case .map: "map"
    case .bool: "bool"
    }
  }
}
