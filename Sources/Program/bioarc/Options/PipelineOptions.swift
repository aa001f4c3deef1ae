import ArgumentParser
import Console
import Syntax

/// Options of every verb on a pipeline.
struct PipelineOptions: ParsableArguments {
  @Argument(help: "The pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
  var pipeline: String

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("A value of 'params', or STEP.PARAMETER=VALUE. May be repeated.", valueName: "name=value"))
  var overrides: [String] = []

  @Option(help: "The store. Default: BIOARC_STORE, else 'cache' beside the pipeline's folder.", completion: .directory)
  var store: String?

  @OptionGroup var stageOptions: StageOptions
}

extension PipelineOptions {
  /// Whether nothing but the pipeline is named.
  var isDefault: Bool { overrides.isEmpty && store == nil && stageOptions.stages == nil }

  /// Reads the pipeline, to its end and once: it may come through a pipe.
  func request() throws -> PipelineRequest {
    PipelineRequest(
      pipeline: Places.isStream(pipeline) ? Places.standardInput : pipeline, text: try Places.read(pipeline),
      overrides: overrides.map { Override($0) }, store: store, stages: stageOptions.stages)
  }
}
