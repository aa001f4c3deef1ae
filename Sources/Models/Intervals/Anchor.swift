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
