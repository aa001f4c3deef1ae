import ArgumentParser
import Blocks
import Console
import JSON
import Spaces
import Tables
import Wording

/// `bioarc architectures`
struct ArchitecturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "architectures",
    abstract: "List published architectures, or describe an architecture: layers, parameters, what a token sees.",
    discussion: """
      A stage takes a published architecture as 'architecture: preset:NAME'.

      Examples:
        bioarc architectures
        bioarc architectures convnova-128
        bioarc architectures 'g64(dilation=4)-h64(form=modal)' --vocabulary 9
        bioarc architectures --json
      """)

  @Argument(
    help: "A preset, or the text of an architecture.", completion: .list(Preset.all.map(\.name)))
  var architecture: String?
  @Option(help: "Tokens of the vocabulary, specials included: their embedding is counted too.") var vocabulary: Int?
  @Flag(help: "Whether tokens see only themselves and earlier ones.") var causal = false
  @Flag(help: "Print as JSON.") var json = false

  func validate() throws {
    if let vocabulary, vocabulary < 1 { throw ValidationError("--vocabulary takes a number of at least 1") }
  }

  func run() throws {
    guard let architecture else { return list() }
    if let preset = Preset.named(architecture) ?? named(architecture) {
      guard vocabulary == nil, !causal else {
        throw Complaint.usage("a preset states its vocabulary and direction: --vocabulary and --causal are of texts")
      }
      return describe(preset)
    }
    try describe(text: architecture)
  }

  private func named(_ text: String) -> Preset? {
    text.hasPrefix(Preset.prefix) ? Preset.named(String(text.dropFirst(Preset.prefix.count))) : nil
  }

  private func list() {
    if json { return Terminal.print(JSON.array(Preset.all.map(document)).text()) }
    var table = Table(["preset", "parameters", "sees", "what it is"], numeric: [1, 2])
    for preset in Preset.all {
      table.add([
        preset.name, Words.grouped(preset.parameterCount), sees(preset.architecture, preset.isCausal), preset.summary,
      ])
    }
    Terminal.print(table.text(width: Terminal.outputWidth))
  }

  private func sees(_ architecture: Architecture, _ causal: Bool) -> String {
    architecture.receptiveField(causal: causal).map(Words.grouped) ?? "all"
  }

  private func describe(_ preset: Preset) {
    if json { return Terminal.print(document(preset).text()) }
    var lines = [
      "\(preset.name): \(preset.summary)", "source        \(preset.source)", "architecture  \(preset.text)",
      "sees          \(sees(preset.architecture, preset.isCausal)) tokens",
      "parameters    \(Words.grouped(preset.parameterCount)) with a vocabulary of \(preset.vocabulary), without a head",
      "published     \(Words.grouped(preset.published)), or as its code counts them at this size",
    ]
    for difference in preset.differences {
      lines.append(
        "              \(Words.grouped(abs(difference.count))) \(difference.count > 0 ? "less" : "more") here: "
          + difference.reason
      )
    }
    lines.append("stage         architecture: \(Preset.prefix)\(preset.name)" + advice(preset))
    Terminal.print(lines.joined(separator: "\n"))
  }

  /// Parameters of a training that belong to a preset.
  private func advice(_ preset: Preset) -> String {
    var stated: [String] = []
    if preset.positions > 0 { stated.append("positions: learned") }
    if preset.isCausal { stated.append("objective: ntp of a pretraining, direction: causal of a fine-tune") }
    return stated.isEmpty ? "" : "; with \(stated.joined(separator: ", "))"
  }

  private func document(_ preset: Preset) -> JSON {
    .sorted([
      "name": .string(preset.name), "summary": .string(preset.summary), "source": .string(preset.source),
      "architecture": .string(preset.text), "vocabulary": .int(preset.vocabulary), "causal": .bool(preset.isCausal),
      "positions": .int(preset.positions), "parameters": .int(preset.parameterCount),
      "published": .int(preset.published),
      "sees": preset.architecture.receptiveField(causal: preset.isCausal).map(JSON.int) ?? .null,
      "differences": .array(
        preset.differences.map { .sorted(["parameters": .int($0.count), "reason": .string($0.reason)]) }),
    ])
  }

  private func describe(text: String) throws {
    let architecture: Architecture
    do throws(ArchitectureFinding) { architecture = try Architecture(parsing: text) } catch {
      let hint = Architecture.suggestion(for: text).map { "; did you mean '\($0)'?" } ?? ""
      let preset = nearest(to: text, in: Preset.all.map(\.name), slack: 2).map { "; did you mean the preset \($0)?" }
      throw Complaint.usage("'\(text)' is no architecture: \(error)\(preset ?? hint)")
    }
    if let problem = architecture.problem(causal: causal) {
      throw Complaint.usage("'\(text)' cannot be built: \(problem)")
    }
    let embedding = architecture.embedding ?? Embedding(widths: architecture.layers.map(\.width))
    let blocks = architecture.blocks(embeddingWidth: embedding.width)
    let all = architecture.parameters(embedding: embedding, vocabulary: vocabulary, causal: causal)
    if json {
      return Terminal.print(
        JSON.sorted([
          "architecture": .string(architecture.text), "id": .string(architecture.id), "parameters": .int(all),
          "sees": architecture.receptiveField(causal: causal).map(JSON.int) ?? .null,
          "layers": .array(
            blocks.map {
              .sorted(["layer": .string($0.layer.text), "parameters": .int($0.parameters(causal: causal))])
            }),
        ]).text())
    }
    var table = Table(["layer", "kind", "parameters", "sees"], numeric: [2, 3])
    for block in blocks {
      table.add([
        block.layer.text, block.layer.kind.name, Words.grouped(block.parameters(causal: causal)),
        block.layer.reach(causal: causal).map { Words.grouped($0 + 1) } ?? "all",
      ])
    }
    let of =
      vocabulary == nil
      ? "with the last norm, without embedding and head" : "with the embedding and the last norm, without a head"
    Terminal.print(
      table.text(width: Terminal.outputWidth)
        + "\n\(Words.grouped(all)) parameters \(of); a token of the last layer sees "
        + "\(sees(architecture, causal)) tokens")
  }
}
