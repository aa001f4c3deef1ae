import ArgumentParser
import Artifacts
import Catalogs
import Glibc
import JSON
import LanguageServer
import Plans
import Resolving
import Stores
import Syntax
import System
import Texts

/// The language server on a big pipeline, as an editor sees it: by messages over pipes.
struct EditorBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "editor", abstract: "The language server on N lines with M steps in the store.",
    discussion: """
      Every step has a result that is made up. The times are those from a message to its answer; typing is a change and
      a completion after it, while findings and lenses are made anew.

      EXAMPLES
        bench editor
        bench editor --lines 200 --steps 1000
      """, helpNames: .long)

  @Option(help: "Lines of the pipeline, five to a stage.") var lines = 2_000
  @Option(help: "Steps of all stages.") var steps = 100_000
  @Option(help: "Keys that are typed.") var keys = 200

  private static let stage = """
    name: count
    version: 1
    summary: Counts.
    parameters:
      number: { type: int, default: 0, neutral: 0, help: A number. }
      scale: { type: int, default: 1, neutral: 1, help: Another. }
    inputs:
      before: { kinds: [figures], required: false, help: The count before. }
    outputs:
      figures: { kind: figures, layout: file, help: The count. }
    command: [wc]

    """

  /// Chains of ten stages, each over the same items.
  private var pipeline: String {
    let stages = max(1, lines / 5)
    let items = (1...max(1, steps / stages)).map(String.init).joined(separator: ", ")
    return (0..<stages).reduce("bioarc: 1\nname: bench\nparams: { items: [\(items)] }\nstages:\n") { text, number in
      let source = number % 10 == 0 ? "{}" : "{ before: $s\(number - 1).figures }"
      return text + "  s\(number):\n    stage: count\n    for: { item: $params.items }\n"
        + "    with: { number: $item, scale: \(number) }\n    in: \(source)\n"
    }
  }

  func run() throws {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    for folder in ["pipelines", "stages"] { mkdir("\(scratch.path)/\(folder)", 0o777) }
    let path = "\(scratch.path)/pipelines/bench.yaml"
    let text = pipeline
    try write(Self.stage, to: "\(scratch.path)/stages/count.yaml")
    try write(text, to: path)
    let surroundings = DiskSurroundings()
    let planned = Planner.plan(
      text: Array(text.utf8), file: path, overrides: [], declarations: [],
      stageFiles: surroundings.stageFiles(for: path), formats: [])
    guard let plan = planned.plan else { throw ValidationError("the plan has faults: \(planned.findings)") }
    let count = try plant(plan, Store(root: "\(scratch.path)/cache", create: true))
    print("\(text.split(separator: "\n").count) lines, \(text.utf8.count) bytes, \(count) steps with results")
    try talk(text, "file://" + path, surroundings)
  }

  private func write(_ text: String, to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    defer { close(file) }
    guard file >= 0, Descriptors.write(Array(text.utf8), to: file) else {
      throw ValidationError("cannot write '\(path)'")
    }
  }

  /// Makes up the results of all steps.
  private func plant(_ plan: Plan, _ store: Store) throws -> Int {
    let selection = Selection(plan: plan, only: [], from: [], force: [])
    let catalog = InputCatalog(plan: plan, store: store, registry: StageRegistry(stages: [], formats: []))
    precondition(catalog.resolve(selection).isEmpty, "a plan without inputs has faults")
    let resolution = try Resolution(plan: plan, store: store, catalog: catalog, selection: selection)
    var count = 0
    while case let ready = resolution.takeReady(), !ready.isEmpty {
      for step in ready {
        let (identity, sources) = try resolution.identity(of: step)
        let bytes = Array("{\"number\":\(count)}\n".utf8)
        let artifact = ArtifactReference(
          kind: ArtifactKind("figures"), format: "", options: [:], layout: .file, digest: .of(bytes), size: bytes.count)
        let record = ResultRecord(
          outcome: .outputs(["figures": .init(artifact: artifact, manifest: nil, inline: [artifact.digest: bytes])]),
          environment: ["kernel": "bench"], finished: 1_790_000_000, duration: 0.01, peakMemory: 1 << 20)
        try store.keep(identity: identity, sources: sources)
        _ = try store.publish(record, identity.key)
        resolution.begin(step)
        try resolution.finish(step, .success(record), isReused: false)
        count += 1
      }
    }
    let history = History(store: store)
    try history.logIfChanged(
      resolution, { try history.beginning(of: resolution, Array(pipeline.utf8), settings: [], cores: 0) },
      resolution.tally { _ in })
    try store.merge()
    try store.close()
    return count
  }

  // MARK: The editor

  private func talk(_ text: String, _ uri: String, _ surroundings: DiskSurroundings) throws {
    let (there, back) = (try Descriptors.pipe(), try Descriptors.pipe())
    Threads.detach { _ = try? Conversation(output: back.write).run(input: there.read, surroundings) }
    var editor = Talk(output: there.write, input: back.read)
    _ = editor.request("initialize", [("processId", .null), ("capabilities", .object([]))])
    let file = JSON.object([("uri", .string(uri))])
    var began = Clock.monotonic()
    editor.send(
      "textDocument/didOpen",
      [
        (
          "textDocument",
          .object([
            ("uri", .string(uri)), ("languageId", .string("yaml")), ("version", .int(1)), ("text", .string(text)),
          ])
        )
      ])
    editor.wait { $0["method"]?.string == "textDocument/publishDiagnostics" }
    show("first findings", [Clock.monotonic() - began])
    let lenses = { (editor: inout Talk) -> (Double, String) in
      let began = Clock.monotonic()
      let list = editor.request("textDocument/codeLens", [("textDocument", file)])?.array ?? []
      let last = list.last.flatMap {
        editor.request("codeLens/resolve", $0.members ?? [])?["command"]?["title"]?.string
      }
      return (Clock.monotonic() - began, last ?? "")
    }
    let first = lenses(&editor)
    show("first lens ('\(first.1)')", [first.0])
    show("lens again", (0..<5).map { _ in lenses(&editor).0 })
    // The last number of a line in the middle is typed at.
    let line = 4 + 5 * (max(1, lines / 5) / 20 * 10) + 3
    let column = text.split(separator: "\n")[line].utf8.count - 2
    let place = { (column: Int) in JSON.object([("line", .int(line)), ("character", .int(column))]) }
    var (typing, completions): ([Double], [Double]) = ([], [])
    for key in 0..<keys {
      began = Clock.monotonic()
      let isEven = key % 2 == 0
      let range = JSON.object([("start", place(column)), ("end", place(column + (isEven ? 0 : 1)))])
      editor.send(
        "textDocument/didChange",
        [
          ("textDocument", .object([("uri", .string(uri)), ("version", .int(key + 2))])),
          ("contentChanges", .array([.object([("range", range), ("text", .string(isEven ? "1" : ""))])])),
        ])
      let sent = Clock.monotonic()
      _ = editor.request("textDocument/completion", [("textDocument", file), ("position", place(column))])
      completions.append(Clock.monotonic() - sent)
      typing.append(Clock.monotonic() - began)
      // Every third pause is long enough for findings and lenses.
      usleep(key % 3 == 0 ? 260_000 : 20_000)
    }
    show("completion", completions)
    show("typing", typing)
    editor.send(
      "textDocument/didChange",
      [
        ("textDocument", .object([("uri", .string(uri)), ("version", .int(keys + 2))])),
        (
          "contentChanges",
          .array([
            .object([("range", .object([("start", place(column)), ("end", place(column))])), ("text", .string("0"))])
          ])
        ),
      ])
    let changed = lenses(&editor)
    show("lens after an edit, its pause included ('\(changed.1)')", [changed.0])
  }

  private func show(_ name: String, _ seconds: [Double]) {
    let sorted = seconds.sorted()
    let (median, most) = (
      sorted[sorted.count / 2] * 1000, sorted[min(sorted.count - 1, sorted.count * 99 / 100)] * 1000
    )
    print("\(name): \(median.text(1)) ms" + (seconds.count > 1 ? ", the 99th of a hundred \(most.text(1)) ms" : ""))
  }

  /// One end of the pipes.
  private struct Talk {
    let output: Int32
    let input: Int32
    private var frames = FrameReader()
    private var number = 0

    init(output: Int32, input: Int32) { (self.output, self.input) = (output, input) }

    func send(_ method: String, _ params: [(String, JSON)], id: Int? = nil) {
      let id = id.map { [("id", JSON.int($0))] } ?? []
      let message = JSON.object(
        [("jsonrpc", .string("2.0"))] + id + [("method", .string(method)), ("params", .object(params))])
      _ = Descriptors.write(FrameReader.frame(message.bytes(.line)), to: output)
    }

    mutating func request(_ method: String, _ params: [(String, JSON)]) -> JSON? {
      number += 1
      let id = number
      send(method, params, id: id)
      return wait { $0["id"]?.int == id && $0["method"] == nil }?["result"]
    }

    @discardableResult
    mutating func wait(_ isWanted: (JSON) -> Bool) -> JSON? {
      var buffer: [UInt8] = []
      while true {
        while case .message(let body)? = frames.next() {
          if let message = try? JSON(parsing: body), isWanted(message) { return message }
        }
        guard Descriptors.read(input, into: &buffer) else { return nil }
        frames.append(buffer)
        buffer.removeAll()
      }
    }
  }
}
