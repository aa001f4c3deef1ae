import Artifacts
package import Explaining
import Plans
import YAML

/// The table of a key, for people.
package enum KeyTableText {
  package static func text(_ table: KeyTable, isUpToDate: Bool) -> String {
    let rows = table.stage + table.parameters + table.ports
    var lines = [
      table.step
        + (table.key.map { " has the key \($0.short)" } ?? " has no key yet: the steps before it must run first")
        + (isUpToDate ? ", and there is a result under it: it runs again when one of these changes" : "")
    ]
    let sections: [(String, [KeyTable.Row])] = [
      ("in the key", rows.filter { $0.place == .inKey || $0.place == .notYet }),
      (
        "left out of the key, because these are the neutral values; any other would be in it",
        rows.filter { $0.place == .neutral }
      ),
      ("not in the key", rows.filter { $0.place == .notInKey }),
    ]
    for (title, rows) in sections where !rows.isEmpty {
      lines += ["", title] + self.lines(rows)
      if title == "not in the key" { lines += Self.never.map { "  " + $0 } }
    }
    if !rows.contains(where: { $0.place == .notInKey }) {
      lines += ["", "not in the key"] + Self.never.map { "  " + $0 }
    }
    return lines.joined(separator: "\n")
  }

  /// Facts that no key holds, whatever the stage.
  static let never = [
    "the names of steps, axes, params and the pipeline; the order of keys, quoting and comments in the file",
    "paths of inputs, of the pipeline and of the store; when files were touched; whether they are compressed",
    "threads, -j, host, CPU, time, memory, who runs it, and environment variables",
  ]

  private static func lines(_ rows: [KeyTable.Row]) -> [String] {
    let name = rows.map(\.name.count).max() ?? 0
    let value = min(60, rows.map(\.value.count).max() ?? 0)
    return rows.map { row in
      let place = row.place == .notYet ? "once that has run" : ""
      let source = [words(row), place].filter { !$0.isEmpty }.joined(separator: ", ")
      return "  " + padded(row.name, name) + "  " + padded(row.value, value) + "  " + source
    }
  }

  private static func words(_ row: KeyTable.Row) -> String {
    switch row.source {
    case .written: row.position?.description ?? ""
    case .axis(let name): "axis \(name)" + (row.position.map { ", \($0)" } ?? "")
    case .standard: "its default"
    case .code(let file): file ?? "by the program"
    }
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

/// The table of a key as JSON.
package struct KeyTableDocument: Encodable {
  struct Row: Encodable {
    let name: String
    let value: String
    /// `in the key`, `neutral`, `not in the key` or `not yet`.
    let place: String
    /// `written`, `axis NAME`, `default`, `code`, or `code FILE` of an own stage.
    let source: String
    let position: String?

    init(_ row: KeyTable.Row) {
      name = row.name
      value = row.value
      place =
        switch row.place {
        case .inKey: "in the key"
        case .neutral: "neutral"
        case .notInKey: "not in the key"
        case .notYet: "not yet"
        }
      source =
        switch row.source {
        case .written: "written"
        case .axis(let name): "axis \(name)"
        case .standard: "default"
        case .code(let file): file.map { "code \($0)" } ?? "code"
        }
      position = row.position?.description
    }
  }
  let step: String
  let key: Digest?
  let stage: [Row]
  let parameters: [Row]
  let ports: [Row]
  let never: [String]

  package init(_ table: KeyTable) {
    step = table.step
    key = table.key
    stage = table.stage.map(Row.init)
    parameters = table.parameters.map(Row.init)
    ports = table.ports.map(Row.init)
    never = KeyTableText.never
  }
}
