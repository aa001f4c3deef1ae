package import Artifacts
import Wording

/// A lab's statement of what steps gave: the text that is signed. It holds all that planning needs of the results, and
/// nothing of a person, a machine or a path.
package struct Claims: Hashable, Sendable {
  /// One result.
  package struct Claim: Hashable, Sendable {
    package let key: Digest
    package let kind: Kind
    /// 16 hexadecimal digits that stand for the numeric environment; information, no ground for trust.
    package let environment: String
    /// The digest of the whole record: its kinds, messages and facts are signed with it.
    package let record: Digest
    package let outcome: Outcome
    package init(
      key: Digest, kind: Kind = .computed, environment: String, record: Digest, outcome: Outcome
    ) {
      (self.key, self.kind, self.environment) = (key, kind, environment)
      (self.record, self.outcome) = (record, outcome)
    }
  }

  /// The ground on which a lab claims a result: both say that the lab itself has run the step.
  package enum Kind: String, Sendable {
    case computed
    /// Computed although the lab knew a result of somebody else, which came out the same.
    case reproduced
  }

  package enum Outcome: Hashable, Sendable {
    /// Ascending by port.
    case outputs([Output])
    case failure(code: String)
  }

  /// One output port.
  package struct Output: Hashable, Sendable {
    package let port: String
    package let layout: Layout
    package let digest: Digest
    /// Bytes of the file, or of the tree's manifest.
    package let size: Int
  }

  /// The lab by which the text is signed.
  package let lab: String
  /// 16 hexadecimal digits that stand for one store of the lab, or for one bundle.
  package let writer: String
  /// The number of the writer's statement, from 1; 0 for a bundle.
  package let number: Int
  /// The digest of the writer's statement before; zeros for its first.
  package let previous: Digest
  /// The time in UTC, as `2026-11-28T17:00:00Z`.
  package let issued: String
  /// Ascending by key, each key once.
  package let claims: [Claim]

  package init(lab: String, writer: String, number: Int, previous: Digest, issued: String, _ claims: [Claim]) {
    (self.lab, self.writer, self.number) = (lab, writer, number)
    (self.previous, self.issued) = (previous, issued)
    self.claims = claims.sorted { $0.key < $1.key }
  }

  /// The claim of a step, or nil.
  package subscript(key: Digest) -> Claim? {
    var (low, high) = (0, claims.count)
    while low < high {
      let middle = (low + high) / 2
      if claims[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return low < claims.count && claims[low].key == key ? claims[low] : nil
  }

  /// The highest number of a push: eight digits.
  static let mostPushes = 99_999_999

  /// Most bytes of such a text.
  static let mostBytes = 1 << 26

  /// Most output ports of a step, and bytes of the name of one.
  private static let most = (outputs: 64, name: 64)

  /// The text: a header of six lines, then a line for each claim.
  package func encoded() -> [UInt8] {
    var text = "bioarc-claims 1\nlab \(lab)\nwriter \(writer)\npush \(number)\nprevious \(previous)\nissued \(issued)\n"
    for claim in claims {
      text += "\(claim.key) \(claim.kind.rawValue) env=\(claim.environment) record=\(claim.record)"
      switch claim.outcome {
      case .failure(let code): text += " failed !\(code)"
      case .outputs(let outputs):
        for output in outputs {
          text += " \(output.port)=\(output.layout == .tree ? "t" : "f"):\(output.digest):\(output.size)"
        }
      }
      text += "\n"
    }
    return Array(text.utf8)
  }

  /// Reads a text. Throws `SharingError` for anything that `encoded` does not write byte for byte.
  package init(decoding bytes: [UInt8]) throws(SharingError) {
    guard bytes.count <= Self.mostBytes else { throw .tooLarge("the claims") }
    var lines = Lines(bytes)
    func header(_ name: String) throws(SharingError) -> String {
      let line = lines.next() ?? ""
      guard line.hasPrefix(name + " ") else { throw .malformed("the claims have no line '\(name)' at its place") }
      return String(line.dropFirst(name.utf8.count + 1))
    }
    guard try header("bioarc-claims") == "1" else { throw .malformed("claims of an unknown format") }
    lab = try header("lab")
    writer = try header("writer")
    let number = try header("push"), previous = try header("previous")
    issued = try header("issued")
    guard let number = Int(number), (0...Self.mostPushes).contains(number), let previous = Digest(hex: previous),
      Self.isLab(lab),
      Self.isShort(writer), Self.isTime(issued)
    else { throw .malformed("the head of the claims states no lab, writer, number, digest or time") }
    (self.number, self.previous) = (number, previous)
    var claims: [Claim] = []
    while let line = lines.next() {
      let claim = try Self.claim(line)
      if let last = claims.last, last.key >= claim.key { throw .malformed("claims that are not ascending by key") }
      claims.append(claim)
    }
    self.claims = claims
    guard encoded() == bytes else { throw .malformed("claims that are not written as they must be") }
  }

  /// Reads one line of a text.
  static func claim(_ line: String) throws(SharingError) -> Claim {
    let fields = line.split(separator: " ", omittingEmptySubsequences: false)
    guard fields.count >= 4, fields.count <= most.outputs + 4, let key = Digest(hex: fields[0]),
      let kind = Kind(rawValue: String(fields[1])), fields[2].hasPrefix("env="), isShort(fields[2].dropFirst(4)),
      fields[3].hasPrefix("record="), let record = Digest(hex: fields[3].dropFirst(7))
    else { throw .malformed("a line of the claims that is no claim") }
    let outcome = try outcome(fields.dropFirst(4))
    return Claim(
      key: key, kind: kind, environment: String(fields[2].dropFirst(4)), record: record, outcome: outcome)
  }

  private static func outcome(_ fields: ArraySlice<Substring>) throws(SharingError) -> Outcome {
    if fields.count == 2, fields.first == "failed", let code = fields.last, code.hasPrefix("!") {
      guard isCode(code.dropFirst()) else { throw .malformed("a claim of a failure without a code") }
      return .failure(code: String(code.dropFirst()))
    }
    var outputs: [Output] = []
    for field in fields {
      let parts = field.split(separator: "=", maxSplits: 1)
      let values = parts.last?.split(separator: ":", omittingEmptySubsequences: false) ?? []
      guard parts.count == 2, values.count == 3, ["f", "t"].contains(values[0]), let digest = Digest(hex: values[1]),
        let size = Int(values[2]), size >= 0, parts[0].utf8.count <= most.name, NameRules.isName(String(parts[0])),
        outputs.last.map({ $0.port.precedesInBytes(String(parts[0])) }) ?? true
      else { throw .malformed("a claim with an output that is none") }
      outputs.append(
        Output(port: String(parts[0]), layout: values[0] == "t" ? .tree : .file, digest: digest, size: size))
    }
    return .outputs(outputs)
  }

  /// Whether a text can be the code of a failure in a line: a word of plain characters.
  private static func isCode(_ text: some StringProtocol) -> Bool {
    (1...100).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 32 && $0 < 127 }
  }

  /// Whether a text names a lab: up to 60 lower-case letters, digits and any of . _ -, not beginning with these.
  package static func isLab(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    let isPlain = { (byte: UInt8) in (97...122).contains(byte) || (48...57).contains(byte) }
    return (1...60).contains(bytes.count) && isPlain(bytes[0])
      && bytes.allSatisfy { isPlain($0) || "._-".utf8.contains($0) }
  }

  static func isShort(_ text: some StringProtocol) -> Bool {
    text.utf8.count == 16 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }

  private static func isTime(_ text: String) -> Bool {
    text.utf8.count == 20
      && zip(text.utf8, "dddd-dd-ddTdd:dd:ddZ".utf8).allSatisfy { byte, form in
        form == UInt8(ascii: "d") ? (48...57).contains(byte) : byte == form
      }
  }
}
