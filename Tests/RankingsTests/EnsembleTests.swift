import Testing

@testable import Rankings

/// Means of what several models say.
@Suite struct EnsembleTests {
  @Test func `two classes have the mean log-odds and a threshold of their own`() throws {
    let labels = [0, 1, 1, 0]
    let members = [[-1.0, 0.5, 2, 0.25], [-3.0, 1.5, -1, 0.75]].map { odds in
      Predictions(labels: labels, predicted: odds.map { $0 > 0 ? 1 : 0 }, classes: 2, scores: [odds])
    }
    let mean = try #require(try Ensemble.mean(members, weights: [0.5, 0.5]) as? Predictions)
    #expect(mean.scores == [[-2, 1, 0.5, 0.5]] && mean.predicted == [0, 1, 1, 1])
    let weighted = try #require(try Ensemble.mean(members, weights: [0.75, 0.25], threshold: 1) as? Predictions)
    #expect(weighted.scores == [[-1.5, 0.75, 1.25, 0.375]] && weighted.predicted == [0, 0, 1, 0])
    let apart = [[5.0, 9, 10, 4], [7.0, 13, 12, 6]].map { odds in
      Predictions(labels: labels, predicted: [1, 1, 1, 1], classes: 2, scores: [odds])
    }
    let threshold = try Ensemble.threshold(apart, weights: [0.5, 0.5])
    #expect(6 < threshold && threshold < 11, "\(threshold)")
  }

  @Test func `classes have mean probabilities, sets mean logits, values mean values`() throws {
    let classes = [[[0.6, 0.2], [0.3, 0.1], [0.1, 0.7]], [[0.1, 0.1], [0.8, 0.6], [0.1, 0.3]]].map {
      Predictions(labels: [0, 2], predicted: [0, 2], classes: 3, scores: $0)
    }
    let mean = try #require(try Ensemble.mean(classes, weights: [0.5, 0.5]) as? Predictions)
    #expect(zip(mean.scores.joined(), [0.35, 0.15, 0.55, 0.35, 0.1, 0.5]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(mean.predicted == [1, 2])
    let sets = [[1.0, -1, 2, 2], [-3.0, 3, 0, -1]].map {
      SetPredictions(logits: $0, labels: [[0], [0, 1]], classes: 2)
    }
    let set = try #require(try Ensemble.mean(sets, weights: [0.5, 0.5]) as? SetPredictions)
    #expect(set.scores(0) == [-1, 1] && Array(set.scores(1)) == [1, 0.5])
    #expect(set.predicted(0) == [1] && set.predicted(1) == [0, 1] && set.members(1) == [0, 1])
    let values = [[1.0, 2], [3.0, 4]].map { Regression(predicted: $0, targets: [0, 1]) }
    let value = try #require(try Ensemble.mean(values, weights: [0.25, 0.75]) as? Regression)
    #expect(value.predicted == [2.5, 3.5] && value.targets == [0, 1])
  }

  @Test func `predictions without a mean are told`() {
    let plain = Predictions(labels: [0, 1], predicted: [0, 1], classes: 2)
    let letters = TokenPredictions(labels: [[0]], predicted: [[0]], classes: 2)
    let value = Regression(predicted: [1, 2], targets: [1, 2])
    let words = { (members: [any Measurable]) -> String in
      do throws(Ensemble.Fault) {
        _ = try Ensemble.mean(members, weights: members.map { _ in 1 / Double(members.count) })
        return ""
      } catch { return error.description }
    }
    #expect(words([plain, plain]).contains("has no scores"))
    #expect(words([letters, letters]).contains("have no mean"))
    #expect(words([plain, value]).contains("several kinds"))
  }
}
