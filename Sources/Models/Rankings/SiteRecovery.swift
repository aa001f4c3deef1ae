/// How well the scores of a sequence's letters tell those of some sites from others.
package struct SiteRecovery: Hashable, Sendable {
  /// Areas under the ROC curve of the letters of sites against those of none: of their scores, of the means over the 5
  /// letters around each, and of those of scores without their sign; nil where there is no other letter.
  package let auroc: Double?
  package let smooth: Double?
  package let sizes: Double?
  /// The average precision of scores, and the share of letters that are of sites, which is that of chance.
  package let auprc: Double?
  package let share: Double
  /// 1 where the window with the largest sum, as long as the longest site and without a letter of another, has at least
  /// half of its letters in sites, else 0; nil where there is no such window.
  package let hit: Double?
  /// The share of windows for which this would be 1.
  package let chance: Double

  /// nil without sites.
  /// - Parameter others: all known sites; letters of those that are not asked count neither way.
  package init?(_ scores: [Double], sites: [Range<Int>], others: [Range<Int>]) {
    guard !sites.isEmpty else { return nil }
    let isOwn = { (place: Int) in sites.contains { $0.contains(place) } }
    let isOther = { (place: Int) in !isOwn(place) && others.contains { $0.contains(place) } }
    let places = scores.indices.filter { !isOther($0) }
    let positive = places.map(isOwn)
    let areas = { (scores: [Double]) in
      Ordering(places.map { scores[$0] }, positive: positive).areas(
        weights: [Int32](repeating: 1, count: places.count))
    }
    let byLetter = areas(scores)
    let length = sites.map(\.count).max() ?? 1
    var (best, hits, count): ((sum: Double, isHit: Bool)?, Int, Int) = (nil, 0, 0)
    for start in 0..<max(0, scores.count - length + 1) {
      let window = start..<start + length
      if window.contains(where: isOther) { continue }
      let isHit = 2 * window.count(where: isOwn) >= length
      let sum = window.reduce(0) { $0 + scores[$1] }
      count += 1
      hits += isHit ? 1 : 0
      if sum > best?.sum ?? -.infinity { best = (sum, isHit) }
    }
    let smooth = { (scores: [Double]) in areas(Self.smoothed(scores)).roc }
    (auroc, self.smooth, sizes) = (byLetter.roc, smooth(scores), smooth(scores.map(abs)))
    auprc = byLetter.precisionRecall
    share = Double(positive.count(where: \.self)) / Double(places.count)
    hit = best.map { $0.isHit ? 1 : 0 }
    chance = Double(hits) / Double(max(1, count))
  }

  /// Means over the 5 letters around each, at an end fewer.
  private static func smoothed(_ scores: [Double]) -> [Double] {
    scores.indices.map { place in
      let window = scores[max(0, place - 2)..<min(scores.count, place + 3)]
      return window.reduce(0, +) / Double(window.count)
    }
  }
}
