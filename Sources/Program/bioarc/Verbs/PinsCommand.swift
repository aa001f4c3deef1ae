import ArgumentParser
import Console
import JSON
import Reports
import Sessions
import Stores
import Tables
import Wording

/// `bioarc pins`
struct PinsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pins", abstract: "List the pins of a store.", discussion: "Example:\n  bioarc pins --store cache")

  @OptionGroup var options: StoreOptions
  @Flag(help: "Print as JSON.") var json = false

  func run() throws {
    let pins = try options.open().pins()
    if json { return try printJSON(pins.map(PinDocument.init)) }
    var table = Table(["pin", "set", "pipeline", "steps", "results"], numeric: [4])
    for pin in pins {
      table.add([pin.name, Words.time(pin.time), pin.file, pin.step.isEmpty ? "all" : pin.step, "\(pin.keys.count)"])
    }
    Terminal.print(pins.isEmpty ? "no pins" : table.text(width: Terminal.outputWidth))
  }
}
