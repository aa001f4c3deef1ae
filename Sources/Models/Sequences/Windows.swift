import Randomness

/// A piece of a record: positions `start ..< end`, from 0, in the train or the held-out part.
package struct Window: Hashable, Sendable {
  package let start: Int
  package let end: Int
  package let isHeldOut: Bool
  package init(start: Int, end: Int, isHeldOut: Bool) {
    self.start = start
    self.end = end
    self.isHeldOut = isHeldOut
  }
}

/// Cuts records into windows and splits them by region.
///
/// A record is first cut into contiguous regions, each train or held-out; a region is cut into segments at every run of
/// `maximumUnknown` or more unknown letters (`N`, or `X` of proteins); a segment gives the windows `[start + i * step,
/// start + i * step + length)` that fit in it. So no window straddles a border, and no base lies in both parts. Letters
/// that these windows leave at the end of a segment are, where `keepsRest`, in one more window that ends with the
/// segment (the segment itself where it is shorter than a window); else they are in no window.
package struct Windows: Hashable, Sendable {
  /// The cut of a record into train and held-out regions.
  package enum Split: Hashable, Sendable {
    /// Everything is train.
    case none
    /// The last `fraction` of each record, rounded down to whole bases, is held out.
    case tail(fraction: Double)
    /// Each record is cut into n blocks of `size` bases, the last one shorter. A block is held out if its index
    /// is among the first `round(n * fraction)` of a permutation drawn from (seed, record index).
    case blocks(size: Int, fraction: Double, seed: Int)
  }

  /// Bases of a window, and from one start to the next.
  package let length: Int
  package let step: Int
  package let maximumUnknown: Int
  package let keepsRest: Bool
  package let split: Split
  private let unknown: UInt8

  /// Requires positive `length`, `step` and `maximumUnknown`, a fraction in 0 ... 1 and a positive block size.
  package init(
    length: Int, step: Int, maximumUnknown: Int = 1, keepsRest: Bool = false, split: Split, alphabet: Alphabet = .dna
  ) {
    precondition(length > 0 && step > 0 && maximumUnknown > 0, "windows of \(length) by \(step), \(maximumUnknown)")
    switch split {
    case .none: break
    case .tail(let fraction): precondition((0...1).contains(fraction), "held-out fraction \(fraction)")
    case .blocks(let size, let fraction, _):
      precondition(size > 0 && (0...1).contains(fraction), "blocks of \(size), held-out fraction \(fraction)")
    }
    self.length = length
    self.step = step
    self.maximumUnknown = maximumUnknown
    self.keepsRest = keepsRest
    self.split = split
    unknown = alphabet.unknown
  }

  /// The regions of record number `index` (from 0) of `count` letters, ascending, adjacent and covering it.
  package func regions(record index: Int, count: Int) -> [Window] {
    switch split {
    case .none: return count == 0 ? [] : [Window(start: 0, end: count, isHeldOut: false)]
    case .tail(let fraction):
      let border = count - Int((Double(count) * fraction).rounded(.down))
      return [Window(start: 0, end: border, isHeldOut: false), Window(start: border, end: count, isHeldOut: true)]
        .filter { $0.start < $0.end }
    case .blocks(let size, let fraction, let seed):
      let blocks = (count + size - 1) / size
      let order = Philox(seed: seed, stream: .splitting).permutation(blocks, round: index)
      var held = [Bool](repeating: false, count: blocks)
      for block in order.prefix(Int((Double(blocks) * fraction).rounded())) { held[block] = true }
      var regions: [Window] = []
      for block in 0..<blocks {
        // Neighbours of one part are one region, so that windows may span their border.
        let start = regions.last?.isHeldOut == held[block] ? regions.removeLast().start : block * size
        regions.append(Window(start: start, end: min(count, (block + 1) * size), isHeldOut: held[block]))
      }
      return regions
    }
  }

  /// Gives every window of record number `index`, ascending, and returns counts of the letters of either part.
  @discardableResult
  package func cut(
    _ sequence: UnsafeBufferPointer<UInt8>, record index: Int, _ body: (Window) throws -> Void
  ) rethrows -> (train: WindowCounts, heldOut: WindowCounts) {
    var (train, heldOut) = (WindowCounts(), WindowCounts())
    for region in regions(record: index, count: sequence.count) {
      var counts = region.isHeldOut ? heldOut : train
      counts.letters += region.end - region.start
      var segment = region.start
      var run = 0
      for i in region.start...region.end {
        if i < region.end, sequence[i] == unknown {
          run += 1
          continue
        }
        if run >= maximumUnknown {
          try windows(segment, i - run, region.isHeldOut, &counts, body)
          counts.inGaps += run
          segment = i
        }
        run = 0
        if i == region.end { try windows(segment, i, region.isHeldOut, &counts, body) }
      }
      if region.isHeldOut { heldOut = counts } else { train = counts }
    }
    train.endRecord()
    heldOut.endRecord()
    return (train, heldOut)
  }

  /// The windows of one segment.
  private func windows(
    _ start: Int, _ end: Int, _ isHeldOut: Bool, _ counts: inout WindowCounts, _ body: (Window) throws -> Void
  ) rethrows {
    var covered = start
    var i = start
    while i + length <= end {
      counts.betweenWindows += i - min(covered, i)
      counts.windows += 1
      try body(Window(start: i, end: i + length, isHeldOut: isHeldOut))
      covered = i + length
      i += step
    }
    guard covered < end else { return }
    if keepsRest {
      let last = max(start, end - length)
      counts.betweenWindows += last - min(covered, last)
      counts.windows += 1
      if end - last < length { counts.short += 1 }
      try body(Window(start: last, end: end, isHeldOut: isHeldOut))
    } else if covered == start {
      counts.inShortSegments += end - start
    } else {
      counts.atEnds += end - covered
    }
  }

  /// The windows of one record, in memory.
  package func cut(_ record: SequenceRecord, record index: Int) -> [Window] {
    var windows: [Window] = []
    record.sequence.withUnsafeBufferPointer { sequence in
      _ = cut(sequence, record: index) { windows.append($0) }
    }
    return windows
  }

  /// The name of a window in FASTA: `record:start-end`, positions from 0, the end not included.
  package static func name(_ record: String, _ window: Window) -> String { "\(record):\(window.start)-\(window.end)" }
}
