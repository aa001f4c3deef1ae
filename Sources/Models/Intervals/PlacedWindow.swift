/// A window on a record of a genome, and the label of which it is an example, if the window has one.
package struct PlacedWindow: Hashable, Sendable {
  /// The number of its record in the genome.
  package let record: Int
  package let start: Int
  package let strand: Strand
  package let label: String
  /// The number of its interval; nil for a window of a tiling.
  package let interval: Int?
  package let composition: Composition

  package init(
    record: Int, start: Int, strand: Strand, label: String, interval: Int?, composition: Composition = Composition()
  ) {
    self.record = record
    self.start = start
    self.strand = strand
    self.label = label
    self.interval = interval
    self.composition = composition
  }

  /// Genome order; among windows at one place the forward one comes first.
  package static func precedes(_ a: PlacedWindow, _ b: PlacedWindow) -> Bool {
    (a.record, a.start, a.strand.rawValue, a.interval ?? 0) < (b.record, b.start, b.strand.rawValue, b.interval ?? 0)
  }

  /// Windows in genome order without those that say nothing new, or two things at once.
  ///
  /// The first window counts where place, strand and label are equal. With `conflicts`, windows of one strand that
  /// share half of their letters or more and have different labels are left out, all of them.
  package static func distinct(
    _ windows: [PlacedWindow], length: Int, conflicts: Bool
  ) -> (kept: [PlacedWindow], repeated: [PlacedWindow], conflicting: [PlacedWindow]) {
    var isRepeated = [Bool](repeating: false, count: windows.count)
    var isConflicting = isRepeated
    for i in windows.indices where !isRepeated[i] {
      for j in windows.indices[(i + 1)...] {
        let (a, b) = (windows[i], windows[j])
        guard a.record == b.record, 2 * (b.start - a.start) <= length else { break }
        guard (a.strand == .reverse) == (b.strand == .reverse) else { continue }
        if a.label == b.label {
          if a.start == b.start { isRepeated[j] = true }
        } else if conflicts {
          isConflicting[i] = true
          isConflicting[j] = true
        } else if a.start != b.start {
          break
        }
      }
    }
    let parts = windows.indices
    return (
      parts.filter { !isRepeated[$0] && !isConflicting[$0] }.map { windows[$0] },
      parts.filter { isRepeated[$0] && !isConflicting[$0] }.map { windows[$0] },
      parts.filter { isConflicting[$0] }.map { windows[$0] }
    )
  }
}
