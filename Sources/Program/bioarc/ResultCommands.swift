import ArgumentParser
import Artifacts
import Glibc
import JSON
import Plans
import Scheduling
import Stages
import Stores

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
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "A step, or STEP.OUTPUT. Without, every output is listed.") var step: String?
  @Option(help: "Rows to show of a long table, or steps to list of a stage; 0 for all.") var rows = 20
  @Flag(help: "Print as JSON.") var json = false
  @Option(help: "Write the result's curve to this new file, as SVG.", completion: .file(extensions: ["svg"]))
  var svg: String?

  func validate() throws {
    if step == nil && svg != nil { throw ValidationError("--svg needs a step with a curve, as STEP.history") }
    if rows < 0 { throw ValidationError("--rows takes a number of at least 0") }
  }

  func run() throws {
    let session = try Session(options.request(), isReading: true)
    let resolution = try session.resolve()
    guard let step else { return try list(resolution) }
    let (outputs, absent) = try OutputAddress.find(step, in: session, resolution)
    if let svg, !outputs.isEmpty { return try writeCurve(of: outputs, step, to: svg) }
    if !outputs.isEmpty { try show(outputs, resolution) }
    for line in Absent.lines(absent) { Terminal.complain(line) }
    if !absent.isEmpty { throw ExitCode(1) }
  }

  private func show(_ outputs: [OutputAddress], _ resolution: Resolution) throws {
    if json {
      let documents = try outputs.map { output in
        OutputDocument(
          step: resolution.address(output.step), output: output.port, kind: output.output.artifact.kind.name,
          digest: output.output.artifact.digest.hex, content: try ArtifactView(output.artifact).json)
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
    }
  }
}

extension ShowCommand {
  /// Lists every output, with its kind, its size and how its step stands.
  private func list(_ resolution: Resolution) throws {
    let (rows, notes) = try Inventory.all(resolution, limit: json ? 0 : self.rows)
    if json { return try printJSON(rows) }
    var table = Table(["output", "kind", "size", "state"], right: [2])
    for row in rows {
      table.add(["\(row.step).\(row.output)", row.kind, row.bytes.map(Words.bytes) ?? "-", row.state])
    }
    Terminal.print(table.text)
    for note in notes { Terminal.print(note) }
  }

  /// Writes the one curve that the outputs have.
  private func writeCurve(of outputs: [OutputAddress], _ step: String, to path: String) throws {
    let curves = try outputs.flatMap { try ArtifactView($0.artifact).curves }
    guard let curve = curves.first, curves.count == 1 else {
      throw Complaint.usage(
        curves.isEmpty
          ? "'\(step)' has no curve; a training has one, as STEP.history"
          : "'\(step)' has \(curves.count) curves; name one training, as STEP.history")
    }
    try NewFile.write(path, Array(curve.svg().utf8))
  }
}

/// One output as JSON.
struct OutputDocument: Encodable {
  let step: String
  let output: String
  let kind: String
  let digest: String
  let content: JSON
}

/// `bioarc cat`
struct CatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cat", abstract: "Write a result's bytes to standard output.",
    discussion: """
      Examples:
        bioarc cat pipelines/promoters.yaml 'tokens[k=6].tokenizer' > tokenizer.json
        bioarc cat pipelines/promoters.yaml windows.sequences train.fasta | head
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "STEP.OUTPUT, or a step with one output.") var step: String
  @Argument(help: "The file of a tree.") var file: String?

  func run() throws {
    let session = try Session(options.request(), isReading: true)
    let resolution = try session.resolve()
    let outputs = try OutputAddress.findAll(step, in: session, resolution)
    let others = outputs.filter { $0.output.artifact.kind != .counts }
    let chosen = others.isEmpty ? outputs : others
    guard let output = chosen.first, chosen.count == 1 else {
      let example = outputs.first.map { "\(resolution.address($0.step)).\($0.port)" } ?? "STEP.OUTPUT"
      throw Complaint.usage("'\(step)' names \(outputs.count) outputs; cat takes one, as '\(example)'")
    }
    let names = try output.artifact.names
    guard let name = file ?? (names == [""] ? "" : nil), names.contains(name) else {
      throw Complaint.usage("'\(step)' is a tree; name one of its files: \(names.prefix(20).joined(separator: ", "))")
    }
    let reader = try output.artifact.open(name)
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = try buffer.withUnsafeMutableBytes { try reader.read(into: $0) }
      if count == 0 { return }
      buffer.withUnsafeBytes { Terminal.write(UnsafeRawBufferPointer(rebasing: $0[..<count]), to: STDOUT_FILENO) }
    }
  }
}

/// `bioarc get`
struct GetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Copy results into a folder.",
    discussion: """
      Each output becomes a file or folder named STEP.OUTPUT. Nothing that exists is overwritten. Steps without a
      result hide no others: what they lack is said, and the exit code is 1.

      Example:
        bioarc get pipelines/promoters.yaml 'scores[k=6]' -o results
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "A step, or STEP.OUTPUT.") var step: String
  @Option(name: .shortAndLong, help: "The folder.", completion: .directory) var output = "."

  func run() throws {
    let session = try Session(options.request(), isReading: true)
    let resolution = try session.resolve()
    mkdir(output, 0o777)
    let (outputs, absent) = try OutputAddress.find(step, in: session, resolution)
    for found in outputs {
      let base = output + "/" + resolution.address(found.step) + "." + found.port
      let names = try found.artifact.names
      if names != [""] && mkdir(base, 0o777) != 0 {
        throw Complaint.failure("cannot make the folder '\(base)': \(String(cString: strerror(errno)))")
      }
      for name in names {
        let path = name.isEmpty ? base : base + "/" + name
        try NewFile.copy(try found.artifact.open(name), to: path)
      }
      Terminal.complain(base)
    }
    for line in Absent.lines(absent) { Terminal.complain(line) }
    if !absent.isEmpty { throw ExitCode(1) }
  }
}
