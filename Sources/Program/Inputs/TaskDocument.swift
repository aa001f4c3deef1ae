package import Artifacts

/// The file `task.json` of a task that a stage made: how its tables are read, and what became of the intervals that it
/// is made of.
package struct TaskDocument: Codable {
  /// The name of the file in the task's tree.
  package static let file = "task.json"

  /// Examples of one split and label.
  package struct Group: Codable {
    package let split: String
    package let label: String
    package let rows: Int
    /// Mean shares: of G and C, and of masked letters.
    package let gc: Double
    package let masked: Double

    package init(split: String, label: String, rows: Int, gc: Double, masked: Double) {
      self.split = split
      self.label = label
      self.rows = rows
      self.gc = gc
      self.masked = masked
    }
  }

  /// Intervals or negatives that are in no table, for one reason.
  package struct LeftOut: Codable {
    package let reason: String
    package let count: Int
    /// The first of them.
    package let example: String

    package init(reason: String, count: Int, example: String) {
      self.reason = reason
      self.count = count
      self.example = example
    }
  }

  /// Letters of one class, where labels are of letters.
  package struct Letters: Codable {
    package let label: String
    package let train: Int
    package let dev: Int
    package let test: Int

    package init(label: String, train: Int, dev: Int, test: Int) {
      self.label = label
      self.train = train
      self.dev = dev
      self.test = test
    }
  }

  /// Options of the format, as an input would state them.
  package let options: [String: String]
  /// Intervals that were read; nil where there are none.
  package var intervals: Int?
  /// Letters of a window; nil where lengths differ, or are not said.
  package var length: Int?
  package var groups: [Group]?
  package var leftOut: [LeftOut]?
  /// By class; nil where labels are of whole windows.
  package var letters: [Letters]?

  /// The document in a tree that a stage wrote; nil where there is none.
  package init?(of artifact: any InputArtifact) throws {
    guard artifact.reference.kind == .labelledSequences, artifact.reference.format.isEmpty,
      try artifact.names.contains(Self.file)
    else { return nil }
    self = try JSONArtifact.decode(Self.self, artifact.bytes(Self.file))
  }

  package init(options: [String: String]) { self.options = options }
}
