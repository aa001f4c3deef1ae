/// A strand of DNA.
package enum Strand: UInt8, Sendable {
  case forward = 0x2B
  case reverse = 0x2D
  /// Not stated: read as forward.
  case unknown = 0x2E

  package var text: String { String(UnicodeScalar(rawValue)) }
}

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
  /// Its line in the file.
  package var line = 0

  package init(_ record: String, _ start: Int, _ end: Int, _ strand: Strand = .unknown) {
    self.record = record
    self.start = start
    self.end = end
    self.strand = strand
  }

  /// `record:start-end(strand)`, which names it.
  package var place: String { "\(record):\(start)-\(end)(\(strand.text))" }
}

/// How names of records are compared.
package enum RecordNames: String, Sendable, CaseIterable {
  case exact
  /// `chr1` is `1`, `M` is `MT`, and the version of an accession (`.3`) does not count.
  case loose

  package func form(of name: String) -> String {
    guard self == .loose else { return name }
    var text = name.lowercased()
    if text.hasPrefix("chr"), text.utf8.count > 3 { text.removeFirst(3) }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, parts[1].utf8.allSatisfy({ 48...57 ~= $0 }) {
      text = String(parts[0])
    }
    return text == "m" ? "mt" : text
  }
}
