import ArgumentParser
import Artifacts
import Glibc
import Plans
import Scheduling
import Stages
import Stores

/// One output of one step, as the verbs on results address it: `STEP` or `STEP.PORT`.
struct OutputAddress {
  let step: StepIndex
  let port: String
  let output: ResultRecord.Output
  let artifact: any InputArtifact

  /// Finds the outputs that `text` names. Steps without a result are an error.
  static func find(_ text: String, in session: Session, _ resolution: Resolution) throws -> [OutputAddress] {
    let (name, port) = split(text, session.plan)
    return try session.steps(name, in: resolution).flatMap { step in
      try outputs(of: step, port: port, session, resolution)
    }
  }

  /// The part after a dot behind the last bracket is a port, if a stage of that name is not in the plan.
  private static func split(_ text: String, _ plan: Plan) -> (step: String, port: String?) {
    let tail = text.lastIndex(of: "]") ?? text.startIndex
    guard !plan.nodes.contains(where: { $0.name == text }), let dot = text[tail...].lastIndex(of: ".") else {
      return (text, nil)
    }
    return (String(text[..<dot]), String(text[text.index(after: dot)...]))
  }

  static func outputs(
    of step: StepIndex, port: String?, _ session: Session, _ resolution: Resolution
  ) throws -> [OutputAddress] {
    let node = session.plan.nodes[step.node]
    let address = resolution.address(step)
    if let port, node.declaration.output(port) == nil {
      let known = node.declaration.outputs.map(\.name).joined(separator: ", ")
      throw Complaint.usage("'\(node.name)' has no output '\(port)'; it has \(known)")
    }
    switch try resolution.record(of: step)?.outcome {
    case .failure(_, let message)?: throw Complaint.failure("\(address) failed: \(message)")
    case nil: throw Complaint.failure("\(address) has no result yet; 'bioarc run \(session.plan.file)' makes it")
    case .outputs(let outputs)?:
      let key = resolution.key(of: step)
      return try node.declaration.outputs.filter { port == nil || $0.name == port }.compactMap { declared in
        guard let output = outputs[declared.name], let key else { return nil }
        var sources: [Digest: Digest] = [:]
        if output.manifest != nil { sources[output.artifact.digest] = key }
        for digest in output.inline.keys { sources[digest] = key }
        do {
          let artifact = try session.artifact(output.artifact, sources)
          return OutputAddress(step: step, port: declared.name, output: output, artifact: artifact)
        } catch StoreError.missing(let digest) {
          let reason = try session.store.isEvicted(digest) ? "were evicted to free space" : "are gone"
          let advice = restoring(step, session, resolution)
          throw Evicted(name: "\(address).\(declared.name)", reason: reason, advice: advice)
        }
      }
    }
  }
}

extension OutputAddress {
  /// How to get the bytes of a result back.
  private static func restoring(_ step: StepIndex, _ session: Session, _ resolution: Resolution) -> String {
    let address = resolution.address(step)
    let name = address.contains("[") ? "'\(address)'" : address
    let time = resolution.duration(of: step).map { " (it took \(Words.seconds($0)))" } ?? ""
    return "'bioarc run \(session.plan.file) --only \(name) --force \(name)' makes them again\(time)"
  }
}

/// A result whose record is there and whose bytes are not.
struct Evicted: Error, CustomStringConvertible {
  let name: String
  let reason: String
  let advice: String
  var description: String { "the bytes of \(name) \(reason); \(advice)" }
}

/// `bioarc show`
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a result as a table or text.",
    discussion: """
      Examples:
        bioarc show pipelines/promoters.yaml ranking
        bioarc show pipelines/promoters.yaml 'tokens[k=6].tokenizer'
        bioarc show pipelines/promoters.yaml space --json
        bioarc show pipelines/promoters.yaml supernet.history --svg loss.svg
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "A step, or STEP.OUTPUT.") var step: String
  @Option(help: "Rows to show of a long table; 0 for all.") var rows = 20
  @Flag(help: "Print as JSON.") var json = false
  @Option(help: "Write the result's curve to this new file, as SVG.", completion: .file(extensions: ["svg"]))
  var svg: String?

  func run() throws {
    let session = try Session(options.request(), isReading: true)
    let resolution = try session.resolve()
    let outputs = try OutputAddress.find(step, in: session, resolution)
    if let svg { return try writeCurve(of: outputs, to: svg) }
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
      Terminal.print(ControlCharacters.escaped(try Results.text(ArtifactView(output.artifact), rows: rows)))
    }
  }
}

extension ShowCommand {
  /// Writes the one curve that the outputs have.
  private func writeCurve(of outputs: [OutputAddress], to path: String) throws {
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
  let content: JSONDocument
}

/// Results as text, at the end of a run and in `show`.
enum Results {
  static func text(_ view: ArtifactView, rows limit: Int) -> String {
    var parts: [String] = []
    if !view.lines.isEmpty { parts.append(view.lines.joined(separator: "\n")) }
    for curve in view.curves { parts.append(curve.text(width: min(100, Terminal.width - 1))) }
    for section in view.tables {
      var table = Table(section.columns, right: section.numeric)
      let shown = limit > 0 ? section.rows.prefix(limit) : section.rows[...]
      for row in shown { table.add(row) }
      parts.append(table.text)
      if shown.count < section.rows.count {
        parts.append("... \(section.rows.count - shown.count) more; --rows 0 shows all")
      }
    }
    return parts.joined(separator: "\n")
  }

  /// The rankings of a pipeline, on standard output.
  static func print(of resolution: Resolution, _ session: Session) throws {
    for (index, node) in session.plan.nodes.enumerated() {
      guard node.declaration.outputs.contains(where: { $0.kind == .ranking }) else { continue }
      for item in 0..<(resolution.grid(of: index)?.count ?? 0) {
        let step = StepIndex(node: index, item: item)
        guard case .done = resolution.state(step) else { continue }
        do {
          for output in try OutputAddress.outputs(of: step, port: nil, session, resolution)
          where output.output.artifact.kind == .ranking {
            Terminal.print(resolution.address(step))
            Terminal.print(ControlCharacters.escaped(text(try ArtifactView(output.artifact), rows: 20)))
          }
        } catch let evicted as Evicted { Terminal.complain("note: \(evicted)") }
      }
    }
  }
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
    let outputs = try OutputAddress.find(step, in: session, try session.resolve())
    guard let output = outputs.first, outputs.count == 1 else {
      throw Complaint.usage("'\(step)' names \(outputs.count) outputs; cat takes one, as STEP.OUTPUT")
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
      Each output becomes a file or folder named STEP.OUTPUT. Nothing that exists is overwritten.

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
    for found in try OutputAddress.find(step, in: session, resolution) {
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
  }
}
