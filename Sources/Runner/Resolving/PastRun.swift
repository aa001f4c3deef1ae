package import Artifacts
package import Events
package import Plans

/// One earlier run, as its log tells it.
package struct PastRun: Sendable {
  package let id: String
  package let started: Double
  package let file: String
  package let pipeline: String
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

  /// The purpose of runs which `bisect` makes: their logs name it before the pipeline.
  package static let bisection = "bisect"
  /// The purpose of a run which is none of the pipeline as its file says.
  package var purpose: String? { pipeline.hasPrefix(Self.bisection + "/") ? Self.bisection : nil }

  /// Whether the run was of the pipeline of `plan`: the file as it was named, or one of the same name in whatever
  /// folder, as long as the pipeline has the same name too.
  package func isOf(_ plan: Plan) -> Bool {
    pipeline == plan.name && Self.name(of: file) == Self.name(of: plan.file)
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
