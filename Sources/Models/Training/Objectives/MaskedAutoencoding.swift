package import Networks
import Randomness
package import Tensors
package import Tokens

/// A masked autoencoder (He et al. 2022; BarcodeMAE, Safari et al. 2025): a share `rate` of the known tokens of each
/// sequence is hidden, the encoder sees the others alone, packed and each with its own place, and a decoder names the
/// hidden ones. The decoder belongs to the training and is not kept.
///
/// Blocks that know no places, as convolutions and recurrences, read the packed tokens as neighbours. With `isMasked`
/// the control of BarcodeMAE takes their place: tokens that are hidden become [MASK], and encoder and decoder read all.
///
/// round(rate n) of the n known tokens of a sequence are hidden, at least one and not all; a sequence of one known
/// token has none to hide, but where a whole batch has no other. Tokens that share letters would tell each other, so
/// tokens must not overlap.
package struct MaskedAutoencoding: Objective, Hashable {
  package let rate: Double
  package let decoder: DecoderForm
  package let isMasked: Bool
  package let letters: TokenLetters

  package init(
    rate: Double = 0.5, decoder: DecoderForm = .balanced, isMasked: Bool = false, letters: TokenLetters = .plain
  ) {
    precondition(rate > 0 && rate < 1 && letters.overlap == nil, "hiding \(rate) of the tokens")
    (self.rate, self.decoder, self.isMasked, self.letters) = (rate, decoder, isMasked, letters)
  }

  package var isCausal: Bool { false }
  package var lead: Int { 0 }
  package var head: PathHead { .decoded(decoder) }

  package func operations(_ lengths: [Int], of path: PathOperations) -> Double {
    let hidden = lengths.map { min(max(1, Int((rate * Double($0)).rounded())), max(0, $0 - 1)) }
    return path.forward(
      lengths, visible: isMasked ? nil : zip(lengths, hidden).map { $0 - $1 }, outputs: hidden.reduce(0, +))
  }

  package func loss(
    _ batch: PackedTokens, in setting: ObjectiveSetting
  ) throws -> (sum: LossSum, hidden: HiddenLetters?) {
    let task = task(batch, in: setting)
    if task.rows.isEmpty { throw ModelError.badInput("a batch without a token to predict") }
    return (loss(task, hiding: task.rows, in: setting, training: true), task.hidden)
  }

  package func measure(
    _ batch: EvaluationBatch, in setting: ObjectiveSetting
  ) throws -> (sum: LossSum, targets: [Int32])? {
    let all = task(batch.tokens, in: setting)
    let task = all.scored(after: batch.context, whole: batch.firstPieces)
    return task.rows.isEmpty ? nil : (loss(task, hiding: all.rows, in: setting, training: false), task.targets)
  }

  /// The tokens of a batch that are hidden. Draws are keyed by (step, example, place).
  func task(_ batch: PackedTokens, in setting: ObjectiveSetting) -> PredictionTask {
    let random = Philox(seed: setting.seed, stream: .masking)
    var (ids, rows, count) = (batch.ids, [Int32](), HiddenLetters())
    var first: Int?
    for example in 0..<batch.count {
      let start = batch.starts[example]
      let known = (start..<batch.starts[example + 1]).filter { letters.isKnown(batch.ids[$0]) }
      count.all += known.reduce(0) { $0 + letters.count(batch.ids[$1]) }
      first = first ?? known.first
      guard known.count > 1 else { continue }
      let wanted = min(max(1, Int((rate * Double(known.count)).rounded())), known.count - 1)
      let drawn = known.map { (random.words(setting.step, example, $0 - start)[0], $0) }.sorted { $0 < $1 }
      for row in drawn.prefix(wanted).map(\.1).sorted() {
        rows.append(Int32(row))
        ids[row] = SpecialToken.mask
        count.hidden += letters.count(batch.ids[row])
      }
    }
    if rows.isEmpty, let first {
      rows.append(Int32(first))
      ids[first] = SpecialToken.mask
      count.hidden += letters.count(batch.ids[first])
    }
    return PredictionTask(
      inputs: batch.replacing(ids: ids), rows: rows, targets: rows.map { batch.ids[Int($0)] }, hidden: count)
  }

  /// The mean loss over the tokens that are asked for, of those that are hidden, by shards.
  private func loss(
    _ task: PredictionTask, hiding hidden: [Int32], in setting: ObjectiveSetting, training: Bool
  ) -> LossSum {
    task.loss(in: setting, training: training) { ids, rows, asked, tape in
      setting.path.reconstruction(
        ids, visible: isMasked ? nil : Self.others(than: hidden[hidden.places(in: rows)], of: rows), asked: asked,
        on: tape)
    }
  }

  /// The rows of a range but for some, both ascending, numbered from its first.
  private static func others(than hidden: ArraySlice<Int32>, of rows: Range<Int>) -> [Int32] {
    var (result, next) = ([Int32](), hidden.startIndex)
    for row in rows {
      if next < hidden.endIndex, Int(hidden[next]) == row {
        next += 1
      } else {
        result.append(Int32(row - rows.lowerBound))
      }
    }
    return result
  }
}
