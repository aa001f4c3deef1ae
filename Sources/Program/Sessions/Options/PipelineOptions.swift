package import ArgumentParser
import Console
import Syntax

/// Options of every verb on a pipeline.
package struct PipelineOptions: ParsableArguments {
  package init() {}

  @Argument(help: "The pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
  package var pipeline: String

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("A value of 'params', or STEP.PARAMETER=VALUE. May be repeated.", valueName: "name=value"))
  package var overrides: [String] = []

  @Option(help: "The store. Default: BIOARC_STORE, else 'cache' beside the pipeline's folder.", completion: .directory)
  package var store: String?

  @OptionGroup package var stageOptions: StageOptions
  @OptionGroup package var remoteOptions: RemoteOptions
}

extension PipelineOptions {
  /// Whether nothing but the pipeline is named.
  package var isDefault: Bool { overrides.isEmpty && store == nil && stageOptions.stages == nil }

  /// Reads the pipeline, to its end and once: it may come through a pipe.
  package func request() throws -> PipelineRequest {
    PipelineRequest(
      pipeline: Places.isStream(pipeline) ? Places.standardInput : pipeline, text: try Places.read(pipeline),
      overrides: overrides.map { Override($0) }, store: store, stages: stageOptions.stages,
      remotes: remoteOptions.selection)
  }
}
