import Artifacts
package import Console
import DataStages
import Plans
package import Resolving
import Stages
import Stores
package import Tables
import Wording

/// The tables of results that an address names: those of many steps of an array are one, with a column for each axis.
package struct ResultTables {
  /// One table of all steps of a stage.
  package struct Entry {
    /// `metrics`, `metrics.dev-confusion`: the output, and the name of a table that is not its first; the stage comes
    /// before them where there are several.
    package let name: String
    /// `scores.metrics`, `scores[k=6].metrics`: the name behind that of the step, or of the stage of several.
    package let file: String
    package let table: Table
    /// Facts for a file: the pipeline and its last run, and the key of each result.
    package let origins: [String]
    /// Rows that are not there, in words.
    package let notes: [String]
  }

  package let entries: [Entry]
  /// Results that are not in the tables.
  package let absent: [Absent]

  /// Reads the results that `text` names. Throws where it names nothing, and the store's errors.
  package init(_ text: String, in session: Session, _ resolution: Resolution) throws {
    let (outputs, absent) = try OutputAddress.find(text, in: session, resolution)
    let steps = try session.steps(OutputAddress.split(text, session.plan).step, in: resolution)
    let counts = Dictionary(grouping: steps, by: \.node).mapValues(\.count)
    let run = try History(store: session.store).newest(of: session.plan)?.id
    let head = "\(Version.text), pipeline \(session.plan.name)" + (run.map { ", run \($0)" } ?? "")
    entries = try Self.grouped(outputs).flatMap { own in
      let views = try own.map { ($0, try ArtifactView($0.artifact, axes: $0.axes).tables) }
      return Self.names(views.map(\.1)).map { name in
        let parts = views.map { output, tables in (output, tables.first { $0.name == name }) }
        return Self.entry(
          name, parts, isArray: counts[own[0].step.node]! > 1, isAlone: counts.count == 1, head, resolution)
      }
    }
    self.absent = absent
  }

  /// The tables of one name of one port of one stage as one; nil where an output has none. `head` is the first of the
  /// facts. With `isArray` rows have axes, and a stage that `isAlone` is not named.
  private static func entry(
    _ name: String, _ parts: [(output: OutputAddress, table: Table?)], isArray: Bool, isAlone: Bool, _ head: String,
    _ resolution: Resolution
  ) -> Entry {
    let (step, port) = (parts[0].output.step, parts[0].output.port)
    let stage = resolution.plan.nodes[step.node].name
    let grid = isArray ? resolution.grid(of: step.node) : nil
    let table = Table.joined(
      parts.compactMap { output, table in table.map { (grid?.ids(of: output.step.item) ?? [], $0) } },
      behind: grid?.axes.map { resolution.plan.axes[$0].name } ?? [])
    let place = port + (name.isEmpty ? "" : "." + name)
    let origins = parts.filter { $0.table != nil }.map { output, _ in
      let key = resolution.key(of: output.step)?.hex ?? ""
      return "step \(resolution.address(output.step)), output \(port), key \(key)"
    }
    let notes = parts.filter { $0.table == nil }.map { "\(resolution.address($0.output.step)) has no such table" }
    let more = "\(Words.count(table.leftOut, "more row")); 'bioarc cat' and 'bioarc get' give all"
    return Entry(
      name: isAlone ? place : "\(stage).\(place)",
      file: "\(isArray ? stage : resolution.address(step)).\(place)", table: table, origins: [head] + origins,
      notes: notes + (table.leftOut > 0 ? [more] : []))
  }

  /// The outputs of one port of one stage together, in their order.
  private static func grouped(_ outputs: [OutputAddress]) -> [[OutputAddress]] {
    var (places, groups): ([String: Int], [[OutputAddress]]) = ([:], [])
    for output in outputs {
      let name = "\(output.step.node).\(output.port)"
      if let place = places[name] {
        groups[place].append(output)
      } else {
        places[name] = groups.count
        groups.append([output])
      }
    }
    return groups
  }

  /// The names of all tables, each once, in their order.
  private static func names(_ tables: [[Table]]) -> [String] {
    tables.joined().map(\.name).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
