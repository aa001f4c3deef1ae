package import Artifacts
import Blocks
import Spaces
import Wording

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

extension StageRule {
  /// The finding about a text that is no module of a space.
  static func noModule(_ text: String, _ finding: ArchitectureFinding, item: Int) -> StageFinding {
    .error(
      "bad-space", "'\(text)' is no module: \(finding)", at: "modules", item: item,
      help: "a module is written as cnn, with options as hyena(form=modal,mlp=gated)")
  }
}

extension TextForm {
  /// The form of an architecture's text, out of the list of blocks.
  package static func architecture(at places: String...) -> TextForm {
    let range = { (range: ClosedRange<Int>) in "\(range.lowerBound) to \(range.upperBound)" }
    var rows: [(name: String, help: String)] = []
    let row = { (option: BlockOption) in
      ("  \(option.name)", "\(option.help) (\(option.valuesText); default \(option.fallbackText))")
    }
    for kind in BlockKind.all {
      rows.append(("\(kind.letter)", kind.name))
      rows += kind.ownOptions.map(row)
    }
    rows.append(("", "options of every kind but pool; of transformer mlp is gelu, of mamba norm is rms"))
    rows += BlockKind.cnn.sharedOptions.map(row)
    rows.append(("e", "the embedding of tokens, before all layers: its width, or stem, the taps of a convolution"))
    let layers = BlockKind.all.map { kind in
      let values = kind.options.map { option in
        option.name + "=" + (option.names.isEmpty ? "(0|[1-9][0-9]*)" : "(\(option.names.joined(separator: "|")))")
      }
      let names = values.joined(separator: "|")
      let option = "(\(names))"
      return "\(kind.letter)[1-9][0-9]{0,3}" + (names.isEmpty ? "" : "(\\(\(option)(,\(option))*\\))?")
    }
    let layer = "(" + layers.joined(separator: "|") + ")"
    return TextForm(
      places: places, name: "architecture", example: "c64(kernel=5,dilation=2)-t128(heads=4)",
      help: "Layers, the first to the last, joined by '-': of each the letter of its kind and its width, "
        + "\(range(Layer.widths)) features; in brackets the options that differ from their defaults. Or preset:NAME: "
        + "'bioarc architectures' lists them.",
      rows: rows, pattern: "^(preset:[a-z0-9-]+|(e[1-9][0-9]{0,3}(\\(stem=[1-9][0-9]*\\))?-)?\(layer)(-\(layer))*)$")
  }
}
