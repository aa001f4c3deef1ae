package import Artifacts
package import Inputs
import Labelled
import ModelStages
import Networks
package import Sequences
import Tokenizers
import Tokens

/// Features that a network has for sequences, one row for each or one for each token.
package final class Embedder {
  private let body: TrainedBody
  private let threads: Int
  /// By token, that of the other strand, where the features of both stand side by side.
  private var complements: [Int32]?
  private(set) package var cut = 0

  /// - Parameter onBothStrands: features of the other strand stand beside those of the given one. Throws
  ///   `StageFailure` where the tokenizer has no token for the other strand of each.
  package init(_ body: TrainedBody, onBothStrands: Bool = false, threads: Int) throws {
    (self.body, self.threads) = (body, threads)
    if onBothStrands {
      do { complements = try body.encoding.tokenizer.exactComplements() } catch {
        throw StageFailure(code: "one-strand", "'strands: both' is not possible: \(error)")
      }
    }
  }

  package var alphabet: Alphabet { body.alphabet }
  /// Sequences of a row: 2 where a model reads pairs and features are pooled.
  package var group: Int { body.group }
  /// The network.
  package var model: EmbeddedBy { body.description }
  private var network: TaskNetwork { body.network }
  private var encoding: SequenceEncoding { body.encoding }

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
    try body.check(source)
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
