import Labelled

/// The sequence of which all rows of a task are variants with few changes, as of a mutational scan.
struct Variants: Sendable {
  /// Rows that have the commonest length, and letters of them that are those of the parent, from which on rows are
  /// variants of it.
  private static let (rows, letters) = (0.9, 0.9)

  /// The most frequent letter at each place over train; of equals the first.
  let parent: [UInt8]
  /// By place: whether some row of train has the letter.
  private let known: [Set<UInt8>]

  /// nil where rows are no variants of one sequence.
  init?(_ task: LabelledSplits) {
    guard !task.isPaired, task.train.count >= 20 else { return nil }
    var lengths: [Int: Int] = [:]
    for record in task.train { lengths[record.sequence.count, default: 0] += 1 }
    guard let length = lengths.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key, length > 0,
      Double(lengths[length]!) >= Self.rows * Double(task.train.count)
    else { return nil }
    var counts = [[Int]](repeating: [Int](repeating: 0, count: 256), count: length)
    var total = 0
    for record in task.train where record.sequence.count == length {
      total += length
      for (place, letter) in record.sequence.enumerated() { counts[place][Int(letter)] += 1 }
    }
    let largest = counts.map { column in column.indices.max { (column[$0], $1) < (column[$1], $0) }! }
    let same = zip(counts, largest).reduce(0) { $0 + $1.0[$1.1] }
    guard Double(same) >= Self.letters * Double(total) else { return nil }
    parent = largest.map { UInt8($0) }
    known = counts.map { column in Set(column.indices.filter { column[$0] > 0 }.map { UInt8($0) }) }
  }

  /// Letters in which a sequence differs from the parent; a letter that is too few or too many is one.
  func changes(_ sequence: [UInt8]) -> Int {
    zip(sequence, parent).count { $0 != $1 } + abs(sequence.count - parent.count)
  }

  /// Changes of a sequence, those that no row of train has, and those at places where train has none.
  func unseen(_ sequence: [UInt8]) -> (changes: Int, unseen: Int, places: Int) {
    var (changes, unseen, places) = (0, 0, 0)
    for (place, letter) in sequence.enumerated() where place < parent.count && letter != parent[place] {
      changes += 1
      unseen += known[place].contains(letter) ? 0 : 1
      places += known[place].count == 1 ? 1 : 0
    }
    return (changes, unseen, places)
  }

  /// Places where some row of train differs from the parent.
  var changedPlaces: Int { known.count { $0.count > 1 } }
}
