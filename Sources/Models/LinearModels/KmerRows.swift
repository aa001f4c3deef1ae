/// Rows of `KmerVectors`: of each sequence the longest k-mer that begins at each letter, and the longest word there. n
/// rows, f features, m outputs.
///
/// A k-mer stands for all that it begins with: in a table a weight is the sum of the weights of its prefixes, and,
/// where both strands count, of their complements. 100 letters are then 200 look-ups where they have 900 features.
package struct KmerRows: FeatureRows {
  let vectors: KmerVectors
  /// How much a word at its place counts.
  private let weight: Double
  /// Columns of k-mers, and of words, of all rows one after the other.
  private let kmers: [Int32]
  private let words: [Int32]
  /// (n + 1): where those of each row begin.
  private let kmerStarts: [Int]
  private let wordStarts: [Int]
  /// (n): 1 over the length of the vector of k-mers.
  private let scales: [Double]

  package var count: Int { scales.count }
  package var features: Int { vectors.count }
  package var entries: Int { vectors.count }

  /// Rows of parts, each of consecutive rows.
  init(_ vectors: KmerVectors, _ parts: [Part]) {
    self.vectors = vectors
    weight = 1
    // One more, so that there is a first one.
    kmers = parts.flatMap(\.kmers) + [0]
    words = parts.flatMap(\.words) + [0]
    kmerStarts = Self.starts(parts.flatMap(\.kmerCounts))
    wordStarts = Self.starts(parts.flatMap(\.wordCounts))
    scales = parts.flatMap(\.scales)
  }

  private init(_ rows: KmerRows, weight: Double) {
    vectors = rows.vectors
    self.weight = weight
    (kmers, words) = (rows.kmers, rows.words)
    (kmerStarts, wordStarts, scales) = (rows.kmerStarts, rows.wordStarts, rows.scales)
  }

  /// Some rows, before they are put together.
  struct Part {
    var kmers: [Int32] = []
    var words: [Int32] = []
    var kmerCounts: [Int] = []
    var wordCounts: [Int] = []
    var scales: [Double] = []
  }

  private static func starts(_ counts: [Int]) -> [Int] {
    var starts = [0]
    for count in counts { starts.append(starts.last! + count) }
    return starts
  }

  /// The rows, of which words at their places count `weight`.
  package func weighted(_ weight: Double) -> KmerRows { KmerRows(self, weight: weight) }

  package func fill(_ table: UnsafeMutablePointer<Double>, _ weights: UnsafePointer<Double>, outputs m: Int) {
    vectors.scale(weights, to: table, m)
    vectors.addKmerPrefixes(table, m, backwards: false)
    for i in (vectors.placed * m)..<(features * m) { table[i] = weight * weights[i] }
    if weight != 0 { vectors.addWordPrefixes(table, m, backwards: false) }
  }

  package func empty(
    _ table: UnsafeMutablePointer<Double>, into product: UnsafeMutablePointer<Double>, outputs m: Int
  ) {
    vectors.addKmerPrefixes(table, m, backwards: true)
    vectors.scaleBack(table, to: product, m)
    if weight != 0 { vectors.addWordPrefixes(table, m, backwards: true) }
    for i in (vectors.placed * m)..<(features * m) { product[i] = weight * table[i] }
  }

  package func multiply(
    _ rows: Range<Int>, _ table: UnsafePointer<Double>, outputs m: Int,
    addingTo products: UnsafeMutablePointer<Double>
  ) {
    withPointers { kmers, words in
      for row in rows {
        let scale = scales[row], z = products + row * m
        let own = kmers + kmerStarts[row], count = kmerStarts[row + 1] - kmerStarts[row]
        let placed = words + wordStarts[row], places = weight == 0 ? 0 : wordStarts[row + 1] - wordStarts[row]
        if m == 1 {
          z[0] += scale * Self.sum(own, count, table) + Self.sum(placed, places, table)
          continue
        }
        for i in 0..<count {
          let entry = table + Int(own[i]) * m
          for output in 0..<m { z[output] += scale * entry[output] }
        }
        for i in 0..<places {
          let entry = table + Int(placed[i]) * m
          for output in 0..<m { z[output] += entry[output] }
        }
      }
    }
  }

  /// The sum of some entries of a table, in four sums side by side.
  @inline(__always) private static func sum(
    _ places: UnsafePointer<Int32>, _ count: Int, _ table: UnsafePointer<Double>
  ) -> Double {
    var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
    var i = 0
    while i + 4 <= count {
      a += table[Int(places[i])]
      b += table[Int(places[i + 1])]
      c += table[Int(places[i + 2])]
      d += table[Int(places[i + 3])]
      i += 4
    }
    while i < count {
      a += table[Int(places[i])]
      i += 1
    }
    return (a + b) + (c + d)
  }

  package func transposed(
    _ rows: Range<Int>, _ numbers: UnsafePointer<Double>, outputs m: Int,
    addingTo table: UnsafeMutablePointer<Double>
  ) {
    withPointers { kmers, words in
      for row in rows {
        let scale = scales[row], r = numbers + row * m
        if m == 1 {
          let (scaled, own) = (scale * r[0], r[0])
          for i in kmerStarts[row]..<kmerStarts[row + 1] { table[Int(kmers[i])] += scaled }
          if weight == 0 { continue }
          for i in wordStarts[row]..<wordStarts[row + 1] { table[Int(words[i])] += own }
          continue
        }
        for i in kmerStarts[row]..<kmerStarts[row + 1] {
          let entry = table + Int(kmers[i]) * m
          for output in 0..<m { entry[output] += scale * r[output] }
        }
        if weight == 0 { continue }
        for i in wordStarts[row]..<wordStarts[row + 1] {
          let entry = table + Int(words[i]) * m
          for output in 0..<m { entry[output] += r[output] }
        }
      }
    }
  }

  /// 1 over the length of a row's vector of k-mers.
  func scale(of row: Int) -> Double { scales[row] }

  /// Calls `body` with the column of each k-mer of a row, of all lengths; that of the first of it and its complement.
  @inline(__always) func forEachKmer(of row: Int, _ body: (_ column: Int) -> Void) {
    vectors.forEachKmer(kmers[kmerStarts[row]..<kmerStarts[row + 1]], body)
  }

  private func withPointers(_ body: (_ kmers: UnsafePointer<Int32>, _ words: UnsafePointer<Int32>) -> Void) {
    kmers.withUnsafeBufferPointer { kmers in
      words.withUnsafeBufferPointer { words in body(kmers.baseAddress!, words.baseAddress!) }
    }
  }
}
