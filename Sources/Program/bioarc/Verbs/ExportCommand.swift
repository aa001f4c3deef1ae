import ArgumentParser
import Artifacts
import Console
import Inputs
import ModelStages
import Plans
import Resolving
import Sessions
import Stages
import TaskStages
import UseStages

/// `bioarc export`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write trained weights as a folder that plain PyTorch loads.",
    discussion: """
      The folder holds model.safetensors, config.json, tokenizer.json and model.py, a module of plain PyTorch:

        import model; net = model.load(); logits = net(ids)

      Of a fine-tuned model the head comes with it, and model.json, which names its classes.

      Examples:
        bioarc export pipelines/foundation.yaml foundation -o foundation
        bioarc export pipelines/promoters.yaml 'supernet[k=6]' --architecture c64-t128 -o c64-t128
        bioarc export pipelines/promoters.yaml 'scores[seed=1]' -o promoters
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "A pretraining step, STEP.weights, a fine-tuning step, or STEP.model.") var step: String
  @Option(help: "A path of the weights' space, as c64-t128. Needless for a step that trained one architecture.")
  var architecture: String?
  @Option(name: .shortAndLong, help: "The folder, which must not exist yet.", completion: .directory)
  var output: String

  func run() throws {
    let session = try Session(options.request(), isReading: true)
    let resolution = try session.resolve()
    if let task = try fineTuned(session, resolution) { return try write(task) }
    let found = try OutputAddress.findAll(step, in: session, resolution)
    let weights = found.filter { $0.output.artifact.kind == .weights }
    guard let chosen = weights.first else {
      throw Complaint.usage("'\(step)' has no weights; export takes a step of pretraining or fine-tuning")
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
    try write(files)
  }

  private func write(_ files: [(name: String, bytes: [UInt8])]) throws {
    try NewFile.inFolder(output) {
      for file in files { try NewFile.write(output + "/" + file.name, file.bytes) }
    }
    for file in files { Terminal.complain(output + "/" + file.name) }
  }

  /// The files of the model that the step has fine-tuned; nil for another step.
  private func fineTuned(
    _ session: Session, _ resolution: Resolution
  ) throws -> [(name: String, bytes: [UInt8])]? {
    let (name, port) = OutputAddress.split(step, session.plan)
    guard port == nil || port == "model",
      session.plan.nodes.contains(where: { name == $0.name || name.hasPrefix($0.name + "[") }),
      let steps = try? session.steps(name, in: resolution),
      steps.allSatisfy({ session.plan.nodes[$0.node].declaration.output("model")?.kind == .model })
    else { return nil }
    guard steps.count == 1 else {
      let example = resolution.address(steps[0])
      throw Complaint.usage("'\(step)' names \(steps.count) models; export takes one, as '\(example)'")
    }
    if architecture != nil {
      throw Complaint.usage("a fine-tuned model is of one architecture: leave --architecture out")
    }
    let found = try StoredModels.find(step, port: "model", options.request())
    do { return try TrainedModel.export(found[0].artifact) } catch let failure as StageFailure {
      throw Complaint.failure(failure.message)
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
