import Glibc
import LinearModels
import Sequences
import System
import Testing

/// Rows of k-mers and words, whose products go through look-ups, against the matrix written out plainly.
@Suite struct KmerRowsTests {
  struct Case: CustomTestStringConvertible {
    let alphabet: Alphabet
    let lengths: ClosedRange<Int>
    let both: Bool
    let words: Int
    let places: Int
    let isPaired: Bool
    var testDescription: String { "\(alphabet) \(lengths) \(both) \(words) \(places) \(isPaired)" }
  }

  static let cases = [
    Case(alphabet: .dna, lengths: 2...4, both: true, words: 3, places: 12, isPaired: false),
    Case(alphabet: .dna, lengths: 1...2, both: true, words: 0, places: 9, isPaired: false),
    Case(alphabet: .dna, lengths: 3...3, both: false, words: 1, places: 30, isPaired: true),
    Case(alphabet: .protein, lengths: 1...2, both: false, words: 1, places: 7, isPaired: false),
    Case(alphabet: .protein, lengths: 1...1, both: false, words: 2, places: 3, isPaired: true),
  ]

  /// Sequences of 0 to 40 letters, of which one in 12 is no base.
  private static func examples(_ count: Int, _ test: Case, seed: UInt64) -> [KmerVectors.Example] {
    let noise = LinearModelTests.noise(count * 82, seed: seed)
    let bases = test.alphabet.bases
    func sequence(_ first: Int) -> [UInt8] {
      (0..<Int(20.5 * (noise[first] + 1))).map { place in
        let number = Int((noise[first + 1 + place] + 1) / 2 * 12 * Double(bases.count))
        return number % 12 == 0 ? test.alphabet.unknown : bases[number / 12]
      }
    }
    return (0..<count).map { (sequence(82 * $0), test.isPaired ? sequence(82 * $0 + 41) : []) }
  }

  /// Words of a length in the order of columns.
  private static func words(_ alphabet: Alphabet, _ length: Int) -> [[UInt8]] {
    (0..<length).reduce([[]]) { words, _ in words.flatMap { word in alphabet.bases.map { word + [$0] } } }
  }

  /// The features of examples as `KmerVectors` describes them: (n, f).
  private static func matrix(_ examples: [KmerVectors.Example], _ train: [KmerVectors.Example], _ test: Case)
    -> [[Double]]
  {
    let complements: [UInt8: UInt8] = [65: 84, 67: 71, 71: 67, 84: 65]
    let kmers = test.lengths.flatMap { words(test.alphabet, $0) }
    func counts(_ example: KmerVectors.Example) -> [Double] {
      (test.isPaired ? [example.first, example.second] : [example.first]).flatMap { sequence in
        let strands = test.both ? [sequence, sequence.reversed().map { complements[$0] ?? $0 }] : [sequence]
        return kmers.map { kmer in
          strands.reduce(0.0) { sum, strand in
            sum + Double(strand.indices.count { strand[$0...].starts(with: kmer) })
          }
        }
      }
    }
    let trained = train.map(counts)
    let inverse = trained[0].indices.map { column in
      let frequency = trained.count { $0[column] > 0 }
      return frequency == 0 ? 0 : log(Double(1 + train.count) / Double(1 + frequency)) + 1
    }
    let placed = (0..<(test.words + 1)).dropFirst().flatMap { words(test.alphabet, $0) }
    return examples.map { example in
      let values = zip(counts(example), inverse).map { $0 * $1 }
      let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let words = (test.isPaired ? [example.first, example.second] : [example.first]).flatMap { sequence in
        (0..<(test.words == 0 ? 0 : test.places)).flatMap { place in
          placed.map { place < sequence.count && sequence[place...].starts(with: $0) ? 1.0 : 0 }
        }
      }
      return values.map { length == 0 ? 0 : $0 / length } + words
    }
  }

  private static func vectors(_ test: Case, _ train: [KmerVectors.Example], _ workers: WorkerPool) -> KmerVectors {
    KmerVectors(
      KmerFeatures(
        test.alphabet, lengths: test.lengths, bothStrands: test.both, words: test.words, places: test.places),
      isPaired: test.isPaired, train: train, workers)
  }

  @Test(arguments: cases) func `inner products of the table are those of the vectors`(_ test: Case) {
    let (train, others) = (Self.examples(40, test, seed: 3), Self.examples(20, test, seed: 4))
    let vectors = Self.vectors(test, train, LinearModelTests.workers)
    let plain = [train, others].map { Self.matrix($0, train, test) }
    let tables = [train, others].map { KmerTable(vectors.rows($0, LinearModelTests.workers)) }
    #expect(tables[0].columns <= vectors.count && tables[0].columns == tables[1].columns)
    let rows = tables.map { table in
      [Float](unsafeUninitializedCapacity: table.count * table.columns) { room, count in
        table.write(0..<table.count, to: room.baseAddress!)
        count = table.count * table.columns
      }
    }
    let placed =
      test.words == 0
      ? 0
      : test.places * (test.isPaired ? 2 : 1)
        * (1...test.words).reduce(0) { $0 + Self.words(test.alphabet, $1).count }
    let f = tables[0].columns
    for a in train.indices {
      for b in others.indices {
        let expected = zip(plain[0][a], plain[1][b]).dropLast(placed).reduce(0) { $0 + $1.0 * $1.1 }
        let found = (0..<f).reduce(0.0) { $0 + Double(rows[0][a * f + $1]) * Double(rows[1][b * f + $1]) }
        #expect(abs(found - expected) < 1e-6)
      }
    }
  }

  @Test(arguments: cases, [1, 3]) func `products are those of the matrix and of its transpose`(_ test: Case, _ m: Int) {
    let (train, others) = (Self.examples(40, test, seed: 3), Self.examples(30, test, seed: 4))
    let vectors = Self.vectors(test, train, LinearModelTests.workers)
    let plain = Self.matrix(others, train, test)
    #expect(vectors.count == plain[0].count)
    for weight in [0, 0.3, 1] {
      let rows = vectors.rows(others, LinearModelTests.workers).weighted(weight)
      let first =
        vectors.count
        - (test.words == 0
          ? 0
          : test.places * (test.isPaired ? 2 : 1)
            * (1...test.words).reduce(0) { $0 + Self.words(test.alphabet, $1).count })
      let matrix = plain.map { row in row.indices.map { row[$0] * ($0 < first ? 1 : weight) } }
      let weights = LinearModelTests.noise(vectors.count * m, seed: 5)
      let numbers = LinearModelTests.noise(others.count * m, seed: 6)
      var table = [Double](repeating: 0, count: rows.entries * m), sums = table
      var products = [Double](repeating: 0, count: others.count * m), back = weights
      rows.fill(&table, weights, outputs: m)
      rows.multiply(0..<others.count, table, outputs: m, addingTo: &products)
      rows.transposed(0..<others.count, numbers, outputs: m, addingTo: &sums)
      rows.empty(&sums, into: &back, outputs: m)
      for output in 0..<m {
        for row in others.indices {
          let expected = matrix[row].indices.reduce(0.0) { $0 + matrix[row][$1] * weights[$1 * m + output] }
          #expect(abs(products[row * m + output] - expected) < 1e-12)
        }
        for column in 0..<vectors.count {
          let expected = others.indices.reduce(0.0) { $0 + matrix[$1][column] * numbers[$1 * m + output] }
          #expect(abs(back[column * m + output] - expected) < 1e-12)
        }
      }
    }
  }

  @Test func `a model does not depend on the number of threads`() throws {
    let test = Self.cases[0]
    let train = Self.examples(1500, test, seed: 8)
    let targets = train.map { $0.first.count % 2 == 0 ? 1.0 : 0 }
    let models = try [1, 2, 5].map { threads in
      let workers = WorkerPool(threads: threads)
      let rows = Self.vectors(test, train, workers).rows(train, workers).weighted(0.5)
      let start = LinearModel(features: rows.features, outputs: 1)
      return try #require(start.fitted(rows, targets, .sigmoid, strength: 1, workers)).weights
    }
    #expect(models[0] == models[1] && models[0] == models[2] && models[0].contains { $0 != 0 })
  }
}
