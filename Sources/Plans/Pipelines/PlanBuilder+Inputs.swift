internal import Artifacts

extension PlanBuilder {
  /// Makes the inputs and the axes of collections.
  mutating func readInputs() {
    for input in syntax.inputs { _ = readInput(input.file, name: input.name.text, "the input '\(input.name.text)'") }
    for collection in syntax.collections {
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

  private mutating func readInput(_ file: PipelineSyntax.File, name: String, _ what: String) -> Int {
    let root = text(file.root, "'root' of \(what)")
    let path = text(file.path, "'path' of \(what)")
    let kind = text(file.kind, "'kind' of \(what)").flatMap { self.kind($0.text, at: $0.span) }
    let stated = text(file.format, "'format' of \(what)")
    let format = stated.flatMap { stated in kind.flatMap { self.format(stated.text, of: $0, at: stated.span) } }
    let options = readOptions(file.options, of: format)
    // What is missing is already a finding, so the plan that holds these placeholders is never used.
    inputs.append(
      Plan.Input(
        name: name, path: path.map { joined(root: root, path: $0) } ?? "", kind: kind ?? ArtifactKind(""),
        format: stated?.text ?? "", options: options.mapValues(\.text),
        optionPositions: options.mapValues(\.span.position), position: file.span.position))
    return inputs.count - 1
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

  private func kind(_ text: String, at span: Span) -> ArtifactKind? {
    let kind = ArtifactKind(text)
    let readable = Set(formats.map(\.kind.name)).sorted()
    if readable.contains(text) { return kind }
    let list = "kinds of inputs: " + readable.joined(separator: ", ")
    if ArtifactKind.all.contains(kind) {
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
