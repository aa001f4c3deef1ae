import Syntax

/// A pipeline with the values given for it: a plan is made of it.
struct PipelineRequest {
  /// The file, by the name that positions bear.
  var pipeline: String
  let text: [UInt8]
  var overrides: [Override]
  var store: String?
  /// The folder of own stages, if it is named.
  var stages: String?
}
