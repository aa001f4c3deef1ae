package import Artifacts
import Glibc
package import Inputs
import Labelled
import Networks
import Rankings
package import Sequences
import Tokenizers
import Tokens
import Wording

/// Models that predict labels of new sequences: one, or several of one task, whose mean counts.
package final class Predictor {
  /// The policy for sequences that are longer than those that a model reads.
  package enum Long: String, CaseIterable, Sendable {
    /// They are cut, as in training.
    case cut
    /// Each is read piece by piece, and a row is written for every piece.
    case windows
    /// They are an error.
    case refuse
  }

  /// The policy for long sequences; lengths in letters.
  package struct Reading: Sendable {
    package let long: Long
    /// Letters of a piece, and between the starts of two; 0: as many as the longest that was trained on, and all of it.
    package let window: Int
    package let step: Int
    package init(_ long: Long, window: Int = 0, step: Int = 0) {
      (self.long, self.window, self.step) = (long, window, step)
    }
  }

  private let models: [TrainedModel]
  private let networks: [TaskNetwork]
  private let reading: Reading
  private let threads: Int
  private let window: Int
  private let step: Int
  /// Counts of rows with a note, by note.
  private var noted: [Note: Int] = [:]
  private(set) package var count = 0

  private enum Note: String, CaseIterable {
    case cut, length, letters, unknown

    func sentence(_ trained: ModelDocument.Trained, _ long: Long) -> String {
      switch self {
      case .cut:
        "were cut to what the model reads; "
          + (long == .windows ? "a smaller 'window' reads all" : "'long: windows' reads all")
      case .length:
        "have a length that the model was not trained on: "
          + (trained.shortest == trained.longest
            ? "all had \(trained.longest) letters" : "\(trained.shortest) to \(trained.longest) letters")
      case .letters: "have letters that the model was not trained on (those are \(trained.letters))"
      case .unknown: "have tokens that the tokenizer does not know ([UNK])"
      }
    }
  }

  /// Throws `StageFailure` for artifacts that are no models, or of several tasks.
  package init(_ artifacts: [any InputArtifact], _ reading: Reading, threads: Int) throws {
    precondition(!artifacts.isEmpty, "no model")
    models = try artifacts.map(TrainedModel.init)
    let first = models[0].document
    for other in models.dropFirst().map(\.document)
    where (other.labels, other.alphabet, other.isPaired) != (first.labels, first.alphabet, first.isPaired)
      || other.classes != first.classes
    {
      throw StageFailure(code: "other-task", "the models predict labels of different tasks, of which there is no mean")
    }
    guard models.count == 1 || models[0].kind != .letters else {
      throw StageFailure(code: "cannot-average", "predictions of letters hold classes alone: take one model")
    }
    networks = try models.map { try $0.network(threads: threads) }
    (self.reading, self.threads) = (reading, threads)
    let longest = models.map { model in
      let isOfLetters = model.tokenizer.isOfLetters
      return min(model.document.trained.longest, isOfLetters ? model.document.longestTokens : .max)
    }
    window = reading.window > 0 ? reading.window : max(1, longest.min()!)
    step = reading.step > 0 ? reading.step : window
    if reading.long == .windows, models[0].document.isPaired {
      throw StageFailure(code: "no-windows", "a pair of sequences has no windows: 'long' is 'cut' or 'refuse'")
    }
  }

  /// The letters that the sequences are of.
  package var alphabet: Alphabet { models[0].alphabet }
  /// Sequences of an example: 2 for a model of pairs, which takes them two by two.
  package var group: Int { models[0].document.isPaired ? 2 : 1 }

  /// The columns of the table.
  package var header: [String] {
    let table = table([], sequences: [])
    return ["name"] + (reading.long == .windows ? ["start", "end"] : []) + table.header + ["note"]
  }

  /// One piece of a sequence, or all of it.
  package struct Piece {
    let name: String
    /// Letters before it, and up to its end.
    let range: Range<Int>
    let sequences: [[UInt8]]
  }

  /// The pieces of an example that become rows: `group` records.
  package func pieces(_ records: [SequenceRecord], _ body: (Piece) throws -> Void) throws {
    let name = records.map(\.name).joined(separator: "+")
    let sequence = records[0].sequence
    guard reading.long == .windows, sequence.count > window else {
      return try body(Piece(name: name, range: 0..<sequence.count, sequences: records.map(\.sequence)))
    }
    var start = 0
    while start + window < sequence.count {
      try body(Piece(name: name, range: start..<start + window, sequences: [Array(sequence[start..<start + window])]))
      start += step
    }
    // The last piece ends with the sequence.
    start = sequence.count - window
    try body(Piece(name: name, range: start..<sequence.count, sequences: [Array(sequence[start...])]))
  }

  /// The rows of pieces, in their order. Throws `StageFailure`.
  package func rows(_ pieces: [Piece]) throws -> [[String]] {
    if pieces.isEmpty { return [] }
    let sequences = pieces.flatMap(\.sequences)
    var notes = pieces.map { Set(self.notes($0)) }
    var predictions: [any Measurable] = []
    for (model, network) in zip(models, networks) {
      let encoding = model.encoding
      let encoded = encoding.encode(sequences, group: group, threads: threads)
      let strands = encoding.strands.read
      for (row, piece) in pieces.enumerated() {
        for member in 0..<group {
          let tokens = encoded.tokens[row * group * strands + member]
          if tokens.contains(SpecialToken.unknown) { notes[row].insert(.unknown) }
          if encoded.isCut[row * group + member] {
            guard reading.long != .refuse else {
              throw StageFailure(
                code: "too-long",
                "'\(piece.name)' is longer than the \(encoding.maximumLength) tokens that the model reads: "
                  + "'long' says what becomes of it")
            }
            notes[row].insert(.cut)
          }
        }
      }
      do {
        let outputs = try network.outputs(of: encoded.tokens)!
        predictions.append(
          model.predictions(outputs, lengths: (0..<encoded.tokens.count).map { encoded.tokens[$0].count }))
      } catch let error as ModelError { throw StageFailure(code: "not-finite", "\(error)") }
    }
    count += pieces.count
    for note in notes.joined() { noted[note, default: 0] += 1 }
    let table = table(predictions, sequences: pieces)
    return pieces.indices.map { row -> [String] in
      let piece = pieces[row]
      let place = reading.long == .windows ? [String(piece.range.lowerBound), String(piece.range.upperBound)] : []
      let found = Note.allCases.filter(notes[row].contains).map(\.rawValue).joined(separator: ";")
      return [piece.name] + place + table.rows[row] + [found]
    }
  }

  /// Sentences about rows that are to be doubted.
  package var warnings: [String] {
    let trained = models[0].document.trained
    let ensemble =
      models.count > 1 && models[0].document.threshold != nil
      ? ["classes are by the mean of the models' own thresholds; that of an 'ensemble' step is chosen anew"] : []
    return ensemble
      + Note.allCases.compactMap { note in
        noted[note].map { "\(Words.part($0, of: count, "rows")) \(note.sentence(trained, reading.long))" }
      }
  }

  private func notes(_ piece: Piece) -> [Note] {
    let trained = models[0].document.trained
    let known = Set(trained.letters.utf8)
    var notes: [Note] = []
    if piece.sequences.contains(where: {
      !(trained.shortest...max(trained.shortest, trained.longest)).contains($0.count)
    }) {
      notes.append(.length)
    }
    if piece.sequences.contains(where: { $0.contains { !known.contains($0) } }) { notes.append(.letters) }
    return notes
  }

  /// The columns behind the name, and their fields: those of a `PredictionTable` but for the labels; for two classes
  /// and sets probabilities; of more classes than a table has columns for the probability of that which is predicted;
  /// of several models the least and the largest probability, or value, of one of them.
  private func table(
    _ predictions: [any Measurable], sequences: [Piece]
  ) -> (header: [String], rows: [[String]]) {
    let members = predictions.isEmpty ? models.map { $0.predictions([], lengths: []) } : predictions
    let weights = members.map { _ in 1 / Double(members.count) }
    let threshold = models.reduce(0) { $0 + ($1.document.threshold ?? 0) } / Double(models.count)
    // Models of one task have a mean, unless they label letters.
    let mean = members.count == 1 ? members[0] : try! Ensemble.mean(members, weights: weights, threshold: threshold)
    let classes = models[0].document.classes
    let whole = PredictionTable(mean, classes: classes)
    let tables = members.map { PredictionTable($0, classes: classes) }
    let scores = models[0].kind == .value ? 1..<2 : 2..<whole.header.count
    let hasOdds = models[0].kind == .set || models[0].kind == .class && classes.count == 2
    // The name of the column states another sign where a class has that which parts sets, or letters.
    let sign = whole.header[0].split(separator: ":", maxSplits: 1).dropFirst().first.map { ":" + $0 } ?? ""
    var header = ["predicted" + sign] + whole.header.dropFirst(2)
    let names = scores.map { whole.header[$0].split(separator: ":", maxSplits: 1).last.map(String.init) ?? "" }
    if hasOdds { header += names.map { "probability:" + $0 } }
    if members.count > 1 {
      for name in names { header += models[0].kind == .value ? ["low", "high"] : ["low:" + name, "high:" + name] }
    }
    let isOfMany = models[0].kind == .class && scores.isEmpty
    if isOfMany { header += ["probability"] + (members.count > 1 ? ["low", "high"] : []) }
    let sure = isOfMany ? Self.probabilities(mean, members) : []
    let rows = whole.rows.indices.map { row in
      var fields = Array(whole.rows[row].dropFirst())
      if hasOdds { fields += scores.map { "\(Self.probability(Double(whole.rows[row][$0])!))" } }
      if members.count > 1 {
        for column in scores {
          let values = tables.map { Double($0.rows[row][column])! }.map { hasOdds ? Self.probability($0) : $0 }
          fields += ["\(values.min()!)", "\(values.max()!)"]
        }
      }
      return fields + sure.map { "\($0[row])" }
    }
    return (header, rows)
  }

  /// The probability of each row's predicted class, and of several models the least and the largest of one of them.
  private static func probabilities(_ mean: any Measurable, _ members: [any Measurable]) -> [[Double]] {
    guard let mean = mean as? Predictions else { return [] }
    let byMember = members.compactMap { ($0 as? Predictions)?.scores(of: mean.predicted) }
    let whole = mean.scores(of: mean.predicted)
    guard members.count > 1 else { return [whole] }
    return [
      whole, whole.indices.map { row in byMember.reduce(1) { min($0, $1[row]) } },
      whole.indices.map { row in byMember.reduce(0) { max($0, $1[row]) } },
    ]
  }

  /// 1 / (1 + e^-x).
  private static func probability(_ odds: Double) -> Double { 0.5 * (1 + tanh(0.5 * odds)) }
}

extension Predictor {
  /// Letters, or sequences, that are predicted together.
  private static let batch = (letters: 1 << 20, pieces: 8192)

  /// Predicts all sequences of a source, which are held a batch at a time, and hands rows over in order; false where
  /// `isCancelled`. Throws `StageFailure`.
  package func predict(
    _ source: SequenceSource, isCancelled: () -> Bool, _ body: (_ rows: [[String]], _ done: Int) throws -> Void
  ) throws -> Bool {
    guard source.reading.alphabet == alphabet else {
      throw StageFailure(
        code: "other-alphabet",
        "'\(source.name)' is of \(source.reading.alphabet.rawValue), the model of \(alphabet.rawValue)")
    }
    var (pieces, letters, done): ([Piece], Int, Int) = ([], 0, 0)
    var example: [SequenceRecord] = []
    func flush() throws {
      try body(rows(pieces), done)
      (pieces, letters) = ([], 0)
    }
    struct Cancelled: Error {}
    do {
      try source.forEach { record, _ in
        example.append(record)
        guard example.count == group else { return }
        done += 1
        try self.pieces(example) { piece in
          pieces.append(piece)
          letters += piece.sequences.reduce(0) { $0 + $1.count }
          guard letters >= Self.batch.letters || pieces.count >= Self.batch.pieces else { return }
          if isCancelled() { throw Cancelled() }
          try flush()
        }
        example = []
      }
    } catch is Cancelled { return false }
    guard example.isEmpty else {
      throw StageFailure(
        code: "odd-count", "the model reads pairs, which are two sequences one behind the other; there is an odd number"
      )
    }
    try flush()
    return true
  }
}
