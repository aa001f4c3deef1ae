package import Sequences
package import System

/// Tells classes of sequences apart by their k-mers: softmax regression on the counts of all k-mers of 1 to k letters,
/// of DNA on both strands, with an L2 penalty of strength C = 1.
package struct KmerClassifier: Sendable {
  private let vectors: KmerVectors
  private let form: LinearForm
  private let model: LinearModel
  private let workers: WorkerPool

  /// The classifier of training sequences, by class, of which there are two or more with one or more sequences each;
  /// nil when `isCancelled` says so.
  package init?(
    _ train: [[[UInt8]]], k: Int, _ alphabet: Alphabet, _ workers: WorkerPool, isCancelled: () -> Bool
  ) {
    precondition(train.count > 1 && train.allSatisfy { !$0.isEmpty }, "\(train.count) classes")
    let examples = train.joined().map { (first: $0, second: [UInt8]()) }
    let classes = train.enumerated().flatMap { number, own in own.map { _ in number } }
    let features = KmerFeatures(alphabet, lengths: 1...k, bothStrands: alphabet == .dna, words: 0, places: 0)
    vectors = KmerVectors(features, isPaired: false, train: examples, workers)
    form = .classes(train.count)
    self.workers = workers
    let start = LinearModel(features: vectors.count, outputs: form.outputs)
    guard
      let model = start.fitted(
        vectors.rows(examples, workers), form.targets(classes), form.loss, strength: 1, workers,
        isCancelled: isCancelled)
    else { return nil }
    self.model = model
  }

  /// How many of the sequences are called each class.
  package func counts(of sequences: [[UInt8]]) -> [Int] {
    let classes = if case .classes(let count) = form { count } else { 0 }
    var counts = [Int](repeating: 0, count: classes)
    if sequences.isEmpty { return counts }
    let rows = vectors.rows(sequences.map { ($0, []) }, workers)
    let logits = form.logits(model.evaluate(rows, workers))
    for row in sequences.indices {
      let own = logits[row * classes..<(row + 1) * classes]
      counts[own.indices.max { (own[$0], $1) < (own[$1], $0) }! - own.startIndex] += 1
    }
    return counts
  }
}
