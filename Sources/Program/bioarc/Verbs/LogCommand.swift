import ArgumentParser
import Console
import Events
import JSON
import Reports
import Resolving
import Sessions
import Stores
import System
import Wording

/// `bioarc log`
struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Show what happened in a run, or to one step.",
    discussion: """
      Examples:
        bioarc log                                the newest run
        bioarc log 20261121                       the newest run whose id starts so
        bioarc log --step 'supernet[k=6]'
      """)

  @OptionGroup var options: StoreOptions
  @Argument(help: "A run, or how its id begins. Default: the newest.") var id: String?
  @Option(help: "Only the events of this step.") var step: String?
  @Flag(help: "Print the events as lines of JSON.") var json = false

  func run() throws {
    let store = try options.open()
    let runs = try store.runs()
    guard let found = runs.first(where: { id == nil || $0.hasPrefix(id ?? "") }) else {
      throw Complaint.usage(id.map { "no run is named '\($0)'; see 'bioarc runs'" } ?? "this store has no runs yet")
    }
    for logged in try History(store: store).events(of: found) {
      if let step, logged.event.step != step { continue }
      if json {
        Terminal.print(EventLine.encode(logged))
      } else if let text = EventText.text(logged.event) {
        Terminal.print("\(Words.time(logged.time))  \(ControlCharacters.escaped(text))")
      }
    }
  }
}
