import Randomness
import Tokens

/// Masked modelling (Devlin et al. 2019): a share of the tokens is chosen; of those 80 % become [MASK], 10 % a random
/// token, 10 % stay.
///
/// Overlapping k-mers tell each other's content, so `span` tokens in a row are chosen together (DNABERT, Ji et al.
/// 2021) and share one fate. Each position starts a span with the probability that makes the expected share `rate`.
package struct MaskedModelling: TokenPrediction, Hashable {
  package let rate: Double
  let maskShare: Double
  let randomShare: Double
  /// Tokens in a row: k for k-mers with a stride below k, else 1.
  package let span: Int

  package init(rate: Double = 0.15, maskShare: Double = 0.8, randomShare: Double = 0.1, span: Int = 1) {
    precondition(rate > 0 && rate < 1 && span > 0 && maskShare + randomShare <= 1, "masking \(rate), span \(span)")
    self.rate = rate
    self.maskShare = maskShare
    self.randomShare = randomShare
    self.span = span
  }

  package var isCausal: Bool { false }
  package var lead: Int { 0 }

  func task(_ batch: PackedTokens, in setting: ObjectiveSetting) -> PredictionTask {
    let random = Philox(seed: setting.seed, stream: .masking)
    return task(batch, step: setting.step, vocabulary: setting.vocabulary, random: random)
  }

  /// The probability q of starting a span: 1 - (1 - q)^span = rate, by bisection on products, so the same everywhere.
  private var startProbability: Double {
    var (low, high) = (0.0, rate)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      let kept = (0..<span).reduce(1.0) { product, _ in product * (1 - middle) }
      if 1 - kept < rate { low = middle } else { high = middle }
    }
    return span == 1 ? rate : high
  }

  /// Chooses and hides tokens of a batch. Draws are keyed by (step, example, position); held-out batches use negative
  /// steps. A batch in which nothing was chosen gets one position, so that every step has a loss.
  func task(_ batch: PackedTokens, step: Int, vocabulary: Int, random: Philox) -> PredictionTask {
    var ids = batch.ids
    var rows: [Int32] = []
    var targets: [Int32] = []
    let start = startProbability
    func hide(_ row: Int, _ fate: Double, _ word: UInt32) {
      rows.append(Int32(row))
      targets.append(batch.ids[row])
      if fate < maskShare {
        ids[row] = SpecialToken.mask
      } else if fate < maskShare + randomShare, vocabulary > Int(SpecialToken.count) {
        let real = UInt64(vocabulary - Int(SpecialToken.count))
        ids[row] = SpecialToken.count + Int32((UInt64(word) * real) >> 32)
      }
    }
    for example in 0..<batch.count {
      var (left, fate) = (0, 0.0)
      for row in batch.starts[example]..<batch.starts[example + 1] {
        let words = random.words(step, example, row - batch.starts[example])
        if Double(words[0]) * 0x1p-32 < start { (left, fate) = (span, Double(words[1]) * 0x1p-32) }
        if left > 0, batch.ids[row] >= SpecialToken.count { hide(row, fate, words[2]) }
        left -= 1
      }
    }
    if rows.isEmpty, let row = batch.ids.indices.first(where: { batch.ids[$0] >= SpecialToken.count }) {
      hide(row, 0, 0)
    }
    return PredictionTask(inputs: batch.replacing(ids: ids), rows: rows, targets: targets)
  }
}
