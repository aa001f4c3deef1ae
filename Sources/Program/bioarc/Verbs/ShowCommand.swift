import ArgumentParser
import Artifacts
import Console
import DataStages
import Figures
import Glibc
import JSON
import Reports
import Resolving
import Sessions
import Stages
import Stores
import Tables
import Wording

/// `bioarc show`
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a result as a table or text; without a step, what there is.",
    discussion: """
      Steps without a result hide no others: what they lack is said, and the exit code is 1.

      Examples:
        bioarc show pipelines/promoters.yaml
        bioarc show pipelines/promoters.yaml ranking
        bioarc show pipelines/promoters.yaml 'tokens[k=6].tokenizer'
        bioarc show pipelines/promoters.yaml space --json
        bioarc show pipelines/promoters.yaml supernet.history --svg loss.svg
        bioarc show pipelines/dilation.yaml ranking --svg dilation.svg --picture heat-map
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "A step, or STEP.OUTPUT. Without, every output is listed.") var step: String?
  @Option(help: "Rows to show of a long table, or steps to list of a stage; 0 for all.") var rows = 20
  @Flag(help: "Print as JSON.") var json = false
  @Option(help: "Write a picture of the result to this new file, as SVG.", completion: .file(extensions: ["svg"]))
  var svg: String?
  @Option(help: "As --svg, as PDF, by the program 'rsvg-convert'.", completion: .file(extensions: ["pdf"]))
  var pdf: String?
  @Option(help: "Which picture, where a result has several: its name, as 'heat-map'.") var picture: String?

  func validate() throws {
    if svg != nil && pdf != nil { throw ValidationError("--svg and --pdf are two files of one picture: ask for one") }
    if step == nil && (svg ?? pdf) != nil {
      throw ValidationError("--svg and --pdf need a step with a picture, as STEP.history")
    }
    if picture != nil && svg == nil && pdf == nil {
      throw ValidationError("--picture chooses what --svg or --pdf writes: name a file by one of them")
    }
    if rows < 0 { throw ValidationError("--rows takes a number of at least 0") }
  }

  func run() throws {
    let session = try Session(options.request(), isReading: true)
    let resolution = try session.resolve()
    guard let step else { return try list(resolution) }
    let (outputs, absent) = try OutputAddress.find(step, in: session, resolution)
    if svg != nil || pdf != nil, !outputs.isEmpty { return try writePicture(of: outputs, step) }
    if !outputs.isEmpty { try show(outputs, session, resolution) }
    for line in Absent.lines(absent) { Terminal.complain(line) }
    if !absent.isEmpty { throw ExitCode(1) }
  }

  private func show(_ outputs: [OutputAddress], _ session: Session, _ resolution: Resolution) throws {
    let audits = try AuditFindings(for: outputs, session, resolution)
    if json {
      let documents = try outputs.map { output in
        let about = try audits.about(output, resolution)
        return OutputDocument(
          step: resolution.address(output.step), output: output.port, kind: output.output.artifact.kind.name,
          digest: output.output.artifact.digest.hex, content: try ArtifactView(output.artifact).json,
          audits: about.isEmpty ? nil : try JSON(encoding: about))
      }
      return try printJSON(documents)
    }
    for (index, output) in outputs.enumerated() {
      if index > 0 { Terminal.print("") }
      let artifact = output.output.artifact
      let name = "\(resolution.address(output.step)).\(output.port)"
      let title = Terminal.usesOutputColor ? "\u{1B}[1m\(name)\u{1B}[0m" : name
      Terminal.print("\(title)  \(artifact.kind)  \(artifact.digest.short)")
      Terminal.print(try Results.text(ArtifactView(output.artifact, axes: output.axes), rows: rows))
      for audited in try audits.about(output, resolution) {
        Terminal.print("the audit \(audited.audit) of this task found \(audited.words)")
      }
    }
  }
}

extension ShowCommand {
  /// Lists every output, with its kind, its size and how its step stands.
  private func list(_ resolution: Resolution) throws {
    let (rows, notes) = try Inventory.all(resolution, limit: json ? 0 : self.rows)
    if json { return try printJSON(rows) }
    var table = Table(["output", "kind", "size", "state"], numeric: [2])
    for row in rows {
      table.add(["\(row.step).\(row.output)", row.kind, row.bytes.map(Words.bytes) ?? "-", row.state])
    }
    Terminal.print(table.text(width: Terminal.outputWidth))
    for note in notes { Terminal.print(note) }
  }

  /// Writes the one picture that the outputs have, or that of a name.
  private func writePicture(of outputs: [OutputAddress], _ step: String) throws {
    let all = try outputs.flatMap { try ArtifactView($0.artifact, axes: $0.axes).pictures }
    let chosen = picture.map { name in all.filter { $0.name == name } } ?? all
    guard let first = chosen.first, chosen.count == 1 else { throw Complaint.usage(reason(all, chosen, step)) }
    if let svg { try NewFile.write(svg, Array(first.svg().utf8)) }
    if let pdf { try PDFFile.write(pdf, svg: first.svg()) }
  }

  private func reason(_ all: [any Picture], _ chosen: [any Picture], _ step: String) -> String {
    let names = all.map(\.name).reduce(into: []) { if !$0.contains($1) { $0.append($1) } } as [String]
    if all.isEmpty {
      return "'\(step)' has no picture. A training has one of its loss, from two points on (STEP.history), and a "
        + "receptive field; a ranking 'heat-map' for candidates of two axes, 'tasks' for tasks that are numbers, "
        + "'fields' for candidates that see differently far"
    }
    if let picture, chosen.isEmpty {
      return "'\(step)' has no picture '\(picture)', but \(names.joined(separator: ", "))"
    }
    if picture == nil, names.count == all.count {
      return "'\(step)' has several pictures: state '--picture NAME' of \(names.joined(separator: ", "))"
    }
    return "'\(step)' has \(chosen.count) pictures of several steps; name one step, as STEP[AXIS=ID]"
  }
}
