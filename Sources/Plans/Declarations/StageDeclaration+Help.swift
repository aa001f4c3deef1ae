package import Artifacts

extension StageDeclaration {
  /// The text of `bioarc stages NAME`, at most 100 columns wide where words allow; ends with a line break.
  package func help(color: Bool) -> String {
    let title = { (text: String) in color ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    var lines = ["\(title(name)) (version \(version)): \(summary)"]
    let sections = [
      ("Parameters (with)", parameters.map { ($0.name, $0.facts, $0.help) }),
      ("Reads (in)", inputs.map { ($0.name, $0.facts, $0.help) }),
      ("Writes", outputs.map { ($0.name, $0.facts, $0.help) }),
    ]
    for (heading, rows) in sections where !rows.isEmpty {
      lines += ["", title(heading)]
      let width = rows.map { $0.0.count }.max() ?? 0
      for (name, facts, help) in rows {
        let indent = String(repeating: " ", count: width + 4)
        let first = "  " + name + String(repeating: " ", count: width - name.count + 2)
        let wrapped = Self.wrap(help, width: 100 - indent.count) + Self.wrap(facts, width: 100 - indent.count)
        lines.append(first + (wrapped.first ?? ""))
        lines += wrapped.dropFirst().map { indent + $0 }
      }
    }
    if !example.isEmpty {
      lines += ["", title("Example")]
      lines += example.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "  " + $0 }
    }
    while lines.last?.isEmpty ?? false { lines.removeLast() }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Lines of whole words.
  private static func wrap(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}

extension Parameter {
  /// Type, range, unit, default and role, in words.
  fileprivate var facts: String {
    var facts = [type.description + (unit.isEmpty ? "" : ", in \(unit)")]
    facts.append(defaultValue.map { "default \(YAMLWriter.value($0))" } ?? "must be set")
    switch role {
    case .semantic: break
    case .horizon: facts.append("how far: raising it goes on from what there is")
    case .resource: facts.append("changes no result")
    }
    if let onset { facts.append("no effect up to step '\(onset)'") }
    return "(" + facts.joined(separator: "; ") + ")"
  }
}

extension InputPort {
  /// Kinds, roles and what else may be bound, in words.
  fileprivate var facts: String {
    var facts = [kindWords]
    if !roles.isEmpty { facts.append("gathers over " + roles.joined(separator: ", ")) }
    if acceptsFailures { facts.append("accepts failures") }
    if acceptsText { facts.append("or a string") }
    if let alternative { facts.append("this or '\(alternative)'") } else if !required { facts.append("optional") }
    return "(" + facts.joined(separator: "; ") + ")"
  }
}

extension OutputPort {
  /// Kind and layout, in words.
  fileprivate var facts: String {
    let form = member.map { "a collection, each of the kind \($0)" } ?? (layout == .tree ? "several files" : "one file")
    return "(\(kind); \(form))"
  }
}
