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

  /// Labs of which several must claim the same result before the claim of one of them counts.
  package struct Group: Sendable {
    package let name: String
    package let labs: [String]
    /// From 2 to the number of the labs.
    package let need: Int
  }

  package static let name = "bioarc-remotes.yaml"

  /// The keys of the file, of a remote, and of an entry of 'trust': of a lab's bounds, and of a group.
  package static let keys = ["lab", "remotes", "trust"]
  package static let remoteKeys = ["url", "read-only"]
  package static let boundKeys = ["stages", "until"]
  package static let groupKeys = ["labs", "need"]

  /// The lab whose repository it is; nil where it does not say.
  package private(set) var lab: String?
  /// In the order of the file.
  package private(set) var remotes: [Remote] = []
  package private(set) var trust: [Bound] = []
  package private(set) var groups: [Group] = []

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
    guard let fields = parts.fields(of: root, "a file of remotes", Self.keys) else { return }
    lab = fields["lab"].flatMap { parts.string($0, "'lab'")?.text }
    remotes = parts.pairs(fields["remotes"], "'remotes'").compactMap { Self.remote($0, parts) }
    for pair in parts.pairs(fields["trust"], "'trust'") {
      let known = Self.boundKeys + Self.groupKeys
      guard let fields = parts.fields(of: pair.value, "an entry of 'trust'", known) else { continue }
      if Self.groupKeys.contains(where: { fields[$0] != nil }) {
        if let group = Self.group(pair, fields, parts) { groups.append(group) }
      } else {
        trust.append(Self.bound(pair.key, fields, parts))
      }
    }
  }

  private static func remote(_ pair: YAMLPair, _ parts: PipelineDecoder) -> Remote? {
    guard parts.checkName(Name(text: pair.key, span: pair.keySpan), "a remote") else { return nil }
    if case .scalar = pair.value.content {
      return parts.string(pair.value, "a remote").map {
        Remote(name: pair.key, url: $0.text, isReadOnly: false)
      }
    }
    guard let fields = parts.fields(of: pair.value, "a remote", remoteKeys) else { return nil }
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

  private static func bound(_ lab: String, _ fields: Fields, _ parts: PipelineDecoder) -> Bound {
    let stages = list(fields["stages"], "'stages'", of: "a stage", parts)?.map(\.text)
    var until: String?
    if let node = fields["until"] {
      if case .scalar(let scalar) = node.content, isDay(scalar.text) {
        until = scalar.text
      } else {
        parts.findings.error("'until' must be a day, as 2027-01-01, not \(node.words)", at: node.span)
      }
    }
    return Bound(lab: lab, stages: stages, until: until)
  }

  private static func group(_ pair: YAMLPair, _ fields: Fields, _ parts: PipelineDecoder) -> Group? {
    let findings = parts.findings
    for key in boundKeys {
      if let node = fields[key] {
        findings.error(
          "'\(key)' is of a lab: a group has 'labs' and 'need'", at: node.span,
          help: "bounds stand in an entry with the name of the lab")
      }
    }
    for key in groupKeys where fields.lacks(key) {
      findings.error("the group '\(pair.key)' has no '\(key)'", at: pair.keySpan)
    }
    let labs = list(fields["labs"], "'labs'", of: "a lab", parts) ?? []
    for (place, lab) in labs.enumerated() where labs[..<place].contains(where: { $0.text == lab.text }) {
      findings.error("the lab '\(lab.text)' is named twice", at: lab.span)
    }
    guard let node = fields["need"], fields["labs"] != nil else { return nil }
    guard case .scalar(let scalar) = node.content, case .int(let need) = scalar.value, need >= 2, need <= labs.count
    else {
      findings.error(
        "'need' must be a number from 2 to that of the labs, \(labs.count), not \(node.words)", at: node.span)
      return nil
    }
    return Group(name: pair.key, labs: labs.map(\.text), need: need)
  }

  /// A list of strings; nil, with a finding unless there is nothing, for anything else.
  private static func list(
    _ node: YAMLNode?, _ what: String, of item: String, _ parts: PipelineDecoder
  ) -> [Name]? {
    guard let node else { return nil }
    guard case .sequence(let items) = node.content else {
      parts.findings.error("\(what) must be a list, not \(node.words)", at: node.span)
      return nil
    }
    return items.compactMap { parts.string($0, item) }
  }

  private static func isDay(_ text: String) -> Bool {
    text.utf8.count == 10
      && zip(text.utf8, "dddd-dd-dd".utf8).allSatisfy { byte, form in
        form == UInt8(ascii: "d") ? (48...57).contains(byte) : byte == form
      }
  }
}
