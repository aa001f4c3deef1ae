/// The point of an interval on which a window of one length is laid.
package enum Anchor: String, Sendable, CaseIterable {
  case middle
  /// Along the strand: the first letter's left side.
  case start
  case end
  case summit

  /// The start of the window of `length` letters on `interval`; nil without the summit that is asked for.
  ///
  /// An anchor lies between letters. Along the strand, `length / 2` letters of the window are before it, the others
  /// after; `shift` moves the window along the strand. A window on the reverse strand is the mirror of a forward one.
  package func start(of length: Int, on interval: GenomicInterval, shift: Int = 0) -> Int? {
    let isReverse = interval.strand == .reverse
    let place: Int
    switch self {
    case .middle: place = (interval.start + interval.end + (isReverse ? 1 : 0)) / 2
    case .start: place = isReverse ? interval.end : interval.start
    case .end: place = isReverse ? interval.start : interval.end
    case .summit:
      guard let summit = interval.summit else { return nil }
      place = summit + (isReverse ? 1 : 0)
    }
    return isReverse ? place - shift + length / 2 - length : place + shift - length / 2
  }
}

/// Shares of a window's letters, in which negatives are matched.
package struct Composition: Hashable, Sendable {
  /// G and C among A, C, G and T.
  package var gc = 0.0
  /// Lower-case letters and N.
  package var masked = 0.0
  /// N.
  package var unknown = 0.0

  package init() {}

  /// The shares in `letters`, whose case says what is masked.
  package init(_ letters: UnsafeBufferPointer<UInt8>) {
    // Sums of table entries: bits 0, 16 and 32 count G or C, A C G or T, and masked letters; bit 48 counts N.
    var sum: UInt64 = 0
    var gc = 0, bases = 0, masked = 0, unknown = 0
    func drain() {
      gc += Int(sum & 0xFFFF)
      bases += Int(sum >> 16 & 0xFFFF)
      masked += Int(sum >> 32 & 0xFFFF)
      unknown += Int(sum >> 48)
      sum = 0
    }
    Self.table.withUnsafeBufferPointer { table in
      for (index, letter) in letters.enumerated() {
        sum &+= table[Int(letter)]
        if index & 0x7FFF == 0x7FFF { drain() }
      }
    }
    drain()
    self.gc = bases == 0 ? 0 : Double(gc) / Double(bases)
    self.masked = letters.isEmpty ? 0 : Double(masked) / Double(letters.count)
    self.unknown = letters.isEmpty ? 0 : Double(unknown) / Double(letters.count)
  }

  private static let table: [UInt64] = (0..<256).map { byte in
    let letter = UInt8(byte) & 0xDF
    let isMasked = byte & 0x20 != 0 || letter == UInt8(ascii: "N")
    let isBase = "ACGT".utf8.contains(letter)
    return (letter == UInt8(ascii: "G") || letter == UInt8(ascii: "C") ? 1 : 0) | (isBase ? 1 << 16 : 0)
      | (isMasked ? 1 << 32 : 0) | (letter == UInt8(ascii: "N") ? 1 << 48 : 0)
  }
}

/// Strands of letters.
package enum Strands {
  private static let complements: [UInt8] = {
    var table = (0..<256).map { UInt8($0) }
    for (a, b) in zip("ACGTRYSWKMBDHVN".utf8, "TGCAYRSWMKVHDBN".utf8) { table[Int(a)] = b }
    return table
  }()

  /// The upper-case letters of a window as they are read along `strand`.
  package static func letters(_ letters: some BidirectionalCollection<UInt8>, _ strand: Strand) -> [UInt8] {
    strand == .reverse ? letters.reversed().map { complements[Int($0 & 0xDF)] } : letters.map { $0 & 0xDF }
  }
}
