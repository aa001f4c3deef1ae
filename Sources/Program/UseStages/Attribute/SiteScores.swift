import Inputs
import Rankings

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
        let measured = zip(rows, sites.rows).compactMap { row, all -> SiteRecovery? in
          let own = all.filter { motif == nil || $0.motif == motif }
          return SiteRecovery(row.lanes[lane], sites: own.map(\.range), others: all.map(\.range))
        }
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
}
