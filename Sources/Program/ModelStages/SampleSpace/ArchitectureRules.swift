package import Artifacts
import Blocks
import Spaces

extension StageRule {
  /// A text at the port `architecture` is one whose blocks can be built. `isCausal` says in which direction they read;
  /// nil where weights decide.
  package static func architecture(
    reads: String, isCausal: @escaping @Sendable (_ settings: StageSettings) -> Bool?
  ) -> StageRule {
    StageRule(reads: ["architecture", reads]) { settings in
      guard let text = settings.string("architecture") else { return [] }
      do throws(ArchitectureFinding) {
        let architecture = try Architecture(parsing: text)
        guard let isCausal = isCausal(settings), let problem = architecture.problem(causal: isCausal) else {
          return []
        }
        return [.error("bad-architecture", "'\(text)' cannot be built: \(problem)", at: "architecture")]
      } catch { return [noArchitecture(text, error, at: "architecture")] }
    }
  }

  /// The finding about a text that is no architecture.
  static func noArchitecture(
    _ text: String, _ finding: ArchitectureFinding, at place: String, item: Int? = nil
  ) -> StageFinding {
    .error(
      "bad-architecture", "'\(text)' is no architecture: \(finding)", at: place, item: item,
      suggestion: Architecture.suggestion(for: text),
      help: "an architecture is written as c64-t128, options as c64(kernel=5,dilation=2)")
  }
}

extension TextForm {
  /// The form of an architecture's text, out of the list of blocks.
  package static func architecture(at places: String...) -> TextForm {
    let range = { (range: ClosedRange<Int>) in "\(range.lowerBound) to \(range.upperBound)" }
    var rows: [(name: String, help: String)] = []
    for kind in BlockKind.all {
      rows.append(("\(kind.letter)", kind.name + (kind.options.isEmpty ? ", which has no options" : "")))
      for option in kind.options {
        rows.append(("  \(option.name)", "\(option.help) (\(range(option.range)); default \(option.fallback))"))
      }
    }
    let layers = BlockKind.all.map { kind in
      let names = kind.options.map(\.name).joined(separator: "|")
      let option = "(\(names))=[1-9][0-9]*"
      return "\(kind.letter)[1-9][0-9]{0,3}" + (names.isEmpty ? "" : "(\\(\(option)(,\(option))*\\))?")
    }
    let layer = "(" + layers.joined(separator: "|") + ")"
    return TextForm(
      places: places, name: "architecture", example: "c64(kernel=5,dilation=2)-t128(heads=4)",
      help: "Layers, the first to the last, joined by '-': of each the letter of its kind and its width, "
        + "\(range(Layer.widths)) features; in brackets the options that differ from their defaults.",
      rows: rows, pattern: "^\(layer)(-\(layer))*$")
  }
}
