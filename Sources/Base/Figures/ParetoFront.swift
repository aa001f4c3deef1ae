/// The choices of which none has a better score at no higher cost.
package enum ParetoFront {
  /// Their places, by ascending cost. All equals in both are there; numbers that are none are nowhere.
  package static func places(costs: [Double], scores: [Double], higherIsBetter: Bool) -> [Int] {
    precondition(costs.count == scores.count, "\(costs.count) costs, \(scores.count) scores")
    let sign = higherIsBetter ? 1.0 : -1
    let order = costs.indices.filter { costs[$0].isFinite && scores[$0].isFinite }.sorted {
      (costs[$0], -sign * scores[$0], $0) < (costs[$1], -sign * scores[$1], $1)
    }
    var front: [Int] = []
    for place in order {
      guard let last = front.last else {
        front.append(place)
        continue
      }
      let isEqual = costs[place] == costs[last] && scores[place] == scores[last]
      if isEqual || sign * scores[place] > sign * scores[last] { front.append(place) }
    }
    return front
  }
}
