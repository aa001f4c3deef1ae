package import Artifacts
import Blocks
package import Inputs
import Labelled
import ModelStages
import Networks
package import Sequences
import Spaces
import Tokenizers
import Tokens

/// Features that a network has for sequences, one row for each or one for each token.
package final class Embedder {
  private let network: TaskNetwork
  private let encoding: SequenceEncoding
  private let threads: Int
  /// By token, that of the other strand, where the features of both stand side by side.
  private var complements: [Int32]?
  package let alphabet: Alphabet
  /// Sequences of a row: 2 where a model reads pairs and features are pooled.
  package let group: Int
  private(set) package var cut = 0
  /// The network.
  package let model: EmbeddedBy

  /// The features that a fine-tuned model's head reads, or those of its tokens. Throws `StageFailure`.
  package init(_ model: any InputArtifact, byToken: Bool, threads: Int) throws {
    let model = try TrainedModel(model)
    let encoding = model.encoding
    self.encoding =
      byToken
      ? SequenceEncoding(
        model.tokenizer, maximumLength: encoding.maximumLength, inMiddle: encoding.inMiddle, strands: .forward)
      : encoding
    network = try Self.network(
      model.architecture, byToken ? TaskHead(.tokens(2)) : model.head, model.weights,
      half: model.document.precision == "bf16", threads)
    (alphabet, self.threads) = (model.alphabet, threads)
    self.model = EmbeddedBy(architecture: model.architecture.text, parameters: network.bodyParameters)
    group = byToken || !model.document.isPaired ? 1 : 2
  }

  /// The features of pretrained weights. Throws `StageFailure`.
  /// - Parameter pooling: nil gives those of all tokens.
  package init(
    weights: any InputArtifact, tokenizer: any InputArtifact, architecture: any InputArtifact, alphabet: Alphabet,
    pooling: String?, maximumLength: Int, onBothStrands: Bool = false, threads: Int
  ) throws {
    let tokenizer = try TokenizerArtifact.read(tokenizer)
    let head = pooling.map { TaskHead(.value, pooling: Pooling(rawValue: $0) ?? .mean) } ?? TaskHead(.tokens(2))
    let architecture = try ArchitectureText.read(architecture)
    network = try Self.network(
      architecture, head, Checkpoint(weights, prefix: "weights/"), half: false, threads)
    encoding = SequenceEncoding(
      tokenizer, maximumLength: min(maximumLength, network.limit ?? .max), inMiddle: false, strands: .forward)
    (self.alphabet, self.threads, group) = (alphabet, threads, 1)
    model = EmbeddedBy(architecture: architecture.text, parameters: network.bodyParameters)
    guard tokenizer.vocabularySize == network.vocabulary else {
      throw StageFailure(
        code: "other-tokenizer",
        "the weights are of a vocabulary of \(network.vocabulary) tokens, the tokenizer has \(tokenizer.vocabularySize)"
      )
    }
    if onBothStrands {
      do { complements = try tokenizer.exactComplements() } catch {
        throw StageFailure(code: "one-strand", "'strands: both' is not possible: \(error)")
      }
    }
    guard tokenizer.reads(alphabet) else {
      throw StageFailure(
        code: "other-alphabet",
        "the tokenizer is of the alphabet \(tokenizer.alphabet.rawValue), the sequences of \(alphabet.rawValue)")
    }
  }

  private static func network(
    _ architecture: Architecture, _ head: TaskHead, _ weights: Checkpoint, half: Bool, _ threads: Int
  ) throws -> TaskNetwork {
    do {
      return try TaskNetwork(architecture, head: head, of: weights, givesOutputs: false, half: half, threads: threads)
    } catch let error as ModelError { throw StageFailure(code: "bad-model", "\(error)") } catch let error
      as BlockProblem
    { throw StageFailure(code: "bad-architecture", "\(error)") }
  }

  /// Numbers of a row.
  package var columns: Int { network.featureCount * (complements == nil ? 1 : 2) }

  /// Rows of so many sequences, and the features: row by row. Throws `StageFailure`.
  package func features(_ sequences: [[UInt8]]) throws -> (rows: [Int], values: [Float]) {
    if sequences.isEmpty { return ([], []) }
    let encoded = encoding.encode(sequences, group: group, threads: threads)
    cut += encoded.cut
    let values: [Float]
    do {
      let given = try network.features(of: encoded.tokens)!
      values = try complements.map { try besideOther(given, encoded.tokens, $0) } ?? given
    } catch let error as ModelError { throw StageFailure(code: "not-finite", "\(error)") }
    let rows =
      network.head.isOfTokens
      ? (0..<encoded.tokens.count).map { encoded.tokens[$0].count }
      : [Int](repeating: 1, count: sequences.count / group)
    return (rows, values)
  }

  /// Features with those of the other strand beside them, of each token those at the same letters. Those of the other
  /// strand's letters are the same numbers, with halves exchanged and tokens in reverse (the channels of Caduceus-PS,
  /// Schiff et al. 2024).
  private func besideOther(_ given: [Float], _ tokens: PackedTokens, _ complements: [Int32]) throws -> [Float] {
    var turned = PackedTokens()
    for sequence in 0..<tokens.count {
      turned.append(by: { ids in for id in tokens[sequence].reversed() { ids.append(complements[Int(id)]) } })
    }
    let (other, width) = (try network.features(of: turned)!, network.featureCount)
    let isOfTokens = network.head.isOfTokens
    var result: [Float] = []
    result.reserveCapacity(2 * given.count)
    for sequence in 0..<tokens.count {
      let rows = isOfTokens ? tokens.starts[sequence]..<tokens.starts[sequence + 1] : sequence..<sequence + 1
      for row in rows {
        let mirrored = rows.upperBound - 1 - (row - rows.lowerBound)
        result += given[row * width..<(row + 1) * width]
        result += other[mirrored * width..<(mirrored + 1) * width]
      }
    }
    return result
  }

  /// The number of rows that sequences give, without their features.
  package func count(_ sequences: [[UInt8]]) -> Int {
    guard network.head.isOfTokens else { return sequences.count / group }
    return encoding.encode(sequences, group: 1, threads: threads).tokens.ids.count
  }

  /// Letters that are embedded together.
  private static let batch = 1 << 18

  /// Writes the features of all sequences as a table of 32-bit floats in NumPy's format, and a TSV with the name, the
  /// first row and the number of rows of each, and its `SequenceName`. Of a task each sequence is taken once. Others
  /// are read twice: the table begins with its size. False where `isCancelled`. Throws `StageFailure`.
  package func embed(
    _ source: SequenceSource, features: any ByteWriter, names: any ByteWriter, isCancelled: () -> Bool,
    progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> Bool {
    guard source.reading.alphabet == alphabet else {
      throw StageFailure(
        code: "other-alphabet",
        "'\(source.name)' is of \(source.reading.alphabet.rawValue), the model of \(alphabet.rawValue)")
    }
    let ofTask = try source.artifact.reference.kind == .labelledSequences ? source.distinct(inPairs: group == 2) : nil
    var (rows, total) = (0, 0)
    try forEachBatch(source, ofTask, isCancelled) { batch in
      rows += count(batch.map(\.sequence))
      total += batch.count
    }
    try features.write(NumPyHeader.bytes(rows: rows, columns: columns))
    let table = DelimitedOutput(names, .tab, header: ["name", "row", "rows", "sequence"])
    var (first, done) = (0, 0)
    cut = 0
    let isComplete = try forEachBatch(source, ofTask, isCancelled) { batch in
      let found = try self.features(batch.map(\.sequence))
      try found.values.withUnsafeBytes { try features.write($0) }
      for (index, count) in found.rows.enumerated() {
        let own = batch[index * group..<(index + 1) * group]
        let name = own.map(\.name).joined(separator: "+")
        try table.add(
          [name, String(first), String(count), SequenceName.of(own.map(\.sequence))].map { Array($0.utf8) })
        first += count
      }
      done += batch.count
      progress(done, total)
    }
    guard isComplete else { return false }
    guard first == rows else {
      throw StageFailure(
        code: "changed-input",
        "'\(source.name)' is read twice and had other sequences the second time: is it a pipe, or written to?")
    }
    try features.close()
    try table.close()
    return true
  }

  @discardableResult
  private func forEachBatch(
    _ source: SequenceSource, _ ofTask: [SequenceRecord]?, _ isCancelled: () -> Bool,
    _ body: ([SequenceRecord]) throws -> Void
  ) throws -> Bool {
    struct Cancelled: Error {}
    var (batch, letters): ([SequenceRecord], Int) = ([], 0)
    func take(_ record: SequenceRecord) throws {
      batch.append(record)
      letters += record.sequence.count
      guard letters >= Self.batch, batch.count % group == 0 else { return }
      if isCancelled() { throw Cancelled() }
      try body(batch)
      (batch, letters) = ([], 0)
    }
    do {
      if let ofTask {
        for record in ofTask { try take(record) }
      } else {
        try source.forEach { record, _ in try take(record) }
      }
    } catch is Cancelled { return false }
    guard batch.count % group == 0 else {
      throw StageFailure(
        code: "odd-count", "the model reads pairs, which are two sequences one behind the other; there is an odd number"
      )
    }
    if !batch.isEmpty { try body(batch) }
    return true
  }
}
