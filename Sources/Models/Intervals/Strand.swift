import Sequences

/// A strand of DNA.
package enum Strand: UInt8, Sendable {
  case forward = 0x2B
  case reverse = 0x2D
  /// Not stated: read as forward.
  case unknown = 0x2E

  /// The character of BED and GFF for the strand.
  package var text: String { String(UnicodeScalar(rawValue)) }
}

/// Strands of letters.
package enum Strands {
  /// The upper-case letters of a window as they are read along `strand`.
  package static func letters(_ letters: some BidirectionalCollection<UInt8>, _ strand: Strand) -> [UInt8] {
    strand == .reverse ? letters.reversed().map { Complement.of($0 & 0xDF) } : letters.map { $0 & 0xDF }
  }
}
