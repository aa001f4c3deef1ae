/// The facts of a step that has run: kept under its key, longer than the bytes of its outputs.
package struct ResultRecord: Hashable, Sendable {
  /// The result: the outputs by port, or a failure that the same inputs always give.
  package enum Outcome: Hashable, Sendable {
    case outputs([String: Output])
    case failure(code: String, message: String)
  }

  /// One output port.
  package struct Output: Hashable, Sendable {
    package let artifact: ArtifactReference
    /// The files of a tree, or nil for a file. A collection's members are these.
    package let manifest: TreeManifest?
    /// Contents small enough to live in the record, by digest. Not hashed again on decoding: a store seals records.
    package let inline: [Digest: [UInt8]]
    package init(artifact: ArtifactReference, manifest: TreeManifest?, inline: [Digest: [UInt8]]) {
      self.artifact = artifact
      self.manifest = manifest
      self.inline = inline
    }
  }

  package let outcome: Outcome
  /// Facts of the place of the computation: kernel clone, precision path, toolchain. Not in any key.
  package let environment: [String: String]
  /// Seconds since 1970 at the end of the step, by the clock of the machine that ran it.
  package let finished: Double
  /// Seconds that the step took.
  package let duration: Double
  /// Peak resident memory of the worker, in bytes.
  package let peakMemory: Int

  package init(
    outcome: Outcome, environment: [String: String], finished: Double, duration: Double, peakMemory: Int
  ) {
    self.outcome = outcome
    self.environment = environment
    self.finished = finished
    self.duration = duration
    self.peakMemory = peakMemory
  }

  /// The lab by whose claim the result was taken over; nil: it was computed here.
  package var claimant: String? { environment[Self.claimantFact] }
  /// The digest of the text of those claims.
  package var support: Digest? { environment[Self.supportFact].flatMap { Digest(hex: $0) } }
  private static let claimantFact = "claimed-by"
  private static let supportFact = "claims"

  /// The record of a result that is taken over by claims of somebody else.
  package func claimed(by lab: String, _ support: Digest) -> ResultRecord {
    var facts = environment
    (facts[Self.claimantFact], facts[Self.supportFact]) = (lab, support.hex)
    return ResultRecord(
      outcome: outcome, environment: facts, finished: finished, duration: duration, peakMemory: peakMemory)
  }

  /// The environment, less what says by whose claim the result was taken over.
  package var ownEnvironment: [String: String] {
    environment.filter { $0.key != Self.claimantFact && $0.key != Self.supportFact }
  }

  /// Whether both say the same result, whatever the time and place.
  package func agrees(with other: ResultRecord) -> Bool {
    switch (outcome, other.outcome) {
    case (.outputs(let a), .outputs(let b)): a.mapValues(\.artifact) == b.mapValues(\.artifact)
    case (.failure(let a, _), .failure(let b, _)): a == b
    default: false
    }
  }

  /// The contents that are not in the record but objects of the store, each once, ascending by digest.
  package var objects: [(digest: Digest, size: Int)] { objects(besides: []) }

  /// The objects of all outputs but those at `spared` ports.
  package func objects(besides spared: Set<String>) -> [(digest: Digest, size: Int)] {
    guard case .outputs(let outputs) = outcome else { return [] }
    var sizes: [Digest: Int] = [:]
    for (port, output) in outputs where !spared.contains(port) {
      guard let manifest = output.manifest else {
        if output.inline[output.artifact.digest] == nil { sizes[output.artifact.digest] = output.artifact.size }
        continue
      }
      for entry in manifest.entries where output.inline[entry.digest] == nil { sizes[entry.digest] = entry.size }
    }
    return sizes.sorted { $0.key < $1.key }.map { (digest: $0.key, size: $0.value) }
  }

  /// The canonical encoding: a list of all fields, after the name of the format.
  package func encoded() -> [UInt8] {
    CanonicalWriter.bytes { writer in
      writer.list(6)
      writer.string("bioarc-result/1")
      switch outcome {
      case .outputs(let outputs):
        writer.list(2)
        writer.string("outputs")
        writer.map(outputs, value: Self.write)
      case .failure(let code, let message):
        writer.list(3)
        writer.string("failure")
        writer.string(code)
        writer.string(message)
      }
      writer.map(environment) { $1.string($0) }
      writer.float(finished)
      writer.float(duration)
      writer.int(peakMemory)
    }
  }

  private static func write(_ output: Output, to writer: inout CanonicalWriter) {
    writer.list(3)
    output.artifact.write(to: &writer)
    if let manifest = output.manifest { writer.bytes(manifest.encoded()) } else { writer.null() }
    writer.list(output.inline.count)
    for (digest, content) in output.inline.sorted(by: { $0.key < $1.key }) {
      writer.list(2)
      writer.digest(digest)
      writer.bytes(content)
    }
  }

  /// Decodes a record. Throws `CanonicalError` for bytes that `encoded` does not write.
  package init(decoding bytes: [UInt8]) throws(CanonicalError) {
    let fields = try Canonical(decoding: bytes).list()
    guard fields.count == 6, fields[0] == .string("bioarc-result/1"), case .float(let finished) = fields[3],
      case .float(let duration) = fields[4]
    else { throw CanonicalError(offset: 0, reason: "not a result record") }
    var environment: [String: String] = [:]
    for (name, value) in try fields[2].map() { environment[name] = try value.string() }
    self.init(
      outcome: try Self.outcome(fields[1]), environment: environment, finished: finished, duration: duration,
      peakMemory: try fields[5].int())
  }

  private static func outcome(_ canonical: Canonical) throws(CanonicalError) -> Outcome {
    let fields = try canonical.list()
    if fields.count == 3, fields[0] == .string("failure") {
      return .failure(code: try fields[1].string(), message: try fields[2].string())
    }
    guard fields.count == 2, fields[0] == .string("outputs") else {
      throw CanonicalError(offset: 0, reason: "not an outcome")
    }
    var outputs: [String: Output] = [:]
    for (port, value) in try fields[1].map() {
      let parts = try value.list()
      guard parts.count == 3 else { throw CanonicalError(offset: 0, reason: "not an output") }
      var inline: [Digest: [UInt8]] = [:]
      var last: Digest?
      for content in try parts[2].list() {
        let pair = try content.list()
        guard pair.count == 2 else { throw CanonicalError(offset: 0, reason: "not an inline content") }
        let digest = try pair[0].digest()
        if let last, last >= digest { throw CanonicalError(offset: 0, reason: "inline contents out of order") }
        last = digest
        inline[digest] = try pair[1].bytes()
      }
      outputs[port] = Output(
        artifact: try ArtifactReference(parts[0]),
        manifest: parts[1] == .null ? nil : try TreeManifest(decoding: try parts[1].bytes()), inline: inline)
    }
    return .outputs(outputs)
  }
}
