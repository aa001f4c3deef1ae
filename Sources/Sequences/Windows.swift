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
/// `maximumUnknown` or more unknown letters (`N`, or `X` of proteins); a segment gives the windows
/// `[start + i * step, start + i * step + length)` that fit in it. So no window straddles a border, no base lies in both
/// parts, and what is left at the end of a segment, shorter than a step or a window, is in no window.
package struct Windows: Hashable, Sendable {
  /// How a record is cut into train and held-out regions.
  package enum Split: Hashable, Sendable {
    /// Everything is train.
    case none
    /// The last `fraction` of each record, rounded down to whole bases, is held out.
    case tail(fraction: Double)
    /// Each record is cut into blocks of `size` bases, the last one shorter. Of a record's n blocks, those are held out whose
    /// index is among the first `round(n * fraction)` of a permutation drawn from (seed, record index).
    case blocks(size: Int, fraction: Double, seed: Int)
  }

  /// Bases of a window, and from one start to the next.
  package let length: Int
  package let step: Int
  package let maximumUnknown: Int
  package let split: Split
  private let unknown: UInt8

  /// Requires positive `length`, `step` and `maximumUnknown`, a fraction in 0 ... 1 and a positive block size.
  package init(length: Int, step: Int, maximumUnknown: Int = 1, split: Split, alphabet: Alphabet = .dna) {
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

  /// Gives every window of record number `index`, ascending.
  package func cut(
    _ sequence: UnsafeBufferPointer<UInt8>, record index: Int, _ body: (Window) throws -> Void
  ) rethrows {
    for region in regions(record: index, count: sequence.count) {
      var segment = region.start
      var run = 0
      for i in region.start...region.end {
        if i < region.end, sequence[i] == unknown {
          run += 1
          continue
        }
        if run >= maximumUnknown {
          try windows(segment, i - run, region.isHeldOut, body)
          segment = i
        }
        run = 0
        if i == region.end, segment < i { try windows(segment, i, region.isHeldOut, body) }
      }
    }
  }

  private func windows(_ start: Int, _ end: Int, _ isHeldOut: Bool, _ body: (Window) throws -> Void) rethrows {
    var i = start
    while i + length <= end {
      try body(Window(start: i, end: i + length, isHeldOut: isHeldOut))
      i += step
    }
  }

  /// The windows of one record, in memory.
  package func cut(_ record: SequenceRecord, record index: Int) -> [Window] {
    var windows: [Window] = []
    record.sequence.withUnsafeBufferPointer { cut($0, record: index) { windows.append($0) } }
    return windows
  }

  /// The name of a window in FASTA: `record:start-end`, positions from 0, the end not included.
  package static func name(_ record: String, _ window: Window) -> String { "\(record):\(window.start)-\(window.end)" }
}
