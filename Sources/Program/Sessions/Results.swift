package import Artifacts
import Console
package import DataStages
import Figures
import Inputs
import ModelStages
package import Plans
package import Resolving
import Running
import Stages
import Stores
import System
import Tables
package import TaskStages
import Wording

/// Results as text, at the end of a run and in `show`.
package enum Results {
  package static func text(_ view: ArtifactView, rows limit: Int) -> String {
    var parts: [String] = []
    if !view.lines.isEmpty { parts.append(view.lines.joined(separator: "\n")) }
    parts += view.pictures.compactMap { $0.text(width: min(100, Terminal.width - 1)) }
    for table in view.tables {
      parts.append(table.text(width: Terminal.outputWidth, limit: limit > 0 ? limit : nil))
      if limit > 0, limit < table.shownCount {
        parts.append("... \(table.shownCount - limit) more; 'bioarc show --rows 0' shows all")
      }
    }
    return ControlCharacters.escaped(parts.joined(separator: "\n"))
  }

  /// Shows on standard output how the trainings of a pipeline came out, a line for each stage, and its rankings.
  package static func show(of resolution: Resolution, _ session: Session) throws {
    for node in session.plan.nodes.indices {
      if let line = try figures(of: node, resolution, session) { Terminal.print(line) }
    }
    for (index, node) in session.plan.nodes.enumerated() {
      guard node.declaration.outputs.contains(where: { $0.kind == .ranking }) else { continue }
      for step in resolution.steps(of: index) where resolution.isUpToDate(step) {
        do {
          for output in try OutputAddress.outputs(of: step, port: nil, session, resolution)
          where output.output.artifact.kind == .ranking {
            Terminal.print(resolution.address(step))
            Terminal.print(text(try ArtifactView(output.artifact, axes: output.axes), rows: 20))
          }
        } catch let absent as Absent { Terminal.complain("note: \(absent)") }
      }
    }
  }

  // MARK: Figures

  /// Steps of a stage whose results are looked at for its line.
  private static let looked = 1000

  /// The figure of a result of `key`; nil where it is no training's, or its bytes are gone.
  package static func figure(_ node: Plan.Node, _ key: Digest, _ session: Session) -> Figure? {
    guard let output = node.declaration.outputs.first(where: { $0.kind == .metrics || $0.kind == .history }),
      case .outputs(let outputs)? = (try? session.store.result(key))?.outcome, let found = outputs[output.name],
      let artifact = try? session.artifact(found, of: key)
    else { return nil }
    return try? Figure(artifact)
  }

  /// `scores: dev mcc 0.812 (0.750 to 0.874)`; for an array the range, and the place of its best end.
  private static func figures(of index: Int, _ resolution: Resolution, _ session: Session) throws -> String? {
    let node = session.plan.nodes[index]
    guard resolution.isWanted(node: index) else { return nil }
    let steps = resolution.steps(of: index).filter(resolution.isUpToDate)
    let figures = steps.prefix(looked).compactMap { step in
      resolution.key(of: step).flatMap { figure(node, $0, session) }.map { (step: step, figure: $0) }
    }
    guard let first = figures.first?.figure else { return nil }
    if figures.count == 1 { return "\(resolution.address(figures[0].step)): \(first.text)" }
    let count = "\(node.name): \(figures.count)\(steps.count > looked ? " of \(steps.count)" : "") results"
    let known = figures.compactMap { entry in entry.figure.value.map { (entry.step, $0) } }.sorted { $0.1 < $1.1 }
    guard let low = known.first, let high = known.last, figures.allSatisfy({ $0.figure.measure == first.measure })
    else { return count }
    let range = "\(count), \(first.measure) \(Words.fixed(low.1, 3)) to \(Words.fixed(high.1, 3))"
    guard first.hasBest else { return range }
    return "\(range), the best of \(resolution.address((first.higherIsBetter ? high : low).0))"
  }
}
