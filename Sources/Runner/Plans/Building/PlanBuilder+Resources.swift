internal import Artifacts
import Syntax
import YAML

extension PlanBuilder {
  /// Reads the resources that a stage states for its steps.
  mutating func bindResources(_ draft: inout NodeDraft) {
    var resources = Resources()
    for (name, term) in draft.syntax.resources {
      let term = substituted(term)
      let what = "'\(name.text)'"
      if case .reference(let reference) = term.content {
        if known(reference, at: term.span) { reportReference(reference, at: term.span) }
        continue
      }
      switch name.text {
      case "cores":
        if case .int(let cores)? = check(term, .int(1...100_000), what, use: term.use) { resources.cores = cores }
      case "memory":
        resources.memory = quantity(.bytes, term, what, "an amount of memory", "8GB or 500MiB")
      case "time":
        resources.time = quantity(.seconds, term, what, "a duration", "2h, 90m or 1d12h")
      case "partition": resources.partition = word(term, what)
      case "account": resources.account = word(term, what)
      default: resources.extra = extra(term, what)
      }
    }
    draft.resources = resources
  }

  private func quantity(
    _ quantity: Quantity, _ term: Term, _ what: String, _ noun: String, _ examples: String
  ) -> Int? {
    if case .broken = term.content { return nil }
    if case .value(.string(let text)) = term.content, let value = quantity.parse(text) { return value }
    findings.error(
      "\(what) must be \(noun), not \(term.words)", at: term.span, help: "write a number with a unit, as \(examples)",
      notes: term.useNotes)
    return nil
  }

  /// A name that the cluster knows.
  private mutating func word(_ term: Term, _ what: String) -> String? {
    guard case .string(let text)? = check(term, .string, what, use: term.use) else { return nil }
    if !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) { return text }
    findings.error("\(what) must be a name, not \(term.words)", at: term.span, notes: term.useNotes)
    return nil
  }

  private mutating func extra(_ term: Term, _ what: String) -> [String] {
    guard case .list(let values)? = check(term, .list(.string), what, use: term.use) else { return [] }
    let terms = if case .list(let terms) = term.content { terms } else { [Term]() }
    var result: [String] = []
    for (value, place) in zip(values, terms) {
      guard case .string(let text) = value else { continue }
      result.append(text)
      if !text.hasPrefix("-") || text.utf8.contains(0) {
        findings.error(
          "an item of \(what) is an argument that starts with a dash, not \(place.words)", at: place.span,
          help: "write an option and its value as one, as --constraint=avx512")
      } else if let (option, key) = Self.reserved(text) {
        findings.error("\(option) is set by \(key)", at: place.span)
      }
    }
    return result
  }

  /// The option of a key, or of the program itself, that an argument sets: `-Jx` does as `-J`, and `--job=x` as the
  /// whole name.
  private static func reserved(_ argument: String) -> (option: String, key: String)? {
    let isLong = argument.hasPrefix("--")
    let name = isLong ? argument.prefix { $0 != "=" } : argument.prefix(2)
    let options = optionsOfKeys.keys.filter { isLong && name.count > 2 ? $0.hasPrefix(name) : $0 == name }
    guard let option = options.min(by: { ($0.count, $0) < ($1.count, $1) }), let key = optionsOfKeys[option] else {
      return nil
    }
    return (option, key)
  }

  /// Options that have a key of their own, or that say how a job is run and watched.
  private static let optionsOfKeys: [String: String] = {
    var result = [
      "--cpus-per-task": "'cores'", "-c": "'cores'", "--mem": "'memory'", "--time": "'time'", "-t": "'time'",
      "--partition": "'partition'", "-p": "'partition'", "--account": "'account'", "-A": "'account'",
    ]
    for option in [
      "--array", "-a", "--output", "-o", "--error", "-e", "--job-name", "-J", "--signal", "--parsable", "--open-mode",
      "--wrap", "--requeue", "--no-requeue", "--export", "--chdir", "-D", "--wait", "-W", "--ntasks", "-n",
      "--comment", "--clusters", "-M", "--test-only",
    ] {
      result[option] = "bioarc itself"
    }
    return result
  }()

  private func reportReference(_ reference: Reference, at span: Span) {
    findings.error("a resource is a value or a param; it cannot refer to \(reference.text)", at: span)
  }
}
