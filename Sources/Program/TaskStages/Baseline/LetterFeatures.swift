import Labelled
import LinearModels
import Sequences
import System

/// Features of single letters for a linear model: the letters around each, and, of DNA, scores of words.
struct LetterFeatures {
  /// Some letters of a sequence, ascending.
  struct Chosen {
    let record: LabelledRecord
    let places: [Int]
    var classes: [Int] { places.map { Int(record.letters[$0]) } }
  }

  /// Letters whose features are in memory together when all are read.
  private static let portion = 1 << 15

  private let reach: Int
  /// By byte: the number of a letter, that of all others the last.
  private let numbers: [Int32]
  private let letters: Int
  private let scores: WordScores?
  /// The scale of scores; nil without any.
  private var scale: ColumnScale?

  private var width: Int { 2 * reach + 1 }
  private var depth: Int { scores?.columns ?? 0 }

  /// The features that train teaches; nil when `isCancelled` says so.
  init?(
    _ alphabet: Alphabet, reach: Int, _ train: [LabelledRecord], classes: Int, _ workers: WorkerPool,
    isCancelled: () -> Bool
  ) {
    self.reach = reach
    let bases = alphabet.bases
    letters = bases.count + 1
    var numbers = [Int32](repeating: Int32(bases.count), count: 256)
    for (number, base) in bases.enumerated() { numbers[Int(base)] = Int32(number) }
    self.numbers = numbers
    guard alphabet == .dna else {
      scores = nil
      return
    }
    let examples = train.map { ($0.sequence, $0.letters) }
    guard let scores = WordScores(examples, classes: classes, workers, isCancelled: isCancelled) else { return nil }
    self.scores = scores
  }

  /// So many of the letters whose labels count: one of each of as many stretches of equal length, by a hash of the
  /// stretch's number; 0 takes all.
  static func choose(_ limit: Int, of records: [LabelledRecord]) -> (chosen: [Chosen], all: Int) {
    let all = records.reduce(0) { $0 + $1.letters.count { $0 >= 0 } }
    let wanted = limit == 0 ? all : min(limit, all)
    var (next, seen, target) = (0, 0, -1)
    // The number, among letters that count, of the one that is taken from the next stretch.
    func advance() {
      guard next < wanted else { return target = all }
      let (start, end) = (next * all / wanted, (next + 1) * all / wanted)
      let hash = HoldOut.hash((0..<8).map { UInt8(truncatingIfNeeded: next >> (8 * $0)) })
      target = start + Int(hash % UInt64(end - start))
      next += 1
    }
    advance()
    let chosen = records.compactMap { record -> Chosen? in
      var places: [Int] = []
      for (place, label) in record.letters.enumerated() where label >= 0 {
        if seen == target {
          places.append(place)
          advance()
        }
        seen += 1
      }
      return places.isEmpty ? nil : Chosen(record: record, places: places)
    }
    return (chosen, all)
  }

  /// Rows of train, whose scores have mean 0 and deviation 1 from here on.
  mutating func scaled(_ chosen: [Chosen], _ workers: WorkerPool) -> LetterRows {
    scale = nil
    var (places, numbers) = raw(chosen, workers)
    if depth > 0 {
      scale = ColumnScale(numbers, columns: depth)
      scale?.apply(to: &numbers)
    }
    return rows(places, numbers)
  }

  func rows(_ chosen: [Chosen], _ workers: WorkerPool) -> LetterRows {
    var (places, numbers) = raw(chosen, workers)
    scale?.apply(to: &numbers)
    return rows(places, numbers)
  }

  private func rows(_ places: [Int32], _ numbers: [Float]) -> LetterRows {
    LetterRows(places: places, width: width, placed: width * letters, numbers: numbers, depth: depth)
  }

  private func raw(_ chosen: [Chosen], _ workers: WorkerPool) -> (places: [Int32], numbers: [Float]) {
    let parts = workers.map(chosen.count) { index in
      let (sequence, own) = (chosen[index].record.sequence, chosen[index].places)
      var places: [Int32] = []
      places.reserveCapacity(own.count * width)
      for letter in own {
        for offset in 0..<width {
          let place = letter - reach + offset
          places.append(
            sequence.indices.contains(place) ? Int32(offset * letters) + self.numbers[Int(sequence[place])] : -1)
        }
      }
      return (places, scores?.numbers(of: sequence, at: own) ?? [])
    }
    return (parts.flatMap(\.0), parts.flatMap(\.1))
  }

  /// The outputs of a model for all letters of records, some at a time, one after the other; nil when `isCancelled`
  /// says so.
  func forEach(
    _ records: [LabelledRecord], _ model: LinearModel, _ workers: WorkerPool, isCancelled: () -> Bool,
    _ body: (_ record: Int, _ outputs: ArraySlice<Double>) -> Void
  ) -> Bool {
    var pieces: [(record: Int, places: Range<Int>)] = []
    var size = 0
    func read() {
      let outputs = model.evaluate(
        rows(pieces.map { Chosen(record: records[$0.record], places: Array($0.places)) }, workers), workers)
      var first = 0
      for piece in pieces {
        let count = piece.places.count * model.outputs
        body(piece.record, outputs[first..<first + count])
        first += count
      }
      pieces.removeAll()
      size = 0
    }
    for (index, record) in records.enumerated() {
      for start in stride(from: 0, to: record.sequence.count, by: Self.portion) {
        let places = start..<min(start + Self.portion, record.sequence.count)
        pieces.append((index, places))
        size += places.count
        if size >= Self.portion { read() }
        if isCancelled() { return false }
      }
    }
    if size > 0 { read() }
    return true
  }
}
