import ArgumentParser
import Artifacts
import Console
import Glibc
import Inputs
import ModelStages
import Plans
import Resolving
import Stages
import TaskStages

/// `bioarc export`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write trained weights as a folder that plain PyTorch loads.",
    discussion: """
      The folder holds model.safetensors, config.json, tokenizer.json and model.py, a module of plain PyTorch:

        import model; net = model.load(); logits = net(ids)

      Examples:
        bioarc export pipelines/foundation.yaml foundation -o foundation
        bioarc export pipelines/promoters.yaml 'supernet[k=6]' --architecture c64-t128 -o c64-t128
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "A pretraining step, or STEP.weights.") var step: String
  @Option(help: "A path of the weights' space, as c64-t128. Needless for a step that trained one architecture.")
  var architecture: String?
  @Option(name: .shortAndLong, help: "The folder, which must not exist yet.", completion: .directory)
  var output: String

  func run() throws {
    let session = try Session(options.request(), isReading: true)
    let resolution = try session.resolve()
    let found = try OutputAddress.findAll(step, in: session, resolution)
    let weights = found.filter { $0.output.artifact.kind == .weights }
    guard let chosen = weights.first else {
      throw Complaint.usage("'\(step)' has no weights; export takes a pretraining step")
    }
    guard weights.count == 1 else {
      let example = resolution.address(chosen.step)
      throw Complaint.usage("'\(step)' names \(weights.count) steps with weights; export takes one, as '\(example)'")
    }
    if architecture == nil, session.plan.nodes[chosen.step.node].ports["space"] != nil {
      throw Complaint.failure("'\(step)' trained a space: say which of its paths with --architecture")
    }
    var files: [(name: String, bytes: [UInt8])]
    do { files = try ModelExport.files(chosen.artifact, architecture: architecture) } catch let
      error as ModelExport.Failure
    { throw Complaint.failure(error.description) }
    if let tokenizer = try tokenizer(of: chosen.step, session, resolution) {
      files.append(("tokenizer.json", try tokenizer.artifact.bytes()))
    }
    guard mkdir(output, 0o777) == 0 else {
      let remedy = errno == EEXIST ? ": name a new one" : ""
      throw Complaint.failure("cannot make the folder '\(output)': \(String(cString: strerror(errno)))\(remedy)")
    }
    for file in files {
      try NewFile.write(output + "/" + file.name, file.bytes)
      Terminal.complain(output + "/" + file.name)
    }
  }

  /// The tokenizer that the step was trained with.
  private func tokenizer(
    of step: StepIndex, _ session: Session, _ resolution: Resolution
  ) throws -> OutputAddress? {
    guard let (source, port) = resolution.output(readAt: "tokenizer", of: step) else { return nil }
    return try OutputAddress.outputs(of: source, port: port, session, resolution).first
  }
}
