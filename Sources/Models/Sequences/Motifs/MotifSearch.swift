/// The search for what the highest-scoring windows of many sequences have in common: greedily, one matrix after the
/// other, each from the windows that no earlier one explains.
package struct MotifSearch: Sendable {
  /// A window of a sequence.
  package struct Window: Hashable, Sendable {
    package let sequence: Int
    package let start: Int
    /// By which windows are ordered.
    package let score: Double

    package init(sequence: Int, start: Int, score: Double) {
      (self.sequence, self.start, self.score) = (sequence, start, score)
    }
  }

  /// Windows that look alike.
  package struct Found: Hashable, Sendable {
    package let matrix: MotifMatrix
    /// The windows as they are aligned, by sequence and start.
    package let windows: [Window]
  }

  private let sequences: [[UInt8]]
  private let letters: [UInt8]
  private let background: [Double]
  /// Letters of a window.
  private let length: Int

  /// Letters by which a window may be moved to fit a matrix.
  private static let shift = 3
  /// Windows from which a matrix is tried.
  private static let seeds = 40
  /// The least share of a matrix's best score with which a window belongs to it.
  private static let share = 0.5
  /// The fewest windows of a matrix.
  private static let fewest = 5

  /// A search in sequences for matrices of `length` positions over `letters`, whose frequencies in the sequences are
  /// the background.
  package init(_ sequences: [[UInt8]], letters: [UInt8], length: Int) {
    (self.sequences, self.letters, self.length) = (sequences, letters, length)
    var counts = [Double](repeating: 1, count: 256)
    for sequence in sequences { for letter in sequence { counts[Int(letter)] += 1 } }
    let known = letters.map { counts[Int($0)] }
    let sum = known.reduce(0, +)
    background = known.map { $0 / sum }
  }

  /// All windows of a sequence, with the sums of their letters' scores.
  package static func windows(_ scores: [Double], sequence: Int, length: Int) -> [Window] {
    guard scores.count >= length else { return [] }
    var sums = [0.0]
    for score in scores { sums.append(sums[sums.count - 1] + score) }
    return (0...scores.count - length).map { start in
      Window(sequence: sequence, start: start, score: sums[start + length] - sums[start])
    }
  }

  /// The best windows of a sequence by the sum of its letters' scores: at most `count` that do not overlap and whose
  /// sum is above `least`, the best first.
  package static func best(
    _ scores: [Double], sequence: Int, length: Int, count: Int, above least: Double
  ) -> [Window] {
    let all = windows(scores, sequence: sequence, length: length)
    var taken: [Window] = []
    for window in all.sorted(by: { ($0.score, $1.start) > ($1.score, $0.start) }) {
      if window.score <= least || taken.count == count { break }
      if taken.allSatisfy({ abs($0.start - window.start) >= length }) { taken.append(window) }
    }
    return taken
  }

  /// At most `count` matrices. From each of the best windows that are left one is grown: windows that have half of the
  /// best score by its log-odds, moved by up to 3 letters, make the next, until they stay the same; that with the
  /// largest product of windows and bits is taken.
  package func motifs(_ windows: [Window], count: Int) -> [Found] {
    var left = windows.sorted {
      ($0.score, $1.sequence, $1.start) > ($1.score, $0.sequence, $0.start)
    }
    var result: [Found] = []
    while result.count < count {
      let grown = left.prefix(Self.seeds).compactMap { grow(from: $0, left) }
      let worth = { (found: Found) in Double(found.windows.count) * found.matrix.information }
      guard let best = grown.max(by: { worth($0) < worth($1) }) else { break }
      result.append(best)
      let taken = Set(best.windows.map { [$0.sequence, $0.start] })
      left.removeAll { window in
        (-Self.shift...Self.shift).contains { taken.contains([window.sequence, window.start + $0]) }
      }
    }
    return result
  }

  private func letters(_ window: Window) -> ArraySlice<UInt8> {
    sequences[window.sequence][window.start..<window.start + length]
  }

  private func matrix(_ windows: [Window]) -> MotifMatrix {
    MotifMatrix(letters: letters, sites: windows.map(letters))
  }

  private func grow(from seed: Window, _ windows: [Window]) -> Found? {
    var members = [seed]
    for _ in 0..<10 {
      let scores = matrix(members).scores(background)
      let best = scores.reduce(0) { $0 + ($1.max() ?? 0) }
      let next = windows.compactMap { moved($0, scores, least: Self.share * best) }
      if next == members { break }
      members = next
    }
    guard members.count >= Self.fewest else { return nil }
    let sorted = members.sorted { ($0.sequence, $0.start) < ($1.sequence, $1.start) }
    return Found(matrix: matrix(members), windows: sorted)
  }

  /// The window where it fits best, near its place; nil where it fits worse than `least` everywhere.
  private func moved(_ window: Window, _ scores: [[Double]], least: Double) -> Window? {
    let count = sequences[window.sequence].count
    var best: (start: Int, score: Double)?
    // The smallest move first, so that of equal ones it is taken.
    for move in [0] + (1...Self.shift).flatMap({ [-$0, $0] }) {
      let start = window.start + move
      guard start >= 0, start + length <= count else { continue }
      var score = 0.0
      for (position, letter) in sequences[window.sequence][start..<start + length].enumerated() {
        if let number = letters.firstIndex(of: letter) { score += scores[position][number] }
      }
      if score >= least, score > best?.score ?? -.infinity { best = (start, score) }
    }
    return best.map { Window(sequence: window.sequence, start: $0.start, score: window.score) }
  }
}
