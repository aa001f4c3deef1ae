import ArgumentParser
import Console
import Glibc
import JSON
import PageWriting
import Pages
import Plans
import Resolving
import Sessions
import Stores
import Syntax
import System
import Wording

/// `bioarc report`
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a page about a run: one HTML file, with figures and tables of all its rows.",
    discussion: """
      Any run has a page, also one that failed, was killed or goes on: it is made of the run's log and its results. The
      file needs no other and no network, and equal runs have equal bytes. The figures are those of 'show --svg'.

      Examples:
        bioarc report                             the newest run, as report.html
        bioarc report 20261121 -o monday.html     the newest run whose id starts so
        bioarc report pipelines/promoters.yaml    the newest run of this pipeline
        bioarc report --watch                     written again every two seconds until the run ends
        bioarc report --text                      the summary, in the terminal
      """)

  @OptionGroup var options: StoreOptions
  @OptionGroup var stageOptions: StageOptions
  @Argument(help: "A run, or how its id begins; or a pipeline file, whose newest run counts. Default: the newest.")
  var id: String?
  @Option(name: .shortAndLong, help: "The file, which is replaced; '-' is standard output.", completion: .file())
  var output = "report.html"
  @Flag(help: "Write the page again every two seconds until the run ends.") var watch = false
  @Flag(help: "Tell the times of day and the places of files too, which differ from machine to machine.")
  var places = false
  @Flag(help: "Print the summary as text, and write no page.") var text = false
  @Flag(help: "Print what the page says as JSON, and write no page.") var json = false

  func validate() throws {
    if [text, json, watch].count(where: { $0 }) > 1 {
      throw ValidationError("--text, --json and --watch exclude each other")
    }
    if watch, output == "-" { throw ValidationError("--watch needs a file: name one by --output") }
  }

  func run() throws {
    let file = id.flatMap { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") ? $0 : nil }
    let store = try file.map { file in try Self.open(Places.store(options.store, pipeline: file)) } ?? options.open()
    let id = try Self.find(id, isFile: file != nil, in: store)
    repeat {
      let began = Clock.monotonic()
      let reported = try ReportedRun(id, in: store) { past, text in
        let request = PipelineRequest(
          pipeline: past.file, text: text, overrides: (past.settings ?? []).map { Override($0) }, store: nil,
          stages: stageOptions.stages)
        return (try? Session.planned(request))?.plan
      }
      let page = try PageBuilder(reported, places: places).page()
      if json { return Terminal.print(page.json.text()) }
      if text { return Terminal.print(ControlCharacters.escaped(PageText.summary(page))) }
      let goesOn = watch && reported.state == .running
      let bytes = Array(PageHTML(page, rereads: goesOn ? 5 : nil).text.utf8)
      if output == "-" { return bytes.withUnsafeBytes { Terminal.write($0, to: STDOUT_FILENO) } }
      try NewFile.replace(output, bytes)
      guard goesOn else {
        Terminal.complain("wrote \(output): \(Words.bytes(bytes.count)), run \(id), \(page.state)")
        return
      }
      usleep(UInt32(max(0, 2 - (Clock.monotonic() - began)) * 1e6))
      try store.refresh()
    } while true
  }

  private static func open(_ folder: String) throws -> Store {
    do { return try Store(root: folder, create: false) } catch { throw Complaint(text: "error: \(error)", code: 2) }
  }

  /// The id of the run that is meant.
  private static func find(_ text: String?, isFile: Bool, in store: Store) throws -> String {
    let runs = try store.runs()
    guard let text else {
      guard let newest = runs.first else { throw Complaint.usage("this store has no runs yet") }
      return newest
    }
    let history = History(store: store)
    let found =
      isFile
      ? try runs.first { try history.run($0).map { Places.name($0.file) == Places.name(text) } ?? false }
      : runs.first { $0.hasPrefix(text) }
    guard let found else {
      let reason = isFile ? "no run of '\(text)' is in this store" : "no run is named '\(text)'"
      throw Complaint.usage("\(reason); see 'bioarc runs'")
    }
    return found
  }
}
