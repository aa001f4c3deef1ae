package import Artifacts
import Evolution
import Inputs
import Randomness
import SequenceProfiles
import Sequences
import Wording

/// Counts what sequences are like, beside real ones and their own letters shuffled.
package enum SequenceStatisticsStage: Stage {
  static let words = ParameterKey<[String]>(
    "words", .list(.string), default: [], neutral: [],
    help: "Words of which it is asked how many sequences have them, and where: with the letters of IUPAC for several, "
      + "as TATAWR.")

  package static let declaration = StageDeclaration(
    name: "sequence-statistics", version: 1,
    summary: "Count what sequences are like, beside real pieces as long and their own letters shuffled.",
    parameters: [words.parameter, .seed, .alphabet],
    inputs: [
      InputPort(
        "sequences", [.sequences, .labelledSequences], acceptsSeveral: true,
        help: "The sequences, as 'generate' draws them."),
      InputPort(
        "reference", [.sequences, .labelledSequences], acceptsSeveral: true, help: "Real sequences, as genomes."),
      InputPort(
        "training", [.sequences, .labelledSequences], required: false, acceptsSeveral: true,
        help: "What a model was trained on: how much of the sequences occurs there."),
    ],
    outputs: [
      OutputPort(
        "statistics", .sequenceStatistics, .file,
        help: "By group: lengths, GC, distances of k-mers to the reference, open reading frames with their codons, "
          + "starts and stops, repeats, low complexity, and what occurs in the training sequences.")
    ],
    example: """
      like:
        stage: sequence-statistics
        in: { sequences: $drawn.sequences, reference: $genome, training: $genome }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let sequences = try read(context, "sequences")
    let reference = try read(context, "reference")
    let alphabet = sequences.alphabet
    guard reference.alphabet == alphabet else {
      throw StageFailure(
        code: "other-alphabet",
        "the sequences are of \(alphabet.rawValue), the reference of \(reference.alphabet.rawValue)")
    }
    let patterns = try context[words].map { word in
      guard let pattern = Pattern(word, alphabet) else {
        throw StageFailure(code: "bad-word", "'\(word)' is no word of \(alphabet.noun)s or their codes")
      }
      return pattern
    }
    let random = Philox(seed: context[.seed], stream: .profiles)
    let pieces = Self.pieces(of: reference.all, as: sequences.all.map(\.count), random)
    let shuffled = sequences.all.enumerated().map { DinucleotideShuffle.shuffled($1, random, item: $0) }
    var whole = SequenceProfile(alphabet, isReference: true)
    for (done, record) in reference.all.enumerated() {
      if context.isInterrupted() { throw Interrupted() }
      whole.add(record)
      context.report(.progress(done: done + 1, total: reference.all.count, unit: "records", detail: "reference"))
    }
    let groups: [(name: String, sequences: [[UInt8]])] = [
      ("sequences", sequences.all), ("real", pieces.all), ("shuffled", shuffled),
    ]
    var copies = context.inputs["training"] == nil ? nil : groups.map { Copies($0.sequences, alphabet) }
    if copies != nil {
      for (number, artifact) in context.artifacts(at: "training").enumerated() {
        let source = source(context, artifact, "training", number)
        guard source.reading.alphabet == alphabet else {
          throw StageFailure(code: "other-alphabet", "'training' is not of \(alphabet.rawValue), as the sequences are")
        }
        try source.forEach { record, _ in
          if context.isInterrupted() { throw Interrupted() }
          for index in groups.indices { copies?[index].look(in: record.sequence) }
        }
      }
    }
    let document = StatisticsDocument(
      alphabet: alphabet.rawValue,
      groups: groups.enumerated().map { index, group in
        var profile = SequenceProfile(alphabet)
        for sequence in group.sequences { profile.add(sequence) }
        return StatisticsDocument.Group(
          group.name, profile, beside: whole, copies: copies?[index], wordLength: Copies.wordLength(alphabet),
          words: patterns.map { StatisticsDocument.Word($0, in: group.sequences) })
      }, referenceLetters: whole.letters, shorterPieces: pieces.shorter)
    if pieces.shorter > 0 {
      context.report(
        .warning(
          "\(Words.count(pieces.shorter, "real piece")) of \(sequences.all.count) are shorter than their counterparts: "
            + "no record of 'reference' is as long"))
    }
    try context.outputs.write("statistics", "", JSONArtifact.encode(document))
  }

  private static func source(
    _ context: StageContext, _ artifact: any InputArtifact, _ port: String, _ number: Int
  ) -> SequenceSource {
    let count = context.artifacts(at: port).count
    return SequenceSource(
      artifact, path: SequenceSource.names(at: count == 1 ? port : "\(port)[\(number)]"),
      alphabet: Alphabet(rawValue: context[.alphabet]) ?? .dna, rows: 0, context.report)
  }

  /// All sequences of a port. Throws `StageFailure` where there are none.
  private static func read(
    _ context: StageContext, _ port: String
  ) throws -> (all: [[UInt8]], alphabet: Alphabet) {
    var (all, alphabet): ([[UInt8]], Alphabet) = ([], .dna)
    for (number, artifact) in context.artifacts(at: port).enumerated() {
      let source = source(context, artifact, port, number)
      guard number == 0 || alphabet == source.reading.alphabet else {
        throw StageFailure(code: "other-alphabet", "the sequences at '\(port)' are of different alphabets")
      }
      alphabet = source.reading.alphabet
      try source.forEach { record, _ in all.append(record.sequence) }
    }
    guard !all.isEmpty else { throw StageFailure(code: "no-sequences", "'\(port)' has no sequence") }
    return (all, alphabet)
  }

  /// A piece of the reference for each length, from a place drawn among all where one fits; of the longest record where
  /// none does.
  static func pieces(
    of reference: [[UInt8]], as lengths: [Int], _ random: Philox
  ) -> (all: [[UInt8]], shorter: Int) {
    var (pieces, shorter): ([[UInt8]], Int) = ([], 0)
    let longest = reference.map(\.count).max() ?? 0
    for (index, wanted) in lengths.enumerated() {
      let length = min(wanted, longest)
      if length < wanted { shorter += 1 }
      var place = random.integer(
        below: reference.reduce(0) { $0 + max(0, $1.count - length + 1) }, index, 0, 1)
      for record in reference where record.count >= length {
        let places = record.count - length + 1
        if place < places {
          pieces.append(Array(record[place..<place + length]))
          break
        }
        place -= places
      }
    }
    return (pieces, shorter)
  }
}

extension ArtifactKind {
  /// Groups of sequences beside each other, counted.
  package static let sequenceStatistics = ArtifactKind("sequence-statistics")
}
