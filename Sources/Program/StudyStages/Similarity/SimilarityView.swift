package import Artifacts
package import DataStages
import Figures
import Inputs
import Rankings
import Searches
import Tables
import Wording

extension ArtifactView {
  /// How alike tasks are: a row for each two.
  package static func similarity(_ artifact: any InputArtifact) throws -> ArtifactView {
    let similarity = try JSONArtifact.decode(TaskSimilarity.self, artifact.bytes())
    let order = similarity.order.map { similarity.tasks[$0] }
    let cells = similarity.pairs.map { pair -> [TableCell] in
      [
        .text(similarity.tasks[pair.first]), .text(similarity.tasks[pair.second]), .number(pair.correlation.value),
        .interval(pair.correlation.low, pair.correlation.high), .probability(pair.adjusted),
        .part(pair.shared, of: similarity.top), .number(pair.expected, 1), .probability(pair.sharedProbability),
        .number(pair.structure), .probability(pair.structureProbability),
      ]
    }
    let chance = similarity.chance
    let lines =
      [
        "\(Words.grouped(similarity.candidates)) candidates; the top has \(similarity.top)",
        "structure: how alike the architectures of the tops are, 1 being the same; random sets have "
          + TableCell.estimate(chance.value, chance.low, chance.high).text,
        "alike tasks side by side: \(order.joined(separator: ", "))",
        "p of Spearman's correlation is corrected for all pairs (Holm), those of tops are not; the luck of seeds and "
          + "rows pulls correlations towards 0, seeds and sequences that tasks share pull them up",
      ] + notes(similarity)
    return ArtifactView(
      lines: lines,
      tables: [
        Table(
          [
            "task", "and", "Spearman", "95 % interval", "p Holm", "shared top", "by chance", "p shared", "structure",
            "p structure",
          ],
          numeric: [2, 3, 4, 5, 6, 7, 8, 9], keys: 2, cells: cells)
      ], pictures: [heatMap(similarity)], json: try document(artifact))
  }

  private static func notes(_ similarity: TaskSimilarity) -> [String] {
    let names = similarity.drawn.map { similarity.tasks[$0] }
    return names.isEmpty
      ? []
      : ["the top ends among equal results, of which chance has drawn some: \(names.joined(separator: ", "))"]
  }

  private static func heatMap(_ similarity: TaskSimilarity) -> HeatMap {
    let names = similarity.order.map { similarity.tasks[$0] }
    let panel = { (title: String, value: (TaskSimilarity.Pair) -> Double?) in
      HeatMap.Panel(
        title,
        similarity.order.map { a in
          similarity.order.map { b in
            if a == b { return 1 }
            return similarity.pairs.first { Set([$0.first, $0.second]) == [a, b] }.flatMap(value)
          }
        })
    }
    return HeatMap(
      "tasks", title: "how far tasks prefer the same architectures", rows: ("task", names), columns: ("task", names),
      measures: [
        .init([panel("Spearman's correlation", \.correlation.value)]),
        .init([panel("shared top \(similarity.top)") { Double($0.shared) / Double(similarity.top) }]),
        .init([panel("structure of the tops", \.structure)]),
      ], darker: "more alike")
  }
}
