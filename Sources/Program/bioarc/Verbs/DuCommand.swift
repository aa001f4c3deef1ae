import ArgumentParser
import Console
import JSON
import Reports
import Sessions
import Space
import Stores
import Tables
import Wording

/// `bioarc du`
struct DuCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "du", abstract: "Show what takes how much space in a store, by stage.",
    discussion: """
      'to recompute' is what all results of a stage took together. Bytes that several results share are counted once, at
      the result that makes them again in the shortest time.

      Example:
        bioarc du --store cache
      """)

  @OptionGroup var options: StoreOptions
  @Flag(help: "Print as JSON.") var json = false

  func run() throws {
    let usage = SpaceUsage(try options.open().census())
    if json { return try printJSON(usage) }
    var table = Table(
      ["stage", "results", "records", "objects", "states", "to recompute"], numeric: [1, 2, 3, 4, 5])
    for row in usage.stages {
      table.add([
        row.stage, "\(row.results)", Words.size(row.recordBytes), Words.size(row.objectBytes),
        Words.size(row.stateBytes), Words.seconds(row.seconds),
      ])
    }
    let rest = [
      ("inputs", usage.inputBytes), ("unreferenced", usage.unreferencedBytes), ("left over", usage.leftoverBytes),
    ]
    for (name, bytes) in rest where bytes > 0 { table.add(["(\(name))", ".", ".", Words.size(bytes), ".", "."]) }
    Terminal.print(table.text(width: Terminal.outputWidth))
    Terminal.print("\(Words.bytes(usage.bytes)) in all; \(Words.seconds(usage.seconds)) to recompute")
  }
}
