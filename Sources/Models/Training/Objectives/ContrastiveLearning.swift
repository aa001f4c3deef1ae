import Losses
package import Networks
import Ops
import Randomness
package import Tensors
package import Tokens

/// Contrastive learning (SimCLR, Chen et al. 2020): two views of each sequence must be nearer to each other than to any
/// view of another sequence of the batch.
///
/// A view is a crop, read on a random strand where `complements` is given, of which some tokens are left out and some
/// replaced by random ones.
package struct ContrastiveLearning: Objective, Hashable {
  /// The divisor of similarities.
  package let temperature: Double
  /// The smallest part of a sequence that a crop keeps; its length is uniform between that and the whole.
  package let smallestCrop: Double
  /// Shares of a view's tokens that are left out, and that become a random token.
  package let dropout: Double
  package let substitution: Double
  /// Features of the space in which views are compared.
  package let projection: Int
  /// By token: the token of the reverse-complemented letters; nil: both views are of the strand as given.
  package let complements: [Int32]?

  package init(
    temperature: Double = 0.1, smallestCrop: Double = 0.5, dropout: Double = 0.1, substitution: Double = 0.05,
    projection: Int = 128, complements: [Int32]? = nil
  ) {
    precondition(temperature > 0 && smallestCrop > 0 && smallestCrop <= 1 && projection > 0, "contrast \(temperature)")
    precondition(dropout >= 0 && dropout < 1 && substitution >= 0 && dropout + substitution <= 1, "views \(dropout)")
    self.temperature = temperature
    self.smallestCrop = smallestCrop
    self.dropout = dropout
    self.substitution = substitution
    self.projection = projection
    self.complements = complements
  }

  package var isCausal: Bool { false }
  package var lead: Int { 0 }
  package var head: PathHead { .projection(projection) }

  package func operations(_ lengths: [Int], of path: PathOperations) -> Double {
    let views = lengths.flatMap { length -> [Int] in
      let kept = Double(length) * (1 + smallestCrop) / 2 * (1 - dropout)
      return [Int](repeating: max(1, Int(kept.rounded())), count: 2)
    }
    return path.forward(views, outputs: views.count)
  }

  package func loss(
    _ batch: PackedTokens, in setting: ObjectiveSetting
  ) throws -> (sum: LossSum, hidden: HiddenLetters?) {
    (loss(batch, in: setting, training: true), nil)
  }

  package func measure(
    _ batch: EvaluationBatch, in setting: ObjectiveSetting
  ) throws -> (sum: LossSum, targets: [Int32])? {
    (loss(batch.tokens, in: setting, training: false), [])
  }

  /// The mean loss of all views together.
  private func loss(_ batch: PackedTokens, in setting: ObjectiveSetting, training: Bool) -> LossSum {
    let views = views(
      batch, step: setting.step, vocabulary: setting.vocabulary, random: Philox(seed: setting.seed, stream: .views))
    return setting.shards.runTogether(
      views, training: training, { _, rows, tape in setting.path.projections(views.ids[rows], on: tape) },
      loss: { InfoNCE.loss($0, views: views.count, temperature: temperature) })
  }

  /// Both views of every sequence, those of sequence b at 2b and 2b + 1. Draws are keyed by (step, view, position).
  func views(_ batch: PackedTokens, step: Int, vocabulary: Int, random: Philox) -> PackedTokens {
    var views = PackedTokens()
    for view in 0..<2 * batch.count {
      views.append(self.view(batch[view / 2], number: view, step: step, vocabulary: vocabulary, random: random))
    }
    return views
  }

  private func view(_ tokens: ArraySlice<Int32>, number: Int, step: Int, vocabulary: Int, random: Philox) -> [Int32] {
    if tokens.isEmpty { return [] }
    let words = random.words(step, number, 0)
    let share = smallestCrop + (1 - smallestCrop) * Double(words[0]) * 0x1p-32
    let count = max(1, min(tokens.count, Int((Double(tokens.count) * share).rounded())))
    let first = tokens.startIndex + Int((UInt64(words[1]) * UInt64(tokens.count - count + 1)) >> 32)
    var crop = Array(tokens[first..<first + count])
    if let complements, words[2] >> 31 == 1 { crop = crop.reversed().map { complements[Int($0)] } }
    let real = UInt64(max(0, vocabulary - Int(SpecialToken.count)))
    var view: [Int32] = []
    for (position, token) in crop.enumerated() {
      let words = random.words(step, number, 1 + position)
      let fate = Double(words[0]) * 0x1p-32
      if fate < dropout { continue }
      let isReplaced = fate < dropout + substitution && real > 0
      view.append(isReplaced ? SpecialToken.count + Int32((UInt64(words[1]) * real) >> 32) : token)
    }
    return view.isEmpty ? [crop[0]] : view
  }
}
