import Artifacts

/// The file `task.json` of a task that the stage `intervals` made: how its tables are read, and what became of the
/// intervals.
struct TaskDocument: Codable {
  static let file = "task.json"

  /// Examples of one split and label.
  struct Group: Codable {
    let split: String
    let label: String
    let rows: Int
    /// Mean shares: of G and C, and of masked letters.
    let gc: Double
    let masked: Double
  }

  /// Intervals or negatives that are in no table, for one reason.
  struct LeftOut: Codable {
    let reason: String
    let count: Int
    /// The first of them.
    let example: String
  }

  /// Options of the format, as an input would state them.
  let options: [String: String]
  /// Intervals that were read.
  let intervals: Int
  /// Letters of a window.
  let length: Int
  let groups: [Group]
  let leftOut: [LeftOut]

  /// The document in a tree that a stage wrote; nil where there is none.
  init?(of artifact: any InputArtifact) throws {
    guard artifact.reference.kind == .labelledSequences, artifact.reference.format.isEmpty,
      try artifact.names.contains(Self.file)
    else { return nil }
    self = try JSONArtifact.decode(Self.self, artifact.bytes(Self.file))
  }

  init(options: [String: String], intervals: Int, length: Int, groups: [Group], leftOut: [LeftOut]) {
    self.options = options
    self.intervals = intervals
    self.length = length
    self.groups = groups
    self.leftOut = leftOut
  }

  /// As a person looks at it.
  var view: (lines: [String], tables: [ArtifactView.Table]) {
    let groups = ArtifactView.Table(
      ["split", "label", "rows", "GC", "masked"], numeric: [2, 3, 4],
      rows: self.groups.map {
        [$0.split, $0.label, Figures.grouped($0.rows), Figures.fixed($0.gc, 3), Figures.fixed($0.masked, 3)]
      })
    let leftOut = ArtifactView.Table(
      ["left out", "count", "the first"], numeric: [1],
      rows: self.leftOut.map { [$0.reason, Figures.grouped($0.count), $0.example] })
    return (
      ["\(Figures.grouped(intervals)) intervals, windows of \(Figures.grouped(length)) letters"],
      [groups] + (self.leftOut.isEmpty ? [] : [leftOut])
    )
  }
}
