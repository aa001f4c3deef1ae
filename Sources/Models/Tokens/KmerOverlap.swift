/// k-mers whose neighbours share letters: token i of a run of them covers letters i * stride ..< i * stride + k, and
/// its id tells its letters, each a number below `bases`: id = 5 + sum over j of letter j * bases^(k - 1 - j).
package struct KmerOverlap: Hashable, Sendable {
  package let k: Int
  package let stride: Int
  /// Letters that there are: 4 of DNA, 20 of proteins.
  package let bases: Int
  /// By place in a k-mer: bases^(k - 1 - place).
  private let weights: [Int32]

  /// Requires a stride below k.
  package init(k: Int, stride: Int, bases: Int) {
    precondition(stride > 0 && stride < k && bases > 1, "k-mers of \(k), stride \(stride), \(bases) letters")
    self.k = k
    self.stride = stride
    self.bases = bases
    weights = (0..<k).map { place in (place + 1..<k).reduce(Int32(1)) { product, _ in product * Int32(bases) } }
  }

  /// Whether an id is of k letters; single letters at an end follow those ids.
  package func isKmer(_ id: Int32) -> Bool {
    id >= SpecialToken.count && id < SpecialToken.count + weights[0] * Int32(bases)
  }

  /// The letters of T k-mers in a row.
  package func letters(of tokens: Int) -> Int { (tokens - 1) * stride + k }

  /// The k-mers, of T in a row, that cover a letter of theirs.
  package func tokens(of letter: Int, in count: Int) -> Range<Int> {
    let first = letter < k ? 0 : (letter - k) / stride + 1
    return first..<min(count, letter / stride + 1)
  }

  /// A k-mer with another letter at a place.
  package func replacing(_ place: Int, of id: Int32, by letter: Int32) -> Int32 {
    let old = (id - SpecialToken.count) / weights[place] % Int32(bases)
    return id + (letter - old) * weights[place]
  }
}
