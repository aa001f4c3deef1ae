package import Syntax

/// A pipeline with the values given for it: a plan is made of it.
package struct PipelineRequest {
  /// The file, by the name that positions bear.
  package var pipeline: String
  package let text: [UInt8]
  package var overrides: [Override]
  package var store: String?
  /// The folder of own stages, if it is named.
  package var stages: String?

  package init(pipeline: String, text: [UInt8], overrides: [Override], store: String?, stages: String?) {
    (self.pipeline, self.text, self.overrides) = (pipeline, text, overrides)
    (self.store, self.stages) = (store, stages)
  }
}
