/// An interval of a genome: positions `start ..< end` of a record, from 0, as BED counts.
package struct GenomicInterval: Hashable, Sendable {
  package var record: String
  package var start: Int
  package var end: Int
  package var strand = Strand.unknown
  /// Empty when the file has none.
  package var name = ""
  /// The label's text; empty when the row has none, nil when no label was asked for.
  package var label: String?
  /// The position of the summit.
  package var summit: Int?
  /// The type of a feature of GFF, as `CDS`; empty in BED.
  package var feature = ""
  /// Letters from the start of a coding feature, along its strand, to the first codon that begins in it.
  package var phase: Int?
  /// Whether a feature of GFF says that it is of a pseudogene.
  package var isPseudo = false
  /// The line of the interval in its file.
  package var line = 0

  package init(_ record: String, _ start: Int, _ end: Int, _ strand: Strand = .unknown) {
    self.record = record
    self.start = start
    self.end = end
    self.strand = strand
  }

  /// `record:start-end(strand)`, the name of the interval.
  package var place: String { "\(record):\(start)-\(end)(\(strand.text))" }
}
