/// Counts of the letters of records that were cut into windows.
package struct WindowCounts: Hashable, Sendable {
  /// Records with a letter, and those of them without a window.
  package private(set) var records = 0
  package private(set) var withoutWindow = 0
  package internal(set) var windows = 0
  /// Windows shorter than the others, of pieces that are.
  package internal(set) var short = 0
  package internal(set) var letters = 0
  /// Letters in no window: unknown ones in gaps, those of segments shorter than a window, those between windows further
  /// apart than they are long, and those left at the ends of segments.
  package internal(set) var inGaps = 0
  package internal(set) var inShortSegments = 0
  package internal(set) var betweenWindows = 0
  package internal(set) var atEnds = 0

  package init() {}

  /// Letters in no window, for whatever reason.
  package var inNoWindow: Int { inGaps + inShortSegments + betweenWindows + atEnds }

  mutating func endRecord() {
    records = letters > 0 ? 1 : 0
    withoutWindow = letters > 0 && windows == 0 ? 1 : 0
  }

  /// The sums of both.
  package static func + (a: WindowCounts, b: WindowCounts) -> WindowCounts {
    var sum = a
    sum.records += b.records
    sum.withoutWindow += b.withoutWindow
    sum.windows += b.windows
    sum.short += b.short
    sum.letters += b.letters
    sum.inGaps += b.inGaps
    sum.inShortSegments += b.inShortSegments
    sum.betweenWindows += b.betweenWindows
    sum.atEnds += b.atEnds
    return sum
  }
}
