import Glibc
package import Sequences

/// Features of examples of one or two sequences for a linear model: tf-idf of k-mers, smooth and of length 1 as
/// scikit-learn's TfidfVectorizer has them, and words at their places. Both sequences of a pair have columns of their
/// own.
package struct KmerVectors: Sendable {
  /// The sequences of an example; the second is empty where it has one.
  package typealias Example = (first: [UInt8], second: [UInt8])

  private let kmers: KmerFeatures
  private let partners: Int
  /// By column of a k-mer: ln((1 + rows) / (1 + rows with it)) + 1; 0 for those that train does not have.
  private let inverse: [Float]

  /// Columns.
  package var count: Int { partners * kmers.columns }
  package var hasPlaces: Bool { kmers.words > 0 }
  /// The first column of a word at its place.
  private var placed: Int { partners * kmers.kmerColumns }

  /// The features whose weights follow from how many examples of `train` have which k-mer.
  package init(_ kmers: KmerFeatures, isPaired: Bool, train: [Example]) {
    self.kmers = kmers
    partners = isPaired ? 2 : 1
    var frequency = [Int](repeating: 0, count: partners * kmers.kmerColumns)
    for example in train { for column in Self.counts(example, kmers).keys { frequency[column] += 1 } }
    let rows = Double(train.count)
    inverse = frequency.map { $0 == 0 ? 0 : Float(log((1 + rows) / (1 + Double($0))) + 1) }
  }

  /// By column of a k-mer, of both partners: how often it occurs.
  private static func counts(_ example: Example, _ kmers: KmerFeatures) -> [Int: Int] {
    var counts: [Int: Int] = [:]
    kmers.forEachKmer(example.first) { counts[$0, default: 0] += 1 }
    kmers.forEachKmer(example.second) { counts[kmers.kmerColumns + $0, default: 0] += 1 }
    return counts
  }

  /// Rows of which words at their places count `weight`.
  package func weighted(_ rows: SparseRows, _ weight: Double) -> SparseRows {
    rows.scaled(from: placed, by: Float(weight))
  }

  /// The features of examples; a word at its place counts 1.
  package func rows(_ examples: [Example]) -> SparseRows {
    var rows = SparseRows(features: count)
    let perPartner = kmers.columns - kmers.kmerColumns
    for example in examples {
      var row = Self.counts(example, kmers).sorted { $0.key < $1.key }.compactMap { column, count in
        inverse[column] == 0 ? nil : (column: column, value: Float(count) * inverse[column])
      }
      let length = row.reduce(0) { $0 + $1.value * $1.value }.squareRoot()
      for i in row.indices { row[i].value /= length }
      for (partner, sequence) in [example.first, example.second].enumerated() {
        kmers.forEachWord(sequence) { row.append((placed + partner * perPartner + $0 - kmers.kmerColumns, 1)) }
      }
      rows.add(row)
    }
    return rows
  }
}
