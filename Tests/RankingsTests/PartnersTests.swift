import Glibc
import TestSupport
import Testing

@testable import Rankings

/// Pairs of sequences, some of which are hard in every pair.
private struct PlantedPairs {
  let partners: Partners
  let predictions: Predictions

  /// A pair is right with the probability 1 / (1 + exp(-(1 + a + b))), a and b being normal effects of its sequences.
  init(sequences: Int, pairs: Int, seed: UInt64) {
    var random = RandomNumbers(seed: seed)
    let normal = { (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &random) } }
    let effects = (0..<sequences).map { _ in normal() }
    let chosen = (0..<pairs).map { _ in
      (Int.random(in: 0..<sequences, using: &random), Int.random(in: 0..<sequences, using: &random))
    }
    let labels = (0..<pairs).map { _ in Int.random(in: 0...1, using: &random) }
    let predicted = zip(labels, chosen).map { label, pair in
      let right = 1 / (1 + exp(-(1 + effects[pair.0] + effects[pair.1])))
      return Double.random(in: 0..<1, using: &random) < right ? label : 1 - label
    }
    partners = Partners(chosen.map { ("\($0.0)", "\($0.1)") })
    predictions = Predictions(labels: labels, predicted: predicted, classes: 2)
  }
}

private func covers(_ estimate: Estimate?, _ truth: Double) -> Bool {
  guard let low = estimate?.low, let high = estimate?.high else { return false }
  return (low...high).contains(truth)
}

@Test func `intervals over shared sequences hold the truth and those over pairs are too narrow`() {
  // Many pairs of as many new sequences have the accuracy of the plant.
  let all = PlantedPairs(sequences: 200_000, pairs: 100_000, seed: 1).predictions
  let truth = all.value(of: .accuracy)!
  var (bySequence, byPair) = (0, 0)
  for seed in 0..<200 {
    let plant = PlantedPairs(sequences: 60, pairs: 900, seed: UInt64(2 + seed))
    let shared = plant.predictions.metrics(plant.partners, resamples: 300)
    #expect(shared.sequences == 60)
    if covers(shared[.accuracy], truth) { bySequence += 1 }
    if covers(plant.predictions.metrics(resamples: 300)[.accuracy], truth) { byPair += 1 }
  }
  #expect(bySequence >= 180, "\(bySequence) of 200 over sequences")
  #expect(byPair < 150, "\(byPair) of 200 over pairs")
}

@Test func `a pair counts as often as both of its sequences were drawn`() {
  let partners = Partners([("a", "b"), ("b", "a"), ("c", "c"), ("a", "d")])
  #expect(partners.count == 4)
  #expect(partners.weights([2, 3, 4, 0]) == [6, 6, 4, 0])
  Bootstrap(rows: 4, partners: partners, resamples: 50).forEach { weights in
    #expect(weights[0] == weights[1])
    #expect(weights[2] <= 4)
  }
}

@Test func `pairs whose sequences occur once are resampled by them`() {
  let plant = PlantedPairs(sequences: 40, pairs: 500, seed: 3)
  let alone = Partners((0..<500).map { ("\($0) left", "\($0) right") })
  let (own, rows) = (plant.predictions.metrics(alone), plant.predictions.metrics())
  #expect(own[.mcc]?.value == rows[.mcc]?.value)
  // A pair is in a resample when both are: the interval is wider by about the root of three.
  let width = { (estimate: Estimate?) in (estimate?.high ?? .nan) - (estimate?.low ?? .nan) }
  #expect((1.5...2).contains(width(own[.mcc]) / width(rows[.mcc])))
}
