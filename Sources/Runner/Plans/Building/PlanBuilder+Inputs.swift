import Artifacts
import Syntax
import Wording
import YAML

extension PlanBuilder {
  /// Makes the inputs and the axes of collections.
  mutating func readInputs() {
    for input in syntax.inputs { _ = readInput(input.file, name: input.name.text, "the input '\(input.name.text)'") }
    for collection in syntax.collections {
      if let series = collection.series {
        collectionAxes.append(readSeries(collection, series.values, series.file))
        continue
      }
      var items: [(id: String, input: Int, span: Span)] = []
      for item in collection.items {
        let name = "\(collection.name.text)[\(item.name.text)]"
        let index = readInput(item.file, name: name, "the input '\(name)'")
        items.append((item.name.text, index, item.name.span))
      }
      items.sort { $0.id.precedesInBytes($1.id) }
      collectionAxes.append(
        axis(collection.axis, .inputs(items.map { ($0.id, $0.input) }), spans: items.map(\.span)))
    }
  }

  /// The axis of an input that stands for several: one for each value behind the axis's name in its file.
  private mutating func readSeries(
    _ collection: PipelineSyntax.Collection, _ values: PipelineSyntax.AxisItems, _ file: PipelineSyntax.File
  ) -> Int? {
    let reference = Reference(name: collection.axis.text, part: nil)
    guard let values = axisValues(collection.axis, values) else { return nil }
    guard file.mentions(reference) else {
      findings.error(
        "the input '\(collection.name.text)' does not use its axis: write \(reference.text) in its options or its path",
        at: collection.axis.span)
      return nil
    }
    var inputs: [(id: String, input: Int)] = []
    for item in values {
      let name = "\(collection.name.text)[\(item.id)]"
      inputs.append((item.id, readInput(file.replacing(reference, by: item.value), name: name, "the input '\(name)'")))
    }
    return axis(collection.axis, .inputs(inputs), spans: values.map(\.span))
  }

  private mutating func readInput(_ file: PipelineSyntax.File, name: String, _ what: String) -> Int {
    let source = source(file, what)
    let kind = text(file.kind, "'kind' of \(what)").flatMap {
      self.kind($0.text, isResult: file.result != nil, at: $0.span)
    }
    let stated = text(file.format, "'format' of \(what)")
    let format = stated.flatMap { stated in kind.flatMap { self.format(stated.text, of: $0, at: stated.span) } }
    let options = readOptions(file, of: format)
    if let url = file.url, let format, format.readsFolder(options.mapValues(\.text)) {
      findings.error(
        "\(what) is one file of the web, and the format '\(format.name)' reads a folder with these options",
        at: url.span)
    }
    // Missing parts are already a finding, so the plan that holds these placeholders is never used.
    inputs.append(
      Plan.Input(
        name: name, source: source ?? .path(""), kind: kind ?? ArtifactKind(""),
        format: stated?.text ?? "", options: options.mapValues(\.text),
        optionPositions: options.mapValues(\.span.position), position: file.span.position))
    return inputs.count - 1
  }

  private mutating func source(_ file: PipelineSyntax.File, _ what: String) -> InputSource? {
    if let url = text(file.url, "'url' of \(what)") {
      let (address, fault) = InputSource.address(url.text)
      if address == nil { findings.error("'url' of \(what) must \(fault)", at: url.span) }
      let sha256 = file.sha256.map { digest($0, "'sha256' of \(what)", "'sha256sum' prints it") }
      return address.map { .url($0, sha256: sha256 ?? nil) }
    }
    if let term = file.result {
      let output = text(file.output, "'output' of \(what)")?.text
      return digest(term, "'result' of \(what)", "'bioarc who --json' prints it").map { .result($0, output: output) }
    }
    let (root, path) = (text(file.root, "'root' of \(what)"), text(file.path, "'path' of \(what)"))
    return path.map { .path(joined(root: root, path: $0)) }
  }

  private mutating func digest(_ term: Term, _ what: String, _ advice: String) -> Digest? {
    guard let stated = text(term, what) else { return nil }
    let digest = Digest(hex: stated.text.lowercased())
    if digest == nil { findings.error("\(what) must be 64 hexadecimal digits; \(advice)", at: stated.span) }
    return digest
  }

  private struct Text {
    let text: String
    let span: Span
    let isOverride: Bool
  }

  private mutating func text(_ term: Term?, _ what: String) -> Text? {
    guard let term else { return nil }
    let resolved = substituted(term)
    switch resolved.content {
    case .value(.string(let text)) where !text.isEmpty:
      return Text(text: text, span: resolved.span, isOverride: resolved.isOverride)
    case .broken: return nil
    case .reference(let reference):
      guard known(reference, at: resolved.span) else { return nil }
      findings.error("\(what) can refer to params only, not to \(reference.text)", at: resolved.span)
    default:
      findings.error("\(what) must be a string, not \(resolved.words)", at: resolved.span, notes: resolved.useNotes)
    }
    return nil
  }

  /// A path that is usable from the working directory.
  private func joined(root: Text?, path: Text) -> String {
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let base = folder.isEmpty && file.hasPrefix("/") ? "/" : folder
    guard let root else { return path.isOverride ? path.text : Self.join(base, path.text) }
    return Self.join(root.isOverride ? root.text : Self.join(base, root.text), path.text)
  }

  /// `path` seen from `folder`. Dots are not resolved: with symbolic links that would be another file.
  static func join(_ folder: String, _ path: String) -> String {
    if path.hasPrefix("/") || folder.isEmpty { return path }
    return folder.hasSuffix("/") ? folder + path : folder + "/" + path
  }

  /// A kind of inputs: one that a format reads, or for results one that a stage writes.
  private func kind(_ text: String, isResult: Bool, at span: Span) -> ArtifactKind? {
    let kind = ArtifactKind(text)
    let written = declarations.values.flatMap { $0.outputs.map(\.kind.name) }
    let readable = Set(isResult ? written : formats.map(\.kind.name)).sorted()
    if readable.contains(text) { return kind }
    let list = "kinds of \(isResult ? "results" : "inputs"): " + readable.joined(separator: ", ")
    if declarations.values.contains(where: { $0.outputs.contains { $0.kind == kind || $0.member == kind } }) {
      findings.error("an input cannot be of the kind '\(text)': only stages write it", at: span, help: list)
    } else {
      let near = findings.nearest(to: text, in: readable)
      findings.error("unknown kind '\(text)'", at: span, suggestion: near, help: near == nil ? list : nil)
    }
    return nil
  }

  private func format(_ text: String, of kind: ArtifactKind, at span: Span) -> InputFormat? {
    let formats = formats.filter { $0.kind == kind }
    if let format = formats.first(where: { $0.name == text }) { return format }
    let known = formats.map(\.name)
    findings.error(
      "unknown format '\(text)' of \(kind)", at: span, name: text, candidates: known,
      help: "formats of \(kind): " + known.joined(separator: ", "))
    return nil
  }
}
