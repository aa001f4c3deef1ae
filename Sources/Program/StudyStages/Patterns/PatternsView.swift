package import Artifacts
package import DataStages
import Figures
import Inputs
import Searches
import Tables
import Wording

extension ArtifactView {
  /// Traits that a table shows.
  private static let mostTraits = 30

  /// Traits that the best architectures have in common, the surest first.
  package static func patterns(_ artifact: any InputArtifact) throws -> ArtifactView {
    let patterns = try JSONArtifact.decode(Patterns.self, artifact.bytes())
    let sure = patterns.findings.count { $0.adjusted < 0.05 }
    let shown = min(max(sure, mostTraits), patterns.findings.count)
    var lines = [
      "the \(patterns.top) best of \(Words.grouped(patterns.candidates)) candidates against the others",
      sure == 0
        ? "none of \(Words.count(patterns.findings.count, "trait")) is told apart from chance (Holm, 5 %)"
        : "\(sure) of \(Words.count(patterns.findings.count, "trait")) are told apart from chance (Holm, 5 %)",
    ]
    if patterns.isDrawn { lines.append("the top ends among equal scores: chance has drawn which of them are in it") }
    if patterns.findings.count > Patterns.draws / 20 {
      lines.append("so many traits are more than \(Words.grouped(Patterns.draws)) random tops can tell from chance")
    }
    if shown < patterns.findings.count {
      lines.append("\(shown) of \(Words.grouped(patterns.findings.count)) are shown; --json has all")
    }
    return ArtifactView(
      lines: lines,
      tables: [
        Table(
          ["trait", "", "top", "others", "p", "p Holm"], numeric: [2, 3, 4, 5], keys: 2, named: [1: "measure"],
          most: shown,
          cells: patterns.findings.map { finding in
            [
              .text(words(finding.trait)), .text(measure(finding.trait)), .number(finding.top),
              .number(finding.others), .probability(finding.probability), .probability(finding.adjusted),
            ]
          })
      ], pictures: heatMap(patterns), json: try document(artifact))
  }

  private static let thirds = ["first third", "middle third", "last third"]

  private static func words(_ trait: Patterns.Trait) -> String {
    switch trait.kind {
    case .position: "\(trait.modules[0]) in the \(thirds[trait.third!])"
    case .sequence: trait.modules.joined(separator: " -> ")
    case .width: "width in the \(thirds[trait.third!])"
    case .depth: "depth"
    }
  }

  private static func measure(_ trait: Patterns.Trait) -> String {
    switch trait.kind {
    case .position: "share of layers"
    case .sequence: "share of paths"
    case .width: "mean log2"
    case .depth: "mean layers"
    }
  }

  /// How much more often each module is in each third of the top.
  private static func heatMap(_ patterns: Patterns) -> [any Picture] {
    let positions = patterns.findings.filter { $0.trait.kind == .position }
    let modules = Set(positions.map { $0.trait.modules[0] }).sorted()
    guard !modules.isEmpty else { return [] }
    let values = modules.map { module in
      (0..<3).map { third in
        positions.first { $0.trait.modules == [module] && $0.trait.third == third }.map { $0.top - $0.others }
      }
    }
    return [
      HeatMap(
        "positions", title: "share of layers that are of a module, top less others",
        rows: ("module", modules), columns: ("part of the path", thirds), measures: [.init([.init("", values)])],
        darker: "more often in the top")
    ]
  }
}
