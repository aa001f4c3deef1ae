import Artifacts
import Inputs
import Labelled
import Sequences
import Spaces
import Wording

/// Explained rows as the artifacts of the stage.
struct Attributed {
  private let rows: [ExplainedRow]
  private let null: [ExplainedRow]
  private let asked: AskedRows
  private let attributor: Attributor
  private let context: StageContext

  /// - Parameter null: the rows shuffled; empty for none.
  init(
    _ rows: [ExplainedRow], null: [ExplainedRow], _ asked: AskedRows, _ attributor: Attributor, _ context: StageContext
  ) {
    (self.rows, self.null, self.asked, self.attributor, self.context) = (rows, null, asked, attributor, context)
  }

  private var upstream: Int? {
    let stated = context[AttributeStage.upstream]
    return stated < 0 ? nil : stated
  }

  /// Writes all outputs. Throws `StageFailure`, and `Interrupted`.
  func write() throws {
    let lanes = attributor.lanes
    let sites = try sites()
    var pairs: [PairEffect] = []
    if let sites {
      let found = try PairEffect.all(
        rows, sites, attributor, seed: context[.seed], isCancelled: context.isInterrupted)
      guard let found else { throw Interrupted() }
      pairs = found
    }
    let completeness = AttributionDocument.Completeness(rows)
    if let completeness, attributor.method == .integrated, let worst = completeness.meanErrors.max(),
      worst > 0.05 * completeness.meanDifference
    {
      context.report(
        .warning(
          "contributions miss the difference of outputs by \(Words.short(worst)) of "
            + "\(Words.short(completeness.meanDifference)) in the mean: more 'steps' come nearer"))
    }
    let document = AttributionDocument(
      architecture: attributor.model.architecture.text, method: attributor.method.rawValue,
      baseline: completeness.map { _ in context[AttributeStage.baseline] },
      steps: attributor.method == .integrated ? context[AttributeStage.steps] : nil, output: asked.output,
      split: context[AttributeStage.split], rows: rows.count, rowsNotAsked: asked.notAsked,
      meanOutput: rows.reduce(0) { $0 + $1.output } / Double(rows.count), upstream: upstream, lanes: lanes,
      tracks: tracks(lanes), completeness: completeness, sites: sites.map { SiteScores(rows, $0, lanes: lanes) },
      pairs: pairs)
    try context.outputs.write("attribution", "", JSONArtifact.encode(document))
    try writeScores(lanes)
    try context.outputs.write("motifs", "", Array(motifs().utf8))
  }

  private func sites() throws -> KnownSites? {
    let planted = try KnownSites(
      planted: context.input("task"), split: context[AttributeStage.split],
      rows.map { ($0.row.index, $0.row.sequence) })
    let sites = planted ?? upstream.map { KnownSites(upstream: $0, rows.map(\.row.sequence)) }
    guard let sites, !sites.motifs.isEmpty else { return nil }
    return sites
  }

  private func tracks(_ lanes: [String]) -> AttributionDocument.Tracks? {
    let isAligned = upstream != nil || Set(rows.map(\.row.sequence.count)).count == 1
    guard isAligned else {
      context.report(
        .warning(
          "rows have several lengths, and 'upstream' states no site at which they are aligned: no means by place")
      )
      return nil
    }
    return AttributionDocument.Tracks(
      rows, null: null, lanes: lanes, upstream: upstream, letters: attributor.model.alphabet.bases)
  }

  private func writeScores(_ lanes: [String]) throws {
    let bases = attributor.model.alphabet.bases
    let isMutated = attributor.method == .mutagenesis
    let deltas = isMutated ? bases.map { "delta:" + String(decoding: [$0], as: UTF8.self) } : []
    let table = DelimitedOutput(
      try context.outputs.create("scores", ""), .tab, header: ["row", "label", "place", "letter"] + lanes + deltas)
    for row in rows {
      for (place, letter) in row.row.sequence.enumerated() {
        let numbers = row.lanes.map { $0[place] } + (isMutated ? row.deltas[place] : [])
        let fields = ["\(row.row.index)", row.row.label, "\(place)", String(decoding: [letter], as: UTF8.self)]
        try table.add((fields + numbers.map { "\(Float($0))" }).map { Array($0.utf8) })
      }
    }
    try table.close()
  }

  /// Windows of a row of which matrices are made.
  private static let windows = 3

  /// Matrices of the best windows in the first lane: those above 99 % of all windows of shuffled rows.
  private func motifs() -> String {
    let (length, count) = (context[AttributeStage.motifLength], context[AttributeStage.motifs])
    let best = { (row: ExplainedRow, number: Int, most: Int, least: Double) in
      MotifSearch.best(row.lanes[0], sequence: number, length: length, count: most, above: least)
    }
    let nulls = null.flatMap { MotifSearch.windows($0.lanes[0], sequence: 0, length: length).map(\.score) }.sorted()
    let least = nulls.isEmpty ? 0 : max(0, nulls[nulls.count * 99 / 100])
    let windows = rows.enumerated().flatMap { best($1, $0, Self.windows, least) }
    let search = MotifSearch(rows.map(\.row.sequence), letters: attributor.model.alphabet.bases, length: length)
    let found = count == 0 ? [] : search.motifs(windows, count: count)
    return found.enumerated().map { $1.matrix.jaspar("motif\($0 + 1)", text(of: $1)) }.joined(separator: "\n")
  }

  /// The consensus of a motif, how often it was found, and where.
  private func text(of motif: MotifSearch.Found) -> String {
    let starts = motif.windows.map { window -> Double in
      let start = window.start - (upstream ?? 0)
      return Double(upstream == nil || start >= 0 ? start + 1 : start)
    }
    let mean = starts.reduce(0, +) / Double(starts.count)
    let spread = (starts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(starts.count)).squareRoot()
    let found = Words.count(motif.windows.count, "site")
    let rows = Words.count(Set(motif.windows.map(\.sequence)).count, "row")
    let bits = Words.fixed(motif.matrix.information, 1)
    return "\(motif.matrix.consensus), \(found) in \(rows), \(bits) bits, starting at \(Words.fixed(mean, 1)) "
      + "(standard deviation \(Words.fixed(spread, 1)))"
  }
}
