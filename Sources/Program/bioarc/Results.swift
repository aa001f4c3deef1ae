import Artifacts
import Plans
import Scheduling
import Stages
import Stores

/// Results as text, at the end of a run and in `show`.
enum Results {
  static func text(_ view: ArtifactView, rows limit: Int) -> String {
    var parts: [String] = []
    if !view.lines.isEmpty { parts.append(view.lines.joined(separator: "\n")) }
    for curve in view.curves { parts.append(curve.text(width: min(100, Terminal.width - 1))) }
    for section in view.tables {
      var table = Table(section.columns, right: section.numeric, keys: section.keys, groups: section.groups)
      let shown = limit > 0 ? section.rows.prefix(limit) : section.rows[...]
      for row in shown { table.add(row) }
      parts.append(table.text)
      if shown.count < section.rows.count {
        parts.append("... \(section.rows.count - shown.count) more; --rows 0 shows all")
      }
    }
    return ControlCharacters.escaped(parts.joined(separator: "\n"))
  }

  /// How the trainings of a pipeline came out, a line for each stage, and its rankings, on standard output.
  static func print(of resolution: Resolution, _ session: Session) throws {
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
  static func figure(_ node: Plan.Node, _ key: Digest, _ session: Session) -> Figure? {
    guard let output = node.declaration.outputs.first(where: { $0.kind == .metrics || $0.kind == .history }),
      case .outputs(let outputs)? = (try? session.store.result(key))?.outcome, let found = outputs[output.name],
      let artifact = try? session.artifact(found, of: key)
    else { return nil }
    return try? Figure(artifact)
  }

  /// `scores: dev mcc 0.812 (0.750 to 0.874)`; of an array the range, and where its best end lies.
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

/// One output of one step in the list of all that a pipeline has to show.
struct Inventory: Encodable {
  let step: String
  let output: String
  let kind: String
  let state: String
  let bytes: Int?

  /// The outputs of a step. The bytes are those of the files, before they were compressed.
  static func rows(
    of step: StepIndex, _ resolution: Resolution, _ inHand: StepsInHand
  ) throws -> [Inventory] {
    let standing = try Standing.step(step, resolution, inHand)
    var outputs: [String: ResultRecord.Output] = [:]
    if case .outputs(let found)? = try resolution.record(of: step)?.outcome { outputs = found }
    return resolution.plan.nodes[step.node].declaration.outputs.map { declared in
      let output = outputs[declared.name]
      return Inventory(
        step: standing.step, output: declared.name, kind: declared.kind.name, state: standing.state,
        bytes: output.map { $0.manifest.map { $0.entries.reduce(0) { $0 + $1.size } } ?? $0.artifact.size })
    }
  }

  /// All of a pipeline, of each stage at most `limit` steps (0: all), and what is left out.
  static func all(_ resolution: Resolution, limit: Int) throws -> (rows: [Inventory], notes: [String]) {
    let inHand = try StepsInHand(resolution)
    var (rows, notes): ([Inventory], [String]) = ([], [])
    for (index, node) in resolution.plan.nodes.enumerated() {
      guard resolution.grid(of: index) != nil else {
        rows += node.declaration.outputs.map {
          Inventory(step: node.name, output: $0.name, kind: $0.kind.name, state: "waiting", bytes: nil)
        }
        notes.append("the steps of \(node.name) are known when what it reads has run")
        continue
      }
      let steps = resolution.steps(of: index)
      let shown = limit > 0 ? steps.prefix(limit) : steps[...]
      rows += try shown.flatMap { try Inventory.rows(of: $0, resolution, inHand) }
      if shown.count < steps.count {
        notes.append("\(steps.count - shown.count) more steps of \(node.name); --rows 0 lists all")
      }
    }
    return (rows, notes)
  }
}
