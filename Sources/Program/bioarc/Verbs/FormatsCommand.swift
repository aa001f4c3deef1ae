import ArgumentParser
import Artifacts
import Console
import JSON
import Manual
import Plans
import Reports
import Sessions
import Stages
import Tables
import Wording

/// `bioarc formats`
struct FormatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "formats", abstract: "List the formats of inputs, or describe one with its options.",
    discussion: """
      Examples:
        bioarc formats
        bioarc formats fasta
        bioarc formats csv --json
      """)

  @Argument(help: "A format.", completion: .list(Array(Set(BuiltIn.formats.map(\.name))).sorted())) var name: String?
  @Flag(help: "Print as JSON.") var json = false

  func run() throws {
    let formats = StageRegistry.builtIn.formats
    guard let name else {
      if json { return Terminal.print(JSON.array(formats.map(\.json)).text()) }
      var table = Table(["format", "kind", "what it is"])
      for format in formats { table.add([format.name, format.kind.name, format.help]) }
      return Terminal.print(table.text(width: Terminal.outputWidth))
    }
    let found = formats.filter { $0.name == name }
    guard !found.isEmpty else {
      let known = Array(Set(formats.map(\.name))).sorted()
      let hint = nearest(to: name, in: known).map { "; did you mean '\($0)'?" } ?? ""
      throw Complaint.usage("there is no format '\(name)'\(hint); formats: \(known.joined(separator: ", "))")
    }
    if json { return Terminal.print(JSON.array(found.map(\.json)).text()) }
    let pages = found.map { $0.help(color: Terminal.usesOutputColor) }.joined(separator: "\n")
    Terminal.print(String(pages.dropLast()))
  }
}
