package import Artifacts
package import Events
package import Plans

/// One earlier run, as its log tells it.
package struct PastRun: Sendable {
  package let id: String
  package let started: Double
  package let file: String
  package let pipeline: String
  /// That of a run which is none of the pipeline as its file says; nil: it is one.
  package let purpose: String?
  /// The text of the pipeline; nil in older logs.
  package let text: ObjectName?
  /// The values that `--set` gave; nil in older logs.
  package let settings: [String]?
  /// nil: it did not end by itself.
  package let summary: RunSummary?
  /// Digest of the bindings of each node: the last that the run logged.
  package let bindings: [String: ObjectName]
  /// By node, the steps that a run started which did not end by itself.
  package let begun: [String: BegunSteps]

  /// The purpose of runs which `bisect` makes.
  package static let bisection = "bisect"

  /// Older logs name the purpose of a bisection before the pipeline.
  init(
    id: String, started: Double, file: String, pipeline: String, purpose: String?, text: ObjectName?,
    settings: [String]?, summary: RunSummary?, bindings: [String: ObjectName], begun: [String: BegunSteps]
  ) {
    let prefix = Self.bisection + "/"
    let isOlder = pipeline.hasPrefix(prefix)
    (self.id, self.started, self.file, self.text, self.settings) = (id, started, file, text, settings)
    self.pipeline = isOlder ? String(pipeline.dropFirst(prefix.count)) : pipeline
    self.purpose = isOlder ? Self.bisection : purpose
    (self.summary, self.bindings, self.begun) = (summary, bindings, begun)
  }

  /// Whether the run was of the pipeline of `plan`: the file as it was named, or one of the same name in whatever
  /// folder, as long as the pipeline has the same name too.
  package func isOf(_ plan: Plan) -> Bool {
    purpose == nil && pipeline == plan.name && Self.name(of: file) == Self.name(of: plan.file)
  }

  private static func name(of path: String) -> Substring {
    path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
  }
}

/// The steps of one node that a run started.
package struct BegunSteps: Sendable {
  package let axes: [String]
  /// By ids, in the order of the axes.
  package var keys: [[String]: Digest] = [:]
}
