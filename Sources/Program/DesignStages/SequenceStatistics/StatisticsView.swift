package import Artifacts
package import DataStages
import Figures
import Inputs
import SequenceProfiles
import Tables
import Wording

extension ArtifactView {
  /// Groups of sequences beside each other.
  package static func sequenceStatistics(_ artifact: any InputArtifact) throws -> ArtifactView {
    let bytes = try artifact.bytes()
    let document = try JSONArtifact.decode(StatisticsDocument.self, bytes)
    var lines = [
      "'real' are pieces of the reference (\(Words.grouped(document.referenceLetters)) letters), as many and as long; "
        + "'shuffled' are the first with their dinucleotides in another order"
    ]
    if document.shorterPieces > 0 {
      lines.append("\(Words.count(document.shorterPieces, "real piece")) are shorter: no record is as long")
    }
    return ArtifactView(
      lines: lines, tables: [table(document)], pictures: pictures(document), json: try JSONArtifact.parse(bytes))
  }

  private static func table(_ document: StatisticsDocument) -> Table {
    typealias Group = StatisticsDocument.Group
    var rows: [[TableCell]] = []
    let row = { (name: String, cell: (Group) -> TableCell) in
      rows.append([.text(name)] + document.groups.map(cell))
    }
    let number = { (value: Double?, digits: Int) in
      value.map { TableCell(Words.fixed($0, digits), .number($0)) } ?? .text("-")
    }
    row("sequences") { .count($0.sequences) }
    row("letters") { .count($0.letters) }
    row("  not known") { .count($0.unknown) }
    row("median length") { .count($0.median) }
    row("longest") { .count($0.longest) }
    let isDNA = document.groups.contains { $0.gc != nil }
    if isDNA {
      row("GC") { number($0.gc, 3) }
      row("  deviation") { number($0.gcDeviation, 3) }
    }
    for k in 1...(document.groups.first?.distances.count ?? 1) {
      row("\(k)-mers, bits from reference") { group in number(group.distances.dropFirst(k - 1).first ?? nil, 4) }
    }
    if isDNA {
      row("frames of 100 codons, by 1,000 letters") { number($0.frames?.longByKilobase, 3) }
      row("  longest, codons") { .count($0.frames?.longest ?? 0) }
      for (index, start) in OpenReadingFrame.starts.enumerated() {
        row("  \(start) starts") { number($0.frames?.starts[index], 3) }
      }
      for (index, stop) in OpenReadingFrame.stops.enumerated() {
        row("  \(stop) stops") { number($0.frames?.stops[index], 3) }
      }
      row("  behind a ribosome's site") { number($0.frames?.withRibosomeSite, 3) }
      row("  codons, bits from reference") { number($0.frames?.usageDistance, 4) }
    }
    row("letters in repeats") { number($0.repeated, 4) }
    row("windows of low complexity") { number($0.simple, 4) }
    for index in document.groups.first?.words.indices ?? 0..<0 {
      row("with \(document.groups[0].words[index].word)") { number($0.words[index].share, 3) }
      row("  most at place") { $0.words[index].place.map { .count($0) } ?? .text("-") }
      row("  share there") { number($0.words[index].shareThere, 3) }
    }
    if let word = document.groups.first?.copies?.wordLength {
      row("words of \(word) in training") { number($0.copies?.share, 4) }
      row("  longest stretch, letters") { .count($0.copies?.longest ?? 0) }
    }
    return Table(
      ["statistic"] + document.groups.map(\.name), numeric: Set(1...document.groups.count), cells: rows)
  }

  private static func pictures(_ document: StatisticsDocument) -> [any Picture] {
    let distances = Plot(
      "distances", title: "distance of k-mers to the reference, in bits", x: .init("k"), y: .init("", .logarithmic),
      lines: document.groups.map { group in
        .init(
          group.name,
          group.distances.enumerated().compactMap { index, value in
            value.map { Plot.Point(x: Double(index + 1), y: $0) }
          })
      })
    guard document.groups.contains(where: { $0.frames != nil }) else { return [distances] }
    let frames = Plot(
      "frames", title: "open reading frames of at least so many codons, by 1,000 letters",
      x: .init("codons", .logarithmic), y: .init("", .logarithmic),
      lines: document.groups.map { group in
        .init(
          group.name,
          (group.frames?.longer ?? []).enumerated().compactMap { index, count in
            count == 0 || group.letters == 0
              ? nil : Plot.Point(x: Double(1 << (index + 5)), y: 1000 * Double(count) / Double(group.letters))
          })
      })
    return [frames, distances]
  }
}
