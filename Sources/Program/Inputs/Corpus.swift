package import Artifacts
import Labelled
package import Sequences
import Wording

/// The sequences of all inputs at one of a stage's ports, one input after the other.
package struct Corpus {
  package let sources: [SequenceSource]
  private let report: @Sendable (StageReport) -> Void
  package let alphabet: Alphabet
  /// By source the tag of its sequences; empty: they have none.
  package let tags: [String]

  /// - Parameters:
  ///   - isTagged: whether the port gathers by the role `tag`.
  ///   - report: is told of faults of content that stop nothing; nil: the context is.
  /// Throws a `StageFailure` when the inputs state different alphabets, or one has no tag where all have.
  package init(
    _ context: StageContext, at port: String = "sequences", isTagged: Bool = false,
    report: (@Sendable (StageReport) -> Void)? = nil
  ) throws {
    let report = report ?? context.report
    self.report = report
    tags = isTagged ? (context.inputs[port] ?? []).map { ($0.ids["tag"] ?? []).joined(separator: "-") } : []
    guard !tags.contains("") else {
      throw StageFailure(
        code: "no-tag",
        "an input at '\(port)' has no tag: an axis gives one, as over: { tag: [genome] }, or a name, as over: { tag: "
          + "[name: coli] }")
    }
    sources = try context.artifacts(at: port).enumerated().map { index, artifact in
      try SequenceSource(artifact, at: PortPlace(port, index + 1).name, context, report)
    }
    alphabet = sources[0].reading.alphabet
    for source in sources where source.reading.alphabet != alphabet {
      throw StageFailure(
        code: "other-alphabet",
        "the letters of '\(sources[0].name)' are \(alphabet.rawValue), those of '\(source.name)' "
          + "\(source.reading.alphabet.rawValue); state options: { alphabet: ... } of each input")
    }
  }

  /// The places of the inputs that say themselves which of their sequences are held out; nil: none does.
  package var splitInputs: String? {
    get throws {
      let names = try sources.filter { try $0.statesHeldOut }.map { "'\($0.name)'" }
      return names.isEmpty ? nil : names.joined(separator: ", ")
    }
  }

  /// The hashes of the sequences that an input keeps apart from train: held-out ones, and those of dev and test of
  /// labelled sequences, which are looked for on either strand of DNA.
  private func keptApart() throws -> Set<UInt64> {
    var hashes: Set<UInt64> = []
    let isLabelled = { (source: SequenceSource) in source.artifact.reference.kind == .labelledSequences }
    guard sources.count > 1 || isLabelled(sources[0]) else { return hashes }
    let add = { (sequence: [UInt8]) in
      if sequence.isEmpty { return }
      hashes.insert(HoldOut.hash(sequence))
      if alphabet == .dna { hashes.insert(HoldOut.hash(Complement.reversed(sequence))) }
    }
    for source in sources where try source.statesHeldOut {
      if isLabelled(source) {
        let splits = try source.allLabelled()
        for record in splits.dev + splits.test {
          add(record.sequence)
          add(record.second)
        }
      } else {
        try source.forEach { record, isHeldOut in if isHeldOut { hashes.insert(HoldOut.hash(record.sequence)) } }
      }
    }
    return hashes
  }

  /// Calls `body` with each record, whether it is held out (nil: its input does not say), and its tag. A sequence that
  /// an input keeps apart from train is left out of the others, with a warning. A name that a record of an earlier
  /// input has gets the number of its input, as `chr1.2`.
  ///
  /// - Returns: how many sequences are left out.
  @discardableResult
  package func forEach(_ body: (SequenceRecord, _ isHeldOut: Bool?, _ tag: String?) throws -> Void) throws -> Int {
    let apart = try keptApart()
    var leftOut = 0
    var names: Set<String> = []
    for (index, source) in sources.enumerated() {
      let saysHeldOut = try source.statesHeldOut
      var own: Set<String> = []
      try source.forEach { record, isHeldOut in
        if !isHeldOut || !saysHeldOut, !apart.isEmpty, apart.contains(HoldOut.hash(record.sequence)) {
          leftOut += 1
          return
        }
        var record = record
        if sources.count > 1 {
          if names.contains(record.name) {
            repeat { record.name += ".\(index + 1)" } while names.contains(record.name) || own.contains(record.name)
          }
          own.insert(record.name)
        }
        try body(record, saysHeldOut ? isHeldOut : nil, tags.isEmpty ? nil : tags[index])
      }
      names.formUnion(own)
    }
    if leftOut > 0 {
      report(
        .warning(
          "\(Words.grouped(leftOut)) sequences of train are left out: an input has them held out, or in dev or "
            + "test, those on either strand"))
    }
    return leftOut
  }
}
