package import Artifacts
package import DataStages
import Figures
import Inputs
import Tables
import Training
import Wording

extension ArtifactView {
  /// A training: its loss over steps, then how it does on what it has not seen.
  package static func history(_ artifact: any InputArtifact) throws -> ArtifactView {
    let history = try JSONArtifact.decode(TrainingHistory.self, artifact.bytes())
    let objective = PretrainObjective.named(history.objective)
    var view = ArtifactView(json: try document(artifact))
    let points = history.allPoints
    if let last = points.last {
      let name = objective?.name ?? history.objective ?? ""
      view.lines = ["\(name), loss \(Words.fixed(last.loss, 4)) after \(Words.grouped(last.step)) steps"]
      if points.count > 1 {
        view.pictures = [
          Plot(
            "loss", title: "loss, \(objective?.unit ?? "nats")", abscissa: "step",
            points: points.map { Plot.Point(x: Double($0.step), y: $0.loss) })
        ]
      }
      if let operations = history.operations {
        view.lines.append(
          "\(Words.short(operations)) floating-point operations"
            + (history.trained.map { " on \(Words.grouped($0)) tokens" } ?? ""))
      }
    }
    if let hidden = history.hidden {
      view.lines.append("\(Words.part(hidden.letters, of: hidden.all, "letters")) were hidden")
    }
    if let leftOut = history.leftOut {
      view.lines.append("\(Words.grouped(leftOut)) sequences left out: there is nothing to learn from them")
    }
    if !history.heldOut.isEmpty { view.tables.append(heldOut(history, objective)) }
    return view
  }

  private static func heldOut(_ history: TrainingHistory, _ objective: PretrainObjective?) -> Table {
    let hasLetters = history.heldOut.contains { $0.bits != nil }
    var columns = ["architecture", "held-out loss"]
    let perplexity = objective == nil ? "perplexity" : objective?.perplexity
    if let perplexity { columns.append(perplexity) }
    columns.append("accuracy")
    if hasLetters { columns.append(objective?.bits ?? "bits per letter") }
    columns.append(objective?.counted ?? "tokens")
    if hasLetters { columns.append("letters") }
    let cells = history.heldOut.map { point -> [TableCell] in
      var row: [TableCell] = [.text(point.architecture), .number(point.loss, 4)]
      if perplexity != nil {
        let perplexity = point.perplexity ?? point.pseudoPerplexity ?? HeldOut.perplexity(loss: point.loss)
        row.append(.number(perplexity))
      }
      row.append(.number(point.accuracy, 4))
      if hasLetters { row.append(.number(point.bits, 4)) }
      row.append(.count(point.tokens))
      if hasLetters { row.append(.count(point.letters ?? 0)) }
      return row
    }
    return Table(columns, numeric: Set(1..<columns.count), cells: cells)
  }
}
