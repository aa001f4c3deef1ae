import ArgumentParser
import Console
import JSON
import Reports
import Sessions
import Stores
import Wording

/// `bioarc unpin`
struct UnpinCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpin", abstract: "Take a pin out.",
    discussion: "Nothing is removed before the next 'bioarc gc'.\n\nExample:\n  bioarc unpin paper")

  @OptionGroup var options: StoreOptions
  @Argument(help: "The pin.") var name: String
  @Flag(help: "Print as JSON.") var json = false

  func run() throws {
    let store = try options.open()
    let pin = try store.pin(name)
    guard try store.removePin(name) else {
      let names = try store.pins().map(\.name)
      let hint = nearest(to: name, in: names).map { "; did you mean '\($0)'?" } ?? "; see 'bioarc pins'"
      throw Complaint.usage("there is no pin '\(name)'\(hint)")
    }
    if json { return try printJSON(pin.map(PinDocument.init)) }
    let results = pin.map { " of \(Words.count($0.keys.count, "result"))" } ?? ""
    Terminal.print("took out the pin '\(name)'\(results); 'bioarc gc' may remove their bytes from now on")
  }
}
