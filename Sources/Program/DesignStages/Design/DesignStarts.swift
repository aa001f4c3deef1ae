import Artifacts
import Evolution
import Inputs
import Randomness
import SequenceProfiles
import Sequences

/// The sequences that a design begins with.
struct DesignStarts {
  private(set) var names: [String] = []
  private(set) var sequences: [[UInt8]] = []

  /// Throws `StageFailure` where there are none.
  init(_ context: StageContext, _ alphabet: Alphabet) throws {
    if let artifact = context.optionalInput("sequences") {
      let source = SequenceSource(
        artifact, path: SequenceSource.names(at: "sequences"), alphabet: alphabet, rows: 0, context.report)
      guard source.reading.alphabet == alphabet else {
        throw StageFailure(
          code: "other-alphabet",
          "'sequences' are of \(source.reading.alphabet.rawValue), the model of \(alphabet.rawValue)")
      }
      try source.forEach { record, _ in
        names.append(record.name)
        sequences.append(record.sequence)
      }
    }
    let (random, bases) = (Philox(seed: context[.seed], stream: .evolution), alphabet.bases)
    for number in 0..<(context.optionalInput("sequences") == nil ? context[DesignStage.random] : 0) {
      names.append("random-\(number + 1)")
      sequences.append(
        (0..<context[DesignStage.randomLength]).map { bases[random.integer(below: bases.count, 0, number, $0)] })
    }
    guard !sequences.isEmpty else {
      throw StageFailure(code: "no-starts", "nothing to begin with: bind 'sequences', or state 'random'")
    }
  }
}

extension Constraints {
  /// The constraints that parameters state. Throws `StageFailure` for those that cannot be read.
  init(_ context: StageContext, _ alphabet: Alphabet) throws {
    self.init()
    fixed = try context[DesignStage.fixed].map(Self.places)
    let patterns = { (texts: [String]) in
      try texts.map { text in
        guard let pattern = Pattern(text, alphabet) else {
          throw StageFailure(code: "bad-word", "'\(text)' is no word of \(alphabet.noun)s or their codes")
        }
        return pattern
      }
    }
    required = try patterns(context[DesignStage.require])
    forbidden = try patterns(context[DesignStage.forbid])
    if let range = try Self.range(context[DesignStage.gc], "gc") {
      guard alphabet == .dna else { throw StageFailure(code: "bad-range", "'gc' is of DNA") }
      gc = range
    }
    if let range = try Self.range(context[DesignStage.length], "length") { lengths = range }
    if context[DesignStage.maxEdits] > 0 { edits = context[DesignStage.maxEdits] }
    guard context.inputs["training"] != nil else { return }
    copied = min(context[DesignStage.maxCopied], alphabet == .dna ? 31 : 11)
    var words = WordSet(PackedWords(alphabet, length: copied + 1))
    for artifact in context.artifacts(at: "training") {
      let source = SequenceSource(
        artifact, path: SequenceSource.names(at: "training"), alphabet: alphabet, rows: 0, context.report)
      var sequences: [[UInt8]] = []
      try source.forEach { record, _ in sequences.append(record.sequence) }
      words.add(sequences)
    }
    trained = words
  }

  private static func range<Number: Comparable>(_ ends: [Number], _ name: String) throws -> ClosedRange<Number>? {
    if ends.isEmpty { return nil }
    guard ends.count == 2, ends[0] <= ends[1] else {
      throw StageFailure(code: "bad-range", "'\(name)' needs the least and the largest, as [a, b]")
    }
    return ends[0]...ends[1]
  }

  /// Places from 1, as `7` or `7-20`.
  private static func places(_ text: String) throws -> Range<Int> {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first >= 1, last >= first
    else { throw StageFailure(code: "bad-places", "'\(text)' in 'fixed' is no place and no range of places, as 7-20") }
    return first - 1..<last
  }
}
