import Arithmetic
package import System

/// Scores of words of DNA by the class of their first letter and its place in a codon, learned from labelled letters,
/// and their means around a letter: numbers for a linear model.
///
/// The score of a word w in the frame p of a class is the log-odds ln(P(w | class, p) / P(w)), with P(w | class, p) of
/// counts to which 200 are added as P(w) says. Frames of a run of letters of one class count from its first letter, or
/// from its end where the run begins before the sequence; two rounds then put each letter into the frame in which the
/// words around have the best scores of its class. For each letter, class and reach there are three means, one a frame;
/// they are sorted where runs are long, for their frame is not known, and else in the order of the letter's own frames.
package struct WordScores: Sendable {
  /// Letters with their classes; -1 for a letter that does not count.
  package typealias Example = (sequence: [UInt8], classes: [Int32])

  /// Letters of a word, words, and frames.
  private static let (length, words, frames) = (6, 4096, 3)
  /// Letters on either side over which scores are averaged.
  private static let reaches = [15, 30, 60, 120, 240]
  private static let reachOfFrames = 60
  private static let rounds = 2
  private static let added = 200.0
  /// Runs of a class that are shorter on average tell the frame of a letter.
  private static let longRun = 3.0
  /// Examples of a part, which one thread takes.
  private static let part = 256

  private let classes: Int
  /// (c, 3, words).
  private let scores: [Float]
  /// (c): whether a class tells the frame.
  private let tellsFrame: [Bool]

  /// Numbers of a letter.
  package var columns: Int { classes * Self.frames * Self.reaches.count }

  /// The scores that examples of train teach; nil when `isCancelled` says so.
  package init?(_ examples: [Example], classes: Int, _ workers: WorkerPool, isCancelled: () -> Bool) {
    var runs = [Double](repeating: 0, count: classes), letters = runs
    for example in examples {
      for (place, own) in example.classes.enumerated() where own >= 0 {
        letters[Int(own)] += 1
        if place == 0 || example.classes[place - 1] != own { runs[Int(own)] += 1 }
      }
    }
    let tellsFrame = zip(letters, runs).map { $0 < Self.longRun * $1 }
    var scores = Self.learned(examples, classes, workers) { Self.framesOfRuns($0.classes) }
    for _ in 0..<Self.rounds {
      if isCancelled() { return nil }
      let last = WordScores(classes: classes, scores: scores, tellsFrame: tellsFrame)
      scores = Self.learned(examples, classes, workers, last.bestFrames)
    }
    self.init(classes: classes, scores: scores, tellsFrame: tellsFrame)
  }

  private init(classes: Int, scores: [Float], tellsFrame: [Bool]) {
    (self.classes, self.scores, self.tellsFrame) = (classes, scores, tellsFrame)
  }

  /// The number of the word that begins at each letter, or -1 where it has another letter than A, C, G, T or ends
  /// behind the sequence.
  private static func words(of sequence: [UInt8]) -> [Int32] {
    var result = [Int32](repeating: -1, count: sequence.count)
    var (code, known) = (0, 0)
    for (place, letter) in sequence.enumerated() {
      let base: Int
      switch letter {
      case UInt8(ascii: "A"): base = 0
      case UInt8(ascii: "C"): base = 1
      case UInt8(ascii: "G"): base = 2
      case UInt8(ascii: "T"): base = 3
      default: base = -1
      }
      known = base < 0 ? 0 : known + 1
      code = (code << 2 | max(0, base)) & (words - 1)
      if known >= length { result[place + 1 - length] = Int32(code) }
    }
    return result
  }

  /// The frame of each letter by its run; -1 in a run without a beginning or an end.
  private static func framesOfRuns(_ classes: [Int32]) -> [Int8] {
    var result = [Int8](repeating: -1, count: classes.count)
    var start = 0
    while start < classes.count {
      let end = classes[start...].firstIndex { $0 != classes[start] } ?? classes.count
      if classes[start] >= 0, start > 0 || end < classes.count {
        // Whole codons from the beginning, or to the end.
        let origin = start > 0 ? start : end - (end + frames - 1) / frames * frames
        for place in start..<end { result[place] = Int8((place - origin) % frames) }
      }
      start = end
    }
    return result
  }

  /// The frame of each letter in which the words around it are the most like those of its class.
  private func bestFrames(_ example: Example) -> [Int8] {
    let count = example.sequence.count
    var result = [Int8](repeating: -1, count: count)
    let words = Self.words(of: example.sequence)
    for own in 0..<classes where example.classes.contains(Int32(own)) {
      let sums = sums(of: own, words, 0..<count)
      for place in 0..<count where example.classes[place] == own {
        let range = max(0, place - Self.reachOfFrames)..<min(count, place + Self.reachOfFrames + 1)
        var best = 0
        for origin in 1..<Self.frames where sums.sum(origin, range) > sums.sum(best, range) { best = origin }
        result[place] = Int8((place - best + Self.frames) % Self.frames)
      }
    }
    return result
  }

  /// (c, 3, words): the scores of examples whose letters have these frames.
  private static func learned(
    _ examples: [Example], _ classes: Int, _ workers: WorkerPool, _ framesOf: (Example) -> [Int8]
  ) -> [Float] {
    let size = classes * frames * words
    let parts = (examples.count + part - 1) / part
    var counts = [Double](repeating: 0, count: size)
    // Some parts at a time, so that few tables are in memory.
    for first in stride(from: 0, to: parts, by: workers.threads) {
      let tables = workers.map(min(workers.threads, parts - first)) { index in
        var table = [Int32](repeating: 0, count: size)
        for example in examples[((first + index) * part)..<min((first + index + 1) * part, examples.count)] {
          let (numbers, own) = (words(of: example.sequence), framesOf(example))
          for (place, word) in numbers.enumerated() where word >= 0 && own[place] >= 0 && example.classes[place] >= 0 {
            table[(Int(example.classes[place]) * frames + Int(own[place])) * words + Int(word)] += 1
          }
        }
        return table
      }
      for table in tables { for (place, number) in table.enumerated() { counts[place] += Double(number) } }
    }
    var background = [Double](repeating: 1, count: words)
    for place in 0..<size { background[place % words] += counts[place] }
    let total = background.reduce(0, +)
    var scores = [Float](repeating: 0, count: size)
    for start in stride(from: 0, to: size, by: words) {
      let own = counts[start..<start + words].reduce(0, +)
      for word in 0..<words {
        let share = background[word] / total
        scores[start + word] = Float(Elementary.log((counts[start + word] + added * share) / ((own + added) * share)))
      }
    }
    return scores
  }

  /// Running sums of the scores of a class, with frames that begin at each of three letters.
  private struct Sums {
    /// The first letter that is summed, and (3, letters + 1).
    let first: Int
    let sums: [[Double]]

    /// The sum over some letters where codons begin at letters whose number leaves `origin` when divided by three.
    @inline(__always) func sum(_ origin: Int, _ range: Range<Int>) -> Double {
      sums[origin][range.upperBound - first] - sums[origin][range.lowerBound - first]
    }
  }

  private func sums(of own: Int, _ words: [Int32], _ range: Range<Int>) -> Sums {
    let table = own * Self.frames * Self.words
    return Sums(
      first: range.lowerBound,
      sums: (0..<Self.frames).map { origin in
        var sums = [0.0]
        sums.reserveCapacity(range.count + 1)
        var sum = 0.0
        for place in range {
          if words[place] >= 0 {
            let frame = (place - origin + Self.frames) % Self.frames
            sum += Double(scores[table + frame * Self.words + Int(words[place])])
          }
          sums.append(sum)
        }
        return sums
      })
  }

  /// The numbers (places, columns) of some letters of a sequence, ascending.
  package func numbers(of sequence: [UInt8], at places: [Int]) -> [Float] {
    guard let first = places.first, let last = places.last, let furthest = Self.reaches.last else { return [] }
    var result = [Float](repeating: 0, count: places.count * columns)
    let words = Self.words(of: sequence)
    let range = max(0, first - furthest)..<min(sequence.count, last + furthest + 1)
    for own in 0..<classes {
      let sums = sums(of: own, words, range)
      for (row, place) in places.enumerated() {
        for (column, reach) in Self.reaches.enumerated() {
          let around = max(0, place - reach)..<min(sequence.count, place + reach + 1)
          let start = row * columns + (own * Self.reaches.count + column) * Self.frames
          for frame in 0..<Self.frames {
            let sum = sums.sum((place - frame + Self.frames) % Self.frames, around)
            result[start + frame] = Float(sum / Double(2 * reach + 1))
          }
          if !tellsFrame[own] { result[start..<start + Self.frames].sort() }
        }
      }
    }
    return result
  }
}
