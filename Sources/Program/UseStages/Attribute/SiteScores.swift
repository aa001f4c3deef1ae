import Rankings
import Sequences

/// How well contributions tell the letters of known sites from others: by lane, of each motif and of all.
struct SiteScores: Codable {
  /// Measures of one motif, in one lane; means over rows that have it, with 95 % bootstrap intervals over these.
  struct Entry: Codable {
    let lane: String
    /// nil: all motifs together.
    let motif: String?
    let rows: Int
    /// The area under the ROC curve of a row's letters: those of the motif against those of no site.
    let auroc: Estimate
    /// The same of the means over the 5 letters around each, and of those of contributions without their sign: single
    /// letters of a site may be chance.
    let smoothAUROC: Estimate
    let sizeAUROC: Estimate
    let auprc: Estimate
    /// The share of letters that are of the motif, which is the AUPRC of chance.
    let share: Double
    /// The share of rows whose window with the largest sum has at least half of its letters in the motif; windows are
    /// as long as the motif, and lie in no other site.
    let hits: Estimate
    /// The share of windows that would be hits.
    let chance: Double

    enum CodingKeys: String, CodingKey {
      case lane, motif, rows, auroc, auprc, share, hits, chance
      case smoothAUROC = "smooth-auroc"
      case sizeAUROC = "size-auroc"
    }
  }

  let source: KnownSites.Source
  let entries: [Entry]

  init(_ rows: [ExplainedRow], _ sites: KnownSites, lanes: [String]) {
    source = sites.source
    let motifs: [String?] = (sites.motifs.count > 1 ? [nil] : []) + sites.motifs
    var entries: [Entry] = []
    for (lane, name) in lanes.enumerated() {
      for motif in motifs {
        let measured = zip(rows, sites.rows).compactMap { row, own in Self.measure(row.lanes[lane], own, motif) }
        let means = Bootstrap.means(of: [
          measured.map(\.auroc), measured.map(\.smooth), measured.map(\.sizes), measured.map(\.auprc),
          measured.map(\.hit),
        ])
        let mean = { (values: [Double]) in values.reduce(0, +) / Double(max(1, values.count)) }
        entries.append(
          Entry(
            lane: name, motif: motif, rows: measured.count, auroc: means[0], smoothAUROC: means[1],
            sizeAUROC: means[2], auprc: means[3],
            share: mean(measured.map(\.share)), hits: means[4], chance: mean(measured.map(\.chance))))
      }
    }
    self.entries = entries
  }

  private struct Measured {
    let auroc: Double?
    let smooth: Double?
    let sizes: Double?
    let auprc: Double?
    let share: Double
    let hit: Double?
    let chance: Double
  }

  /// The measures of a row; nil where it has no such site.
  private static func measure(_ scores: [Double], _ sites: [KnownSite], _ motif: String?) -> Measured? {
    let own = sites.filter { motif == nil || $0.motif == motif }
    guard !own.isEmpty else { return nil }
    let isOwn = { (place: Int) in own.contains { $0.range.contains(place) } }
    let isOther = { (place: Int) in !isOwn(place) && sites.contains { $0.range.contains(place) } }
    let places = scores.indices.filter { !isOther($0) }
    let positive = places.map(isOwn)
    let areas = { (scores: [Double]) in
      Ordering(places.map { scores[$0] }, positive: positive).areas(
        weights: [Int32](repeating: 1, count: places.count))
    }
    let byLetter = areas(scores)
    let length = own.map(\.range.count).max() ?? 1
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
    return Measured(
      auroc: byLetter.roc, smooth: areas(smoothed(scores)).roc, sizes: areas(smoothed(scores.map(abs))).roc,
      auprc: byLetter.precisionRecall,
      share: Double(positive.count(where: \.self)) / Double(places.count), hit: best.map { $0.isHit ? 1 : 0 },
      chance: Double(hits) / Double(max(1, count)))
  }

  /// Means over the 5 letters around each, at an end fewer.
  private static func smoothed(_ scores: [Double]) -> [Double] {
    scores.indices.map { place in
      let window = scores[max(0, place - 2)..<min(scores.count, place + 3)]
      return window.reduce(0, +) / Double(window.count)
    }
  }
}
