import Artifacts
package import YAML

/// The file `bioarc-remotes.yaml` of a lab's repository: its name, its remotes, and the bounds within which it believes
/// others. It holds no secret.
package struct RemotesFile: Sendable {
  package struct Remote: Sendable {
    package let name: String
    package let url: String
    package let isReadOnly: Bool

    package init(name: String, url: String, isReadOnly: Bool) {
      (self.name, self.url, self.isReadOnly) = (name, url, isReadOnly)
    }
  }

  /// The bounds within which the claims of a lab are believed.
  package struct Bound: Sendable {
    package let lab: String
    /// nil: all.
    package let stages: [String]?
    /// The day from which on what is issued is not believed.
    package let until: String?
  }

  package static let name = "bioarc-remotes.yaml"

  /// The lab whose repository it is; nil where it does not say.
  package private(set) var lab: String?
  /// In the order of the file.
  package private(set) var remotes: [Remote] = []
  package private(set) var trust: [Bound] = []

  package init() {}

  /// Reads a text. Every key that is unknown, missing or of another type is a finding.
  package static func read(_ text: [UInt8], file: String) -> (file: RemotesFile, findings: [Diagnostic]) {
    let findings = Findings()
    var result = RemotesFile()
    if let root = YAMLReader.read(text, file: file, findings: findings), !root.isNull {
      result.read(root, PipelineDecoder(findings: findings))
    }
    return (result, findings.sorted)
  }

  private mutating func read(_ root: YAMLNode, _ parts: PipelineDecoder) {
    guard let fields = parts.fields(of: root, "a file of remotes", ["lab", "remotes", "trust"]) else { return }
    lab = fields["lab"].flatMap { parts.string($0, "'lab'")?.text }
    remotes = parts.pairs(fields["remotes"], "'remotes'").compactMap { Self.remote($0, parts) }
    trust = parts.pairs(fields["trust"], "'trust'").compactMap { Self.bound($0, parts) }
  }

  private static func remote(_ pair: YAMLPair, _ parts: PipelineDecoder) -> Remote? {
    guard parts.checkName(Name(text: pair.key, span: pair.keySpan), "a remote") else { return nil }
    if case .scalar = pair.value.content {
      return parts.string(pair.value, "a remote").map {
        Remote(name: pair.key, url: $0.text, isReadOnly: false)
      }
    }
    guard let fields = parts.fields(of: pair.value, "a remote", ["url", "read-only"]) else { return nil }
    guard let url = fields["url"].flatMap({ parts.string($0, "'url'") }) else {
      if fields.lacks("url") {
        parts.findings.error("'url' is missing: the address of the remote", at: pair.value.span.start)
      }
      return nil
    }
    var isReadOnly = false
    if let node = fields["read-only"] {
      if case .scalar(let scalar) = node.content, case .bool(let value) = scalar.value {
        isReadOnly = value
      } else {
        parts.findings.error("'read-only' must be true or false, not \(node.words)", at: node.span)
      }
    }
    return Remote(name: pair.key, url: url.text, isReadOnly: isReadOnly)
  }

  private static func bound(_ pair: YAMLPair, _ parts: PipelineDecoder) -> Bound? {
    guard let fields = parts.fields(of: pair.value, "the bounds of a lab", ["stages", "until"]) else { return nil }
    var stages: [String]?
    if let node = fields["stages"] {
      if case .sequence(let items) = node.content {
        stages = items.compactMap { parts.string($0, "a stage")?.text }
      } else {
        parts.findings.error("'stages' must be a list, not \(node.words)", at: node.span)
      }
    }
    var until: String?
    if let node = fields["until"] {
      if case .scalar(let scalar) = node.content, isDay(scalar.text) {
        until = scalar.text
      } else {
        parts.findings.error("'until' must be a day, as 2027-01-01, not \(node.words)", at: node.span)
      }
    }
    return Bound(lab: pair.key, stages: stages, until: until)
  }

  private static func isDay(_ text: String) -> Bool {
    text.utf8.count == 10
      && zip(text.utf8, "dddd-dd-dd".utf8).allSatisfy { byte, form in
        form == UInt8(ascii: "d") ? (48...57).contains(byte) : byte == form
      }
  }
}
