import Artifacts
import Inputs
import LinearModels
import SequenceProfiles
import Sequences
import System
import Variants

/// Numbers of names that no model of sequences made, beside which its scores are held.
struct Confounders {
  /// Folds of the regression on codons.
  static let folds = 5
  /// Its inverse penalty, as scikit-learn's C.
  static let strength = 0.1

  /// By confounder, by row; nil where it cannot be computed.
  private(set) var values: [(name: String, values: [Double?])] = []

  /// - Parameters:
  ///   - names: of rows.
  ///   - sequences: by name: letters of a gene, or of a whole record.
  ///   - areGenes: whether sequences are read in codons.
  ///   - alphabet: letters of the sequences.
  init(
    _ names: [String], labels: [Double], isBinary: Bool, sequences: [String: [UInt8]], areGenes: Bool,
    _ alphabet: Alphabet, threads: Int
  ) {
    let letters = names.map { sequences[$0] }
    if !sequences.isEmpty {
      values.append(("length", letters.map { $0.map { Double($0.count) } }))
      if alphabet == .dna { values.append(("gc", letters.map { $0.flatMap(Self.gc) })) }
    }
    if areGenes, alphabet == .dna {
      let usage = letters.map { $0.map(CodonUsage.init).flatMap { $0.count > 0 ? $0 : nil } }
      values.append(("codon-usage", Self.outOfFold(usage, names, labels, isBinary: isBinary, threads: threads)))
    }
    let blosum = names.map { Blosum62.score(of: $0).map(Double.init) }
    // A name of a gene may look like a substitution: most names have to.
    if 2 * blosum.count(where: { $0 != nil }) > names.count { values.append(("blosum62", blosum)) }
  }

  /// The share of G and C among A, C, G and T.
  private static func gc(_ letters: [UInt8]) -> Double? {
    let strong = letters.count { $0 == UInt8(ascii: "G") || $0 == UInt8(ascii: "C") }
    let weak = letters.count { $0 == UInt8(ascii: "A") || $0 == UInt8(ascii: "T") }
    return strong + weak > 0 ? Double(strong) / Double(strong + weak) : nil
  }

  /// By row, what a regression on the shares of codons (logistic of classes, ridge of numbers) foresees that was fitted
  /// to the rows of the other folds. A row's fold is the hash of its name.
  private static func outOfFold(
    _ usage: [CodonUsage?], _ names: [String], _ labels: [Double], isBinary: Bool, threads: Int
  ) -> [Double?] {
    var result = [Double?](repeating: nil, count: names.count)
    let folds = names.map { Int(HoldOut.hash($0.utf8) % UInt64(Self.folds)) }
    let workers = WorkerPool(threads: threads)
    for fold in 0..<Self.folds {
      let held = names.indices.filter { folds[$0] == fold && usage[$0] != nil }
      let train = names.indices.filter { folds[$0] != fold && usage[$0] != nil }
      guard !held.isEmpty, Set(train.map { labels[$0] }).count > 1 else { continue }
      var (rows, others) = (Self.rows(train, usage), Self.rows(held, usage))
      var outputs: [Double] = []
      _ = StandardizedModel(
        &rows, features: 64, train.map { labels[$0] }, isBinary ? .classes(2) : .value, holdOut: &others,
        strengths: [strength], workers, isCancelled: { false }
      ) { found, _ in
        outputs = found
        return 0
      }
      for (row, value) in zip(held, outputs) { result[row] = value }
    }
    return result
  }

  private static func rows(_ chosen: [Int], _ usage: [CodonUsage?]) -> [Float] {
    chosen.flatMap { usage[$0]!.shares.map(Float.init) }
  }
}
