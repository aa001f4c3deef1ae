import ArgumentParser
import Artifacts
import Console
import Glibc
import Resolving
import Sessions

/// `bioarc cat`
struct CatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cat", abstract: "Write a result's bytes to standard output.",
    discussion: """
      Examples:
        bioarc cat pipelines/promoters.yaml 'tokens[k=6].tokenizer' > tokenizer.json
        bioarc cat pipelines/promoters.yaml windows.sequences train.fasta | head
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "STEP.OUTPUT, or a step with one output.") var step: String
  @Argument(help: "The file of a tree.") var file: String?

  func run() throws {
    let session = try Session(options.request(), isReading: true)
    let resolution = try session.resolve()
    let outputs = try OutputAddress.findAll(step, in: session, resolution)
    let others = outputs.filter { $0.output.artifact.kind != .counts }
    let chosen = others.isEmpty ? outputs : others
    guard let output = chosen.first, chosen.count == 1 else {
      let example = outputs.first.map { "\(resolution.address($0.step)).\($0.port)" } ?? "STEP.OUTPUT"
      throw Complaint.usage("'\(step)' names \(outputs.count) outputs; cat takes one, as '\(example)'")
    }
    let names = try output.artifact.names
    guard let name = file ?? (names == [""] ? "" : nil), names.contains(name) else {
      throw Complaint.usage("'\(step)' is a tree; name one of its files: \(names.prefix(20).joined(separator: ", "))")
    }
    try output.artifact.forEachChunk(name) { chunk in
      Terminal.write(chunk, to: STDOUT_FILENO)
      return true
    }
  }
}
