import Artifacts
import Sequences

/// The sequences of all inputs at a stage's port `sequences`, one input after the other.
struct Corpus {
  let sources: [SequenceSource]
  let alphabet: Alphabet

  /// Throws a `StageFailure` when the inputs state different alphabets. What is wrong with their content and stops
  /// nothing goes to `report`; without one, to the context's.
  init(_ context: StageContext, report: (@Sendable (StageReport) -> Void)? = nil) throws {
    let artifacts = context.artifacts(at: "sequences")
    sources = try artifacts.enumerated().map { index, artifact in
      try SequenceSource(artifact, at: PortPlace("sequences", index + 1).name, context, report ?? context.report)
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
  var splitInputs: String? {
    get throws {
      let names = try sources.filter { try $0.statesHeldOut }.map { "'\($0.name)'" }
      return names.isEmpty ? nil : names.joined(separator: ", ")
    }
  }

  /// Calls `body` with each record, and whether it is held out; nil: its input does not say. A name that a record of
  /// an earlier input has gets the number of its input, as `chr1.2`.
  func forEach(_ body: (SequenceRecord, _ isHeldOut: Bool?) throws -> Void) throws {
    var names: Set<String> = []
    for (index, source) in sources.enumerated() {
      let saysHeldOut = try source.statesHeldOut
      var own: Set<String> = []
      try source.forEach { record, isHeldOut in
        var record = record
        if sources.count > 1 {
          if names.contains(record.name) {
            repeat { record.name += ".\(index + 1)" } while names.contains(record.name) || own.contains(record.name)
          }
          own.insert(record.name)
        }
        try body(record, saysHeldOut ? isHeldOut : nil)
      }
      names.formUnion(own)
    }
  }
}
