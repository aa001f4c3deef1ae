package import Artifacts
package import DataStages
import Figures
import Inputs
import JSON
import Rankings
import Sequences
import Tables
import Wording

extension ArtifactView {
  /// Positions of a logo of contributions: those around the largest are shown of more.
  private static let logoPositions = 120

  /// The contributions of letters, by place and layer, and how they agree with known sites.
  package static func attribution(_ artifact: any InputArtifact) throws -> ArtifactView {
    let bytes = try artifact.bytes()
    let document = try JSONArtifact.decode(AttributionDocument.self, bytes)
    let against = document.baseline.map { ", against the baseline '\($0)'" } ?? ""
    let (rows, mean) = (Words.count(document.rows, "row"), Words.fixed(document.meanOutput, 2))
    var lines = [
      "\(document.architecture): \(document.method) of \(document.output)\(against), \(rows) of \(document.split), "
        + "mean output \(mean)"
    ]
    if let completeness = document.completeness, document.steps != nil {
      let worst = completeness.meanErrors.max() ?? 0
      lines.append(
        "contributions add up to the outputs' difference to the baseline, in the mean "
          + "\(Words.short(completeness.meanDifference)), within \(Words.short(worst))")
    }
    if let sites = document.sites {
      lines.append(
        sites.source == .planted
          ? "held against planted sites, by row:"
          : "held against the places where core promoters have TATA, Inr and DPE, by row:")
    }
    return ArtifactView(
      lines: lines, tables: tables(document), pictures: document.tracks.map { pictures(document, $0) } ?? [],
      json: try JSONArtifact.parse(bytes))
  }

  private static func cell(_ estimate: Estimate, _ digits: Int = 3) -> TableCell {
    .estimate(estimate.value, estimate.low, estimate.high, digits)
  }

  private static func tables(_ document: AttributionDocument) -> [Table] {
    var tables: [Table] = []
    if let sites = document.sites {
      tables.append(
        Table(
          ["at", "motif", "rows", "AUROC", "of 5 letters", "of sizes", "AUPRC", "chance", "hits", "chance"],
          numeric: Set(2..<10), keys: 2, named: [7: "AUPRC chance", 9: "hits chance"],
          cells: sites.entries.map { entry in
            [
              .text(entry.lane), .text(entry.motif ?? "all"), TableCell("\(entry.rows)", .count(entry.rows)),
              cell(entry.auroc), cell(entry.smoothAUROC), cell(entry.sizeAUROC), cell(entry.auprc),
              .number(entry.share), cell(entry.hits), .number(entry.chance),
            ]
          }))
    }
    if !document.pairs.isEmpty {
      tables.append(
        Table(
          ["pair", "rows", "loss of first", "of second", "beyond their sum", "of other windows", "difference"],
          name: "pairs", numeric: [1, 2, 3, 4, 5, 6],
          cells: document.pairs.map { pair in
            [
              .text("\(pair.first) with \(pair.second)"), TableCell("\(pair.rows)", .count(pair.rows)),
              cell(pair.lossOfFirst, 2), cell(pair.lossOfSecond, 2), cell(pair.effect, 2), cell(pair.null, 2),
              cell(pair.difference, 2),
            ]
          }))
    }
    return tables
  }

  private static func pictures(
    _ document: AttributionDocument, _ tracks: AttributionDocument.Tracks
  ) -> [any Picture] {
    let places = tracks.places.map { $0 > 0 && document.upstream != nil ? "+\($0)" : "\($0)" }
    let axis = document.upstream == nil ? "letter" : "letters from the start of transcription, +1"
    let boxes: [(name: String, places: Range<Int>)] =
      document.upstream.map { upstream in
        CoreMotif.all.compactMap { motif in
          let start = motif.index(upstream: upstream)
          let range = start..<start + motif.matrix.length
          return start >= 0 && range.upperBound <= places.count ? (motif.name, range) : nil
        }
      } ?? []
    let hasNull = tracks.lanes.contains { !$0.nullLow.isEmpty }
    let names = document.architecture.split(separator: "-").filter { $0.first != "e" }
    let lanes = { (lanes: [AttributionDocument.Tracks.Lane]) in
      lanes.map { lane in
        let layer = lane.name.hasPrefix("layer") ? Int(lane.name.dropFirst(5)) : nil
        let kind = layer.flatMap { $0 <= names.count ? ": \(names[$0 - 1])" : nil } ?? ""
        return Tracks.Lane(
          layer.map { "behind layer \($0)\(kind)" } ?? lane.name, values: lane.mean, low: lane.low, high: lane.high,
          null: zip(lane.nullLow, lane.nullHigh).map { $0...$1 })
      }
    }
    let caption =
      "means over \(Words.count(document.rows, "row")) with 95 % intervals"
      + (hasNull ? "; grey: the same rows shuffled, dinucleotides kept" : "")
      + (boxes.isEmpty ? "" : "; boxes: where core promoters have their motifs")
    let shown = shownPlaces(tracks)
    let letters = tracks.alphabet.map(\.self)
    return [
      Tracks(
        "tracks", title: "contributions to \(document.output), \(document.method)", axis: axis, places: places,
        lanes: lanes(tracks.lanes), boxes: boxes, caption: caption),
      Tracks(
        "sizes", title: "contributions to \(document.output) without their sign, \(document.method)", axis: axis,
        places: places, lanes: lanes(tracks.sizes), boxes: boxes, caption: caption),
      Logo(
        "logo", title: "contributions to \(document.output) by letter, \(document.method)", unit: "contribution",
        panels: [
          Logo.Panel(
            "mean over \(Words.count(document.rows, "row"))"
              + (shown.count < places.count ? ", around the largest of \(places.count) places" : ""),
            shown.map { place in zip(letters, tracks.letters[place]).map { Logo.Letter($0, $1) } },
            labels: shown.map { tracks.places[$0] % 5 == 0 || tracks.places[$0] == 1 ? places[$0] : "" })
        ], isOfProtein: letters.count > 4),
    ]
  }

  private static func shownPlaces(_ tracks: AttributionDocument.Tracks) -> Range<Int> {
    let all = tracks.letters.indices
    guard all.count > logoPositions else { return all }
    let heights = tracks.letters.map { $0.reduce(0) { $0 + abs($1) } }
    let best = all.max { (heights[$0], $1) < (heights[$1], $0) } ?? 0
    let first = min(max(0, best - logoPositions / 2), all.count - logoPositions)
    return first..<first + logoPositions
  }

  /// Matrices of motifs as sequence logos.
  package static func motifs(_ artifact: any InputArtifact) throws -> ArtifactView {
    let text = String(decoding: try artifact.bytes(), as: UTF8.self)
    guard let motifs = MotifMatrix.parse(jaspar: text) else {
      throw StageFailure(code: "bad-motifs", "matrices that are not in the layout of JASPAR")
    }
    guard !motifs.isEmpty else {
      return ArtifactView(
        lines: ["no motif: too few windows contribute more than those of shuffled rows, or are alike"], json: .array([])
      )
    }
    let isOfProtein = motifs.contains { $0.matrix.letters.count > 4 }
    let most = isOfProtein ? 4.321928094887363 : 2
    return ArtifactView(
      lines: ["counts of letters; 'bioarc cat' gives them in the layout of JASPAR"],
      tables: [
        Table(["motif", "consensus, sites, bits, place"], rows: motifs.map { [$0.name, $0.text] })
      ],
      pictures: [
        Logo(
          "logos", title: "motifs of the windows that contribute most", unit: "bits",
          panels: motifs.map { motif in
            let letters = motif.matrix.letters.map { Character(Unicode.Scalar($0)) }
            return Logo.Panel(
              "\(motif.name): \(motif.text)",
              motif.matrix.heights.map { zip(letters, $0).map { Logo.Letter($0, $1) } },
              labels: (1...max(1, motif.matrix.length)).map { "\($0)" }, top: most)
          }, isOfProtein: isOfProtein)
      ],
      json: .array(
        motifs.map { motif in
          .object([
            ("name", .string(motif.name)), ("text", .string(motif.text)),
            ("letters", .string(String(decoding: motif.matrix.letters, as: UTF8.self))),
            ("counts", .array(motif.matrix.counts.map { .array($0.map(JSON.int)) })),
          ])
        }))
  }
}
