import Randomness
package import Tokens

/// Masked modelling (Devlin et al. 2019): a share `rate` of the letters is chosen, and every token that covers one is
/// to be named. With the shares of `fates` such tokens become [MASK], become random ones, or stay.
///
/// Tokens that share no letter are chosen one by one, and each has a fate of its own. Overlapping k-mers tell each
/// other's letters: of them letters are chosen, and a maximal run of k-mers that touch a chosen letter (k of them for
/// one letter at a stride of 1, as DNABERT has it, Ji et al. 2021) shares one fate, so that no letter which a run hides
/// is shown. Letters between two chosen ones that no other k-mer shows are hidden too and count: see
/// `OverlapMasking`. A random run has random letters in place of all hidden ones, alike in all of its k-mers.
package struct MaskedModelling: TokenPrediction, Hashable {
  /// The shares of chosen letters whose tokens become [MASK], and random; the tokens of others stay.
  package struct Fates: Hashable, Sendable {
    package let mask: Double
    package let random: Double

    /// BERT's are 80 % and 10 %; MAE (He et al. 2022) and BarcodeBERT mask all.
    package init(mask: Double = 0.8, random: Double = 0.1) {
      precondition(mask >= 0 && random >= 0 && mask + random <= 1, "fates \(mask), \(random)")
      self.mask = mask
      self.random = random
    }
  }

  package let rate: Double
  package let fates: Fates
  package let letters: TokenLetters
  let complements: [Int32]?

  /// - Parameter complements: by token, that of the reverse-complemented letters; scores are then sums over both
  ///   strands, equal for either.
  package init(
    rate: Double = 0.15, fates: Fates = Fates(), letters: TokenLetters = .plain, complements: [Int32]? = nil
  ) {
    precondition(rate > 0 && rate < 1, "masking \(rate)")
    self.rate = rate
    self.fates = fates
    self.letters = letters
    self.complements = complements
  }

  package var isCausal: Bool { false }
  package var lead: Int { 0 }

  /// Tokens of an overlapping k-mer are asked for where any of its k letters is chosen.
  func asked(of length: Int) -> Double {
    guard let k = letters.overlap?.k else { return rate * Double(length) }
    return (1 - (0..<k).reduce(1) { kept, _ in kept * (1 - rate) }) * Double(length)
  }

  func task(_ batch: PackedTokens, in setting: ObjectiveSetting) -> PredictionTask {
    let random = Philox(seed: setting.seed, stream: .masking)
    return task(batch, step: setting.step, vocabulary: setting.vocabulary, random: random)
  }

  /// Chooses and hides letters of a batch. Draws are keyed by (step, example, letter); held-out batches use negative
  /// steps. A batch in which nothing was chosen gets one token, or the k-mers of one letter, so that every step has a
  /// loss.
  func task(_ batch: PackedTokens, step: Int, vocabulary: Int, random: Philox) -> PredictionTask {
    var ids = batch.ids
    var (rows, targets) = ([Int32](), [Int32]())
    var count = HiddenLetters()
    var masking = letters.overlap.map { OverlapMasking($0, rate: rate) }
    func hide(_ run: HiddenRun, fate: Double, words: (_ letter: Int) -> SIMD4<UInt32>) {
      rows += run.rows.map(Int32.init)
      targets += batch.ids[run.rows]
      if fate >= fates.mask + fates.random { return }
      count.hidden += run.hidden.count
      if fate < fates.mask {
        for row in run.rows { ids[row] = SpecialToken.mask }
      } else if run.isOfKmers, let masking {
        masking.overlap.replace(run, in: &ids) { words($0)[2] }
      } else if let token = letters.draw(words(run.start)[2], vocabulary: vocabulary) {
        ids[run.rows.lowerBound] = token
      }
    }
    var first: HiddenRun?
    for example in 0..<batch.count {
      let words = { (letter: Int) in random.words(step, example, letter) }
      for piece in pieces(batch, example) {
        count.all += piece.letters
        if first == nil { first = masking?.first(of: piece) ?? HiddenRun(token: piece) }
        let isChosen = { (letter: Int, rate: Double) in Double(words(letter)[0]) * 0x1p-32 < rate }
        let runs =
          piece.isOfKmers
          ? masking!.runs(of: piece, isChosen) : isChosen(piece.start, rate) ? [HiddenRun(token: piece)] : []
        for run in runs { hide(run, fate: Double(words(run.hidden.lowerBound)[1]) * 0x1p-32, words: words) }
      }
    }
    if rows.isEmpty, let first { hide(first, fate: 0) { random.words(step, 0, $0) } }
    return PredictionTask(inputs: batch.replacing(ids: ids), rows: rows, targets: targets, hidden: count)
  }

  /// A sequence as tokens that share no letter, and runs of overlapping k-mers without an unknown one among them.
  private func pieces(_ batch: PackedTokens, _ example: Int) -> [TokenPiece] {
    var pieces: [TokenPiece] = []
    var place = 0
    let end = batch.starts[example + 1]
    for row in batch.starts[example]..<end {
      let id = batch.ids[row]
      if letters.isKnown(id) {
        let isKmer = letters.overlap?.isKmer(id) == true
        if isKmer, let last = pieces.last, last.isOfKmers, last.rows.upperBound == row {
          pieces[pieces.count - 1].add(letters: place + letters.count(id))
        } else {
          pieces.append(TokenPiece(row: row, start: place, letters: letters.count(id), isOfKmers: isKmer))
        }
      }
      if row + 1 < end { place += letters.step(from: id, to: batch.ids[row + 1]) }
    }
    return pieces
  }
}
