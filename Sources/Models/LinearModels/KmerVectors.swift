import Glibc
package import Sequences
package import System

/// Features of examples of one or two sequences for a linear model: tf-idf of k-mers, smooth and of length 1 as
/// scikit-learn's TfidfVectorizer has them, and words at their places. Both sequences of a pair have columns of their
/// own.
package struct KmerVectors: Sendable {
  /// The sequences of an example; the second is empty where it has one.
  package typealias Example = (first: [UInt8], second: [UInt8])

  /// Examples of a part, which one thread takes.
  private static let part = 512

  let kmers: KmerFeatures
  private let partners: Int
  /// By column of a k-mer: ln((1 + rows) / (1 + rows with it)) + 1; 0 for those that train does not have.
  private let inverse: [Double]
  /// By column of a k-mer: its reverse complement where both strands count, else none.
  private let complements: [Int]
  /// By column of a k-mer of the first partner: the first of it and its complement; that of its prefix, or -1.
  private let representatives: [Int32]
  private let parents: [Int32]
  private let kmerPrefixes: [(column: Int, prefix: Int)]
  private let wordPrefixes: [(column: Int, prefix: Int)]

  /// Columns.
  package var count: Int { partners * kmers.columns }
  package var hasPlaces: Bool { kmers.words > 0 }
  /// The first column of a word at its place.
  var placed: Int { partners * kmers.kmerColumns }

  /// The features whose weights follow from how many examples of `train` have which k-mer.
  package init(_ kmers: KmerFeatures, isPaired: Bool, train: [Example], _ workers: WorkerPool) {
    self.kmers = kmers
    partners = isPaired ? 2 : 1
    let complements = kmers.countsBothStrands ? kmers.complements : []
    self.complements = complements
    kmerPrefixes = kmers.kmerPrefixes
    wordPrefixes = kmers.wordPrefixes
    let representatives = (0..<kmers.kmerColumns).map { Int32(complements.isEmpty ? $0 : min($0, complements[$0])) }
    self.representatives = representatives
    var parents = [Int32](repeating: -1, count: kmers.kmerColumns)
    for (column, prefix) in kmerPrefixes { parents[column] = Int32(prefix) }
    let (known, parts) = (parents, partners)
    self.parents = known
    let (columns, size) = (partners * kmers.kmerColumns, (train.count + workers.threads - 1) / workers.threads)
    let counted = workers.map(workers.threads) { thread in
      var (frequency, own) = ([Int](repeating: 0, count: columns), [Int32]())
      var last = [Int](repeating: -1, count: columns)
      for row in min(thread * size, train.count)..<min((thread + 1) * size, train.count) {
        for (partner, sequence) in [train[row].first, train[row].second].prefix(parts).enumerated() {
          own.removeAll(keepingCapacity: true)
          kmers.appendLongestKmers(sequence, to: &own)
          Self.forEach(own, partner * kmers.kmerColumns, representatives, known) { column in
            if last[column] != row { frequency[column] += 1 }
            last[column] = row
          }
        }
      }
      return frequency
    }
    let rows = Double(train.count)
    inverse = (0..<columns).map { column in
      let own = column % kmers.kmerColumns
      let place = column - own + Int(representatives[own])
      let frequency = counted.reduce(0) { $0 + $1[place] }
      return frequency == 0 ? 0 : log((1 + rows) / (1 + Double(frequency))) + 1
    }
  }

  /// Calls `body` with the representative of each k-mer that begins one of `longest`, of a partner's columns.
  @inline(__always) private static func forEach(
    _ longest: some Sequence<Int32>, _ first: Int, _ representatives: [Int32], _ parents: [Int32],
    _ body: (Int) -> Void
  ) {
    for column in longest {
      var column = column
      while column >= 0 {
        body(first + Int(representatives[Int(column)]))
        column = parents[Int(column)]
      }
    }
  }

  /// The features of examples; a word at its place counts 1.
  package func rows(_ examples: [Example], _ workers: WorkerPool) -> KmerRows {
    let parts = (examples.count + Self.part - 1) / Self.part
    return KmerRows(
      self,
      workers.map(parts) { part in
        rows(examples[(part * Self.part)..<min((part + 1) * Self.part, examples.count)])
      })
  }

  private func rows(_ examples: ArraySlice<Example>) -> KmerRows.Part {
    var part = KmerRows.Part()
    var (counts, own) = ([Int](repeating: 0, count: inverse.count), [Int]())
    for example in examples {
      let (first, firstWord) = (part.kmers.count, part.words.count)
      own.removeAll(keepingCapacity: true)
      for (partner, sequence) in [example.first, example.second].prefix(partners).enumerated() {
        let (start, startWord) = (part.kmers.count, part.words.count)
        kmers.appendLongestKmers(sequence, to: &part.kmers)
        kmers.appendLongestWords(sequence, to: &part.words)
        let firstColumn = partner * kmers.kmerColumns
        Self.forEach(part.kmers[start...], firstColumn, representatives, parents) { column in
          if counts[column] == 0 { own.append(column) }
          counts[column] += 1
        }
        let firstPlaced = placed + partner * kmers.places * kmers.wordColumns
        for i in start..<part.kmers.count { part.kmers[i] += Int32(firstColumn) }
        for i in startWord..<part.words.count { part.words[i] += Int32(firstPlaced) }
      }
      part.kmerCounts.append(part.kmers.count - first)
      part.wordCounts.append(part.words.count - firstWord)
      var squares = 0.0
      for column in own {
        let kmer = column % kmers.kmerColumns
        let isOwnComplement = !complements.isEmpty && complements[kmer] == kmer
        // With both strands, a k-mer is counted with its complement, and one that is its own twice.
        let value = Double(counts[column]) * inverse[column] * (isOwnComplement ? 2 : 1)
        squares += value * value * (complements.isEmpty || isOwnComplement ? 1 : 2)
        counts[column] = 0
      }
      part.scales.append(squares > 0 ? 1 / squares.squareRoot() : 0)
    }
    return part
  }

  /// Calls `body` with the representative of each k-mer that begins one of `longest`, columns of all partners.
  @inline(__always) func forEachKmer(_ longest: ArraySlice<Int32>, _ body: (Int) -> Void) {
    for column in longest {
      let own = Int(column) % kmers.kmerColumns
      Self.forEach(CollectionOfOne(Int32(own)), Int(column) - own, representatives, parents, body)
    }
  }

  /// The columns of k-mers that train has, one for a k-mer and its complement: by column its place among them, or -1;
  /// and by place the number that one such k-mer adds to a vector before it has length 1.
  var table: (places: [Int32], factors: [Double]) {
    var places = [Int32](repeating: -1, count: placed)
    var factors: [Double] = []
    for column in 0..<placed where inverse[column] > 0 {
      let own = column % kmers.kmerColumns
      guard Int(representatives[own]) == own else { continue }
      places[column] = Int32(factors.count)
      let isAlone = complements.isEmpty || complements[own] == own
      factors.append(inverse[column] * (complements.isEmpty ? 1 : isAlone ? 2 : 2.0.squareRoot()))
    }
    return (places, factors)
  }

  /// The table of k-mers without prefixes: each weight by how rare its k-mer is, with that of its complement.
  func scale(
    _ weights: UnsafePointer<Double>, to table: UnsafeMutablePointer<Double>, _ m: Int
  ) {
    for first in stride(from: 0, to: placed, by: kmers.kmerColumns) {
      for column in 0..<kmers.kmerColumns {
        let place = (first + column) * m
        for output in 0..<m { table[place + output] = inverse[first + column] * weights[place + output] }
        if complements.isEmpty { continue }
        let other = first + complements[column]
        for output in 0..<m { table[place + output] += inverse[other] * weights[other * m + output] }
      }
    }
  }

  /// X^T R of k-mers, from the table with its sums along prefixes: the transpose of `scale`.
  func scaleBack(
    _ table: UnsafePointer<Double>, to product: UnsafeMutablePointer<Double>, _ m: Int
  ) {
    for first in stride(from: 0, to: placed, by: kmers.kmerColumns) {
      for column in 0..<kmers.kmerColumns {
        let place = (first + column) * m, factor = inverse[first + column]
        let other = complements.isEmpty ? 0 : (first + complements[column]) * m
        for output in 0..<m {
          let sum = table[place + output] + (complements.isEmpty ? 0 : table[other + output])
          product[place + output] = factor * sum
        }
      }
    }
  }

  /// Adds to each k-mer of a table its prefixes; backwards, to each prefix all that begin with it.
  func addKmerPrefixes(_ table: UnsafeMutablePointer<Double>, _ m: Int, backwards: Bool) {
    for first in stride(from: 0, to: placed, by: kmers.kmerColumns) {
      Self.add(kmerPrefixes, table + first * m, m, backwards)
    }
  }

  /// Adds to each word of a table its prefixes at its place; backwards, to each prefix all that begin with it.
  func addWordPrefixes(_ table: UnsafeMutablePointer<Double>, _ m: Int, backwards: Bool) {
    for first in stride(from: placed, to: count, by: max(1, kmers.wordColumns)) {
      Self.add(wordPrefixes, table + first * m, m, backwards)
    }
  }

  private static func add(
    _ prefixes: [(column: Int, prefix: Int)], _ table: UnsafeMutablePointer<Double>, _ m: Int, _ backwards: Bool
  ) {
    for i in prefixes.indices {
      let (column, prefix) = prefixes[backwards ? prefixes.count - 1 - i : i]
      let (to, from) = backwards ? (prefix, column) : (column, prefix)
      for output in 0..<m { table[to * m + output] += table[from * m + output] }
    }
  }
}
