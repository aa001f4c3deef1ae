package import YAML

/// How the stages of a pipeline stand in its store.
package struct PipelineStanding: Sendable {
  /// One stage.
  package struct Stage: Sendable {
    /// In short, as a lens shows it.
    package let title: String
    /// Why its steps run or do not, in lines.
    package let why: String
    package init(title: String, why: String) { (self.title, self.why) = (title, why) }
  }

  /// By name.
  package var stages: [String: Stage]
  /// Faults of inputs and of the store.
  package var findings: [Diagnostic]
  /// The reason for which nothing can be told, if there is one.
  package var obstacle: String?

  package init(stages: [String: Stage] = [:], findings: [Diagnostic] = [], obstacle: String? = nil) {
    (self.stages, self.findings, self.obstacle) = (stages, findings, obstacle)
  }
}
