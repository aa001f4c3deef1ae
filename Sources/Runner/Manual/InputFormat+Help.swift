package import Artifacts
package import JSON

extension InputFormat {
  /// The text of `bioarc formats NAME`, of one kind of input; ends with a line break.
  package func help(color: Bool) -> String {
    let rows = { (options: [InputOption]) in
      options.map { HelpText.Row(name: $0.name, help: $0.help, facts: "(\($0.facts))") }
    }
    return HelpText.page(
      "\(name), \(kind)", ": \(help)",
      [
        ("Files (options)", "", rows(options.filter { $0.kind == .files })),
        ("Options", "", rows(options.filter { $0.kind != .files })),
      ], example: "inputs:\n" + example.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"), color: color)
  }

  /// The format for programs. A property that an option lacks is null.
  package var json: JSON {
    .object([
      ("format", .string(name)), ("kind", .string(kind.name)), ("help", .string(help)),
      ("files", .array(files.map(JSON.string))), ("options", .array(options.map(\.json))),
      ("example", .string(example)),
    ])
  }
}

extension InputOption {
  /// The option's values and its default, in words.
  package var facts: String {
    "\(kind)" + (defaultValue.map { "; default \($0)" } ?? "")
  }

  fileprivate var json: JSON {
    let values: JSON = if case .choice(let names) = kind { .strings(names) } else { .null }
    return .object([
      ("name", .string(name)), ("type", .string(kind.word)), ("values", values),
      ("default", defaultValue.map(JSON.string) ?? .null), ("help", .string(help)),
    ])
  }
}
