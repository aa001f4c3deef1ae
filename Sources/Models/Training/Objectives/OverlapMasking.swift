import Tokens

/// The choice of letters that overlapping k-mers hide, so that the expected share of hidden letters is a given one.
///
/// Letters are chosen independently, each with probability p = 1 - q. A k-mer is shown if it covers no chosen letter,
/// and a letter is hidden if no k-mer that covers it is shown. With stride s, c k-mers cover a letter, and one of them
/// is shown with probability q^k (1 + (c - 1)(1 - q^s)): the first of them is free of chosen letters, or a later one
/// is and the s letters before it are not. Over the N letters of T k-mers c is T k / N in the mean, hence
///
///     1 - q^k (1 + (T k / N - 1)(1 - q^s)) = rate,
///
/// which is 1 - q = rate for k = 1.
struct OverlapMasking {
  let overlap: KmerOverlap
  private let rate: Double
  /// By the number of k-mers in a row: p.
  private var probabilities: [Int: Double] = [:]

  init(_ overlap: KmerOverlap, rate: Double) {
    self.overlap = overlap
    self.rate = rate
  }

  /// p for T k-mers in a row, by bisection on products and sums, so with the same bits everywhere.
  mutating func probability(tokens: Int) -> Double {
    if let known = probabilities[tokens] { return known }
    let covering = Double(tokens * overlap.k) / Double(overlap.letters(of: tokens))
    func hidden(_ probability: Double) -> Double {
      let power = { (exponent: Int) in (0..<exponent).reduce(1.0) { product, _ in product * (1 - probability) } }
      return 1 - power(overlap.k) * (1 + (covering - 1) * (1 - power(overlap.stride)))
    }
    // A chosen letter is hidden, so p is at most the rate.
    var (low, high) = (0.0, rate)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if hidden(middle) < rate { low = middle } else { high = middle }
    }
    probabilities[tokens] = high
    return high
  }

  /// The maximal runs of k-mers that cover a chosen letter, ascending, each with the letters that it hides.
  mutating func runs(of piece: TokenPiece, _ isChosen: (_ letter: Int, _ rate: Double) -> Bool) -> [HiddenRun] {
    let probability = probability(tokens: piece.rows.count)
    var runs: [HiddenRun] = []
    var tokens = 0..<0
    for letter in 0..<piece.letters where isChosen(piece.start + letter, probability) {
      let touching = overlap.tokens(of: letter, in: piece.rows.count)
      if touching.lowerBound > tokens.upperBound {
        if !tokens.isEmpty { runs.append(run(tokens, of: piece)) }
        tokens = touching
      } else {
        tokens = (tokens.isEmpty ? touching.lowerBound : tokens.lowerBound)..<touching.upperBound
      }
    }
    if !tokens.isEmpty { runs.append(run(tokens, of: piece)) }
    return runs
  }

  /// The k-mers that cover the first letter of a piece; nil where it is none of k-mers.
  func first(of piece: TokenPiece) -> HiddenRun? {
    piece.isOfKmers ? run(overlap.tokens(of: 0, in: piece.rows.count), of: piece) : nil
  }

  /// Hidden are the letters between those of the last k-mer before the run and those of the first after it.
  private func run(_ tokens: Range<Int>, of piece: TokenPiece) -> HiddenRun {
    let first = tokens.lowerBound == 0 ? 0 : overlap.letters(of: tokens.lowerBound)
    let end = tokens.upperBound == piece.rows.count ? piece.letters : tokens.upperBound * overlap.stride
    let (row, start) = (piece.rows.lowerBound, piece.start)
    return HiddenRun(
      kmers: row + tokens.lowerBound..<row + tokens.upperBound, start: start + tokens.lowerBound * overlap.stride,
      hidden: start + first..<start + end)
  }
}

extension KmerOverlap {
  /// Puts random letters in place of those that a run hides, alike in all of its k-mers. `word` gives the uniform word
  /// of a letter.
  func replace(_ run: HiddenRun, in ids: inout [Int32], word: (_ letter: Int) -> UInt32) {
    for letter in run.hidden {
      let base = Int32((UInt64(word(letter)) * UInt64(bases)) >> 32)
      for token in tokens(of: letter - run.start, in: run.rows.count) {
        let row = run.rows.lowerBound + token
        ids[row] = replacing(letter - run.start - token * stride, of: ids[row], by: base)
      }
    }
  }
}
