package import Artifacts
import Sequences

/// A place of a row at which a motif is known to be.
package struct KnownSite: Hashable, Sendable {
  package let motif: String
  package let range: Range<Int>
}

/// The known sites of rows, and how they are known.
package struct KnownSites: Sendable {
  /// Whence sites are known.
  package enum Source: String, Codable, Sendable {
    /// The task says where it planted them.
    case planted
    /// The places at which core promoters have them, where there is one.
    case reference
  }

  package let source: Source
  /// By row.
  package let rows: [[KnownSite]]
  /// Names in the order of their first places.
  package let motifs: [String]

  /// The table that `synthesize` writes beside its sequences.
  static let file = "motifs.tsv"

  private init(_ source: Source, _ rows: [[KnownSite]]) {
    (self.source, self.rows) = (source, rows)
    var firsts: [String: Int] = [:]
    for site in rows.joined() { firsts[site.motif] = min(firsts[site.motif] ?? .max, site.range.lowerBound) }
    motifs = firsts.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
  }

  /// The sites that the task's own table states: true motifs, not what negatives have in their stead. nil where it has
  /// no table. Throws `StageFailure` for a table that is not of these rows.
  /// - Parameter asked: rows of the split by their number, from 0, with their letters.
  package init?(
    planted artifact: any InputArtifact, split: String, _ asked: [(index: Int, sequence: [UInt8])]
  ) throws {
    guard try artifact.reference.layout == .tree && artifact.names.contains(Self.file) else { return nil }
    let lines = String(decoding: try artifact.bytes(Self.file), as: UTF8.self).split(separator: "\n")
    let fields = { (line: Substring) in line.split(separator: "\t", omittingEmptySubsequences: false) }
    let header = lines.first.map(fields) ?? []
    let columns = ["split", "record", "role", "motif", "start", "end", "sequence"].map {
      header.firstIndex(of: $0[...])
    }
    guard !columns.contains(nil) else { throw Self.malformed("a column is missing", line: 1) }
    let at = columns.compactMap(\.self)
    var places: [Int: Int] = [:]
    for (place, row) in asked.enumerated() { places[row.index] = place }
    var rows = [[KnownSite]](repeating: [], count: asked.count)
    for (number, line) in lines.enumerated().dropFirst() {
      let cells = fields(line)
      guard cells.count == header.count, let record = Int(cells[at[1]]), let start = Int(cells[at[4]]),
        let end = Int(cells[at[5]])
      else { throw Self.malformed("no site", line: number + 1) }
      guard cells[at[0]] == split, cells[at[2]] == "motif", let place = places[record] else { continue }
      let letters = asked[place].sequence
      guard start >= 0, start < end, end <= letters.count, letters[start..<end].elementsEqual(cells[at[6]].utf8) else {
        throw Self.malformed("the site is not in row \(record) of \(split)", line: number + 1)
      }
      rows[place].append(KnownSite(motif: String(cells[at[3]]), range: start..<end))
    }
    self.init(.planted, rows)
  }

  /// The places of TATA, Inr and DPE in rows with so many letters before the start of transcription.
  package init(upstream: Int, _ asked: [[UInt8]]) {
    self.init(
      .reference,
      asked.map { row in
        CoreMotif.all.compactMap { motif in
          let start = motif.index(upstream: upstream)
          let range = start..<start + motif.matrix.length
          guard start >= 0, range.upperBound <= row.count else { return nil }
          return KnownSite(motif: motif.name, range: range)
        }
      })
  }

  private static func malformed(_ reason: String, line: Int) -> StageFailure {
    StageFailure(code: "bad-data", "\(file), line \(line): \(reason)")
  }
}
