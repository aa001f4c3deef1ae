import Arithmetic
package import Sequences

/// How often each word of k letters occurs, read in one direction.
package struct KmerSpectrum: Sendable {
  package let k: Int
  private let codes: [Int]
  private let size: Int
  /// By word, in the order of the alphabet's bases.
  package private(set) var counts: [Int]

  package init(_ alphabet: Alphabet, k: Int) {
    (self.k, size) = (k, alphabet.bases.count)
    counts = [Int](repeating: 0, count: (0..<k).reduce(1) { count, _ in count * alphabet.bases.count })
    var codes = [Int](repeating: -1, count: 256)
    for (code, letter) in alphabet.bases.enumerated() { codes[Int(letter)] = code }
    self.codes = codes
  }

  /// Adds every word of a sequence whose letters are all known.
  package mutating func add(_ sequence: [UInt8]) {
    var (word, known) = (0, 0)
    for letter in sequence {
      let code = codes[Int(letter)]
      if code < 0 {
        known = 0
        continue
      }
      word = (word * size + code) % counts.count
      known += 1
      if known >= k { counts[word] += 1 }
    }
  }

  /// The Jensen-Shannon divergence of two distributions (Lin 1991) in bits, from 0 to 1; nil where one has no counts.
  package static func divergence(_ a: [Int], _ b: [Int]) -> Double? {
    let totals = (a.reduce(0, +), b.reduce(0, +))
    guard totals.0 > 0, totals.1 > 0 else { return nil }
    var sum = 0.0
    for (first, second) in zip(a, b) {
      let (p, q) = (Double(first) / Double(totals.0), Double(second) / Double(totals.1))
      let mean = (p + q) / 2
      if p > 0 { sum += p * Elementary.log(p / mean) / 2 }
      if q > 0 { sum += q * Elementary.log(q / mean) / 2 }
    }
    return max(0, sum) / 0.693_147_180_559_945_3
  }
}
