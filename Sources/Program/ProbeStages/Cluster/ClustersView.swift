package import Artifacts
package import DataStages
import Inputs
import JSON
import Labelled
import Tables
import Wording

extension ArtifactView {
  /// Clusters that a table shows.
  private static let mostClusters = 30

  /// Clusters by their rows, the largest first, each with its most frequent label.
  package static func clusters(_ artifact: any InputArtifact) throws -> ArtifactView {
    var reader = DelimitedReader(file: "clusters", delimiter: 9)
    var lines: [[String]] = []
    let emit = { (row: DelimitedRow) in
      lines.append(row.fields.map { String(decoding: $0, as: UTF8.self) })
      return true
    }
    try artifact.forEachChunk("") { chunk in
      reader.push(chunk, emit)
      return !reader.isDone
    }
    reader.finish(emit)
    let rows = lines.dropFirst().filter { $0.count == 5 }
    // Clusters of splits that are clustered apart have the same numbers.
    let groups = Dictionary(grouping: rows) { [$0[0], $0[4]] }.map { key, own in
      let labels = Dictionary(grouping: own) { $0[3] }.mapValues(\.count)
      let label = labels.max { ($0.value, $1.key) < ($1.value, $0.key) }!
      return (split: key[0], cluster: key[1], rows: own.count, label: label.key, share: label.value)
    }.sorted { ($1.rows, $0.split, $0.cluster) < ($0.rows, $1.split, $1.cluster) }
    let splits = Set(groups.map(\.split)).count
    var notes = [
      "\(Words.count(rows.count, "row")) in \(Words.count(groups.count, "cluster"))"
        + (splits > 1 ? ", those of each split counted for themselves" : "")
    ]
    if groups.count > mostClusters { notes.append("the \(mostClusters) largest are shown") }
    return ArtifactView(
      lines: notes,
      tables: [
        Table(
          ["split", "cluster", "rows", "most frequent label", "rows of it"], numeric: [2, 4],
          most: mostClusters,
          cells: groups.map {
            [.text($0.split), .text($0.cluster), .count($0.rows), .text($0.label), .count($0.share)]
          })
      ],
      json: .array(
        groups.map {
          .object([
            ("split", .string($0.split)), ("cluster", .string($0.cluster)), ("rows", .int($0.rows)),
            ("label", .string($0.label)), ("rowsOfLabel", .int($0.share)),
          ])
        }))
  }
}
