package import Artifacts
import Inputs
import LinearModels
import Sequences
import System
import Wording

/// Asks a classifier of real sequences whether generated ones are what their tags say.
package enum TagObedienceStage: Stage {
  static let k = ParameterKey<Int>(
    "k", .int(1...8), default: 4, neutral: 4, unit: "letters",
    help: "Letters of the longest k-mers that the classifier counts; of proteins at most 3.")
  static let length = ParameterKey<Int>(
    "length", .int(0...1_000_000), default: 0, neutral: 0, unit: "letters",
    help: "Letters of a piece of a real sequence; 0: the median of the generated ones.")
  static let pieces = ParameterKey<Int>(
    "pieces", .int(2...1_000_000), default: 2000, neutral: 2000, unit: "pieces",
    help: "Real pieces of each tag at most, evenly spread over all.")

  /// The part of real pieces, by their hash, that measures the classifier, where an input has no split of its own.
  private static let heldOut = 0.25

  package static let declaration = StageDeclaration(
    name: "tag-obedience", version: 1,
    summary: "Say how often sequences that were generated with a tag are of its kind, by k-mers of real ones.",
    parameters: [
      k.parameter, length.parameter, pieces.parameter, .alphabet, .rows("sequences of each input"),
    ],
    inputs: [
      InputPort(
        "sequences", [.sequences], roles: ["tag"],
        help: "Real sequences by tag, of which pieces train the classifier and measure it."),
      InputPort(
        "generated", [.sequences], roles: ["tag"],
        help: "Generated sequences by the tag that they were asked for with; those of another name, as 'none', are "
          + "called too, for comparison."),
    ],
    outputs: [
      OutputPort(
        "obedience", .tagObedience, .file,
        help: "By tag, of real pieces that the classifier did not see and of generated sequences: how many are called "
          + "each tag, and the share as asked, with its 95 % interval (Wilson).")
    ],
    isParallel: true,
    example: """
      obeyed:
        stage: tag-obedience
        in:
          sequences: { from: $windows.sequences, over: { tag: [genome] } }
          generated: { from: $drawn.sequences, over: { tag: [tag] } }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let generated = try read(context, "generated")
    let real = try read(context, "sequences")
    let tags = real.groups.map(\.tag)
    guard tags.count > 1 else {
      throw StageFailure(code: "one-tag", "'sequences' has one tag, \(tags[0]): there is nothing to tell apart")
    }
    guard generated.groups.contains(where: { tags.contains($0.tag) }) else {
      throw StageFailure(
        code: "other-tags",
        "'generated' is of \(generated.groups.map(\.tag).joined(separator: ", ")), none of which is a tag of "
          + "'sequences': \(tags.joined(separator: ", "))")
    }
    guard generated.alphabet == real.alphabet else {
      throw StageFailure(
        code: "other-alphabet",
        "the real sequences are of \(real.alphabet.rawValue), the generated ones of \(generated.alphabet.rawValue)")
    }
    let k = context[Self.k]
    guard real.alphabet == .dna || k <= 3 else {
      throw StageFailure(code: "k-too-large", "k is \(k); for proteins at most 3")
    }
    let lengths = generated.groups.flatMap(\.records).map(\.sequence.count).sorted()
    let stated = context[Self.length]
    let length = max(k, stated > 0 ? stated : lengths[lengths.count / 2])
    let pieces = try real.groups.map { try Self.pieces(of: $0, length: length, most: context[Self.pieces]) }
    let workers = WorkerPool(threads: context.threads)
    guard
      let classifier = KmerClassifier(
        pieces.map(\.train), k: k, real.alphabet, workers, isCancelled: context.isInterrupted)
    else { throw Interrupted() }
    let document = ObedienceDocument(
      k: k, length: length, tags: tags, trained: pieces.map(\.train.count),
      real: zip(tags, pieces).map { tag, pieces in
        ObedienceDocument.Group(
          tag, called: classifier.counts(of: pieces.heldOut), short: pieces.short, tags: tags)
      },
      generated: generated.groups.map { group in
        let seen = group.records.map(\.sequence).filter { $0.count >= k }
        return ObedienceDocument.Group(
          group.tag, called: classifier.counts(of: seen), short: group.records.count - seen.count, tags: tags)
      })
    for line in document.leftOut { context.report(.warning(line)) }
    try context.outputs.write("obedience", "", JSONArtifact.encode(document))
  }

  /// Sequences of a tag; `isHeldOut` is nil where their input does not say.
  private struct Tagged {
    let tag: String
    var records: [(sequence: [UInt8], isHeldOut: Bool?)] = []
  }

  /// The sequences of a port by tag, in the order of their first inputs. Throws `StageFailure` where there are none.
  private static func read(_ context: StageContext, _ port: String) throws -> (groups: [Tagged], alphabet: Alphabet) {
    let corpus = try Corpus(context, at: port, isTagged: true)
    var groups: [Tagged] = []
    try corpus.forEach { record, isHeldOut, tag in
      let place = groups.firstIndex { $0.tag == tag! } ?? groups.count
      if place == groups.count { groups.append(Tagged(tag: tag!)) }
      groups[place].records.append((record.sequence, isHeldOut))
    }
    if let empty = corpus.tags.first(where: { tag in !groups.contains { $0.tag == tag } }) {
      throw StageFailure(code: "no-sequences", "'\(port)' has no sequence of the tag \(empty)")
    }
    return (groups, corpus.alphabet)
  }

  /// Pieces of real sequences of the tag, end to end, on the two sides of the hold-out, and the number of sequences
  /// that are shorter. Throws `StageFailure` where a side has none.
  private static func pieces(
    of group: Tagged, length: Int, most: Int
  ) throws -> (train: [[UInt8]], heldOut: [[UInt8]], short: Int) {
    let places = group.records.enumerated().flatMap { index, record in
      Swift.stride(from: 0, through: record.sequence.count - length, by: length).map { (index, $0) }
    }
    var (train, heldOut): ([[UInt8]], [[UInt8]]) = ([], [])
    let count = min(most, places.count)
    for number in 0..<count {
      let (index, start) = places[number * places.count / count]
      let record = group.records[index]
      let piece = Array(record.sequence[start..<start + length])
      if record.isHeldOut ?? HoldOut.contains(piece, fraction: Self.heldOut) {
        heldOut.append(piece)
      } else {
        train.append(piece)
      }
    }
    guard !train.isEmpty, !heldOut.isEmpty else {
      throw StageFailure(
        code: "few-pieces",
        "\(Words.count(count, "piece")) of \(length) letters of the tag \(group.tag), \(train.count) to train on and "
          + "\(heldOut.count) held out: state a smaller 'length'")
    }
    return (train, heldOut, group.records.count { $0.sequence.count < length })
  }
}

extension ArtifactKind {
  /// How often generated sequences are of their tags.
  package static let tagObedience = ArtifactKind("tag-obedience")
}
