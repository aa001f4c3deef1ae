import Labelled
import Sequences

/// A column of texts, by which its kind is guessed.
struct ColumnSample {
  let values: [String]
  let distinct: Set<String>
  /// The letters of sequences; nil where the values are none: words of fewer than eight letters, or of others.
  let alphabet: Alphabet?
  /// Whether gaps of an alignment stand in them.
  let hasGaps: Bool
  let lengths: ClosedRange<Int>

  init(_ values: [String]) {
    self.values = values
    distinct = Set(values)
    var counts = [Int](repeating: 0, count: 256)
    var lengths: [Int] = []
    var ofOneCase = 0
    for value in values {
      var (upper, lower) = (false, false)
      for byte in value.utf8 {
        counts[Int(byte)] += 1
        if 65...90 ~= byte { upper = true } else if 97...122 ~= byte { lower = true }
      }
      if !upper || !lower { ofOneCase += 1 }
      lengths.append(value.utf8.count)
    }
    lengths.sort()
    self.lengths = (lengths.first ?? 0)...(lengths.last ?? 0)
    hasGaps = counts[Int(UInt8(ascii: "-"))] > 0
    let isLong = !lengths.isEmpty && lengths[lengths.count / 2] >= 8 && (lengths.first { $0 > 0 } ?? 0) > 0
    alphabet = isLong ? Self.alphabet(counts, isOfOneCase: ofOneCase == values.count) : nil
  }

  /// Sequences are of letters, gaps and a stop alone. Names have letters of both cases, and few of them.
  private static func alphabet(_ counts: [Int], isOfOneCase: Bool) -> Alphabet? {
    let (dna, protein) = (Alphabet.dna.storage, Alphabet.protein.storage)
    let marks = Set("-*".utf8.map(Int.init))
    let bytes = counts.indices.filter { counts[$0] > 0 && !marks.contains($0) }
    guard bytes.allSatisfy({ protein[$0] > 0 }) else { return nil }
    let letters = bytes.reduce(0) { $0 + counts[$1] }
    let bases = Set("ACGTN".utf8)
    let nucleotides = bytes.reduce(0) { $0 + (bases.contains(dna[$1]) ? counts[$1] : 0) }
    if nucleotides * 20 >= letters * 19 { return letters > 0 ? .dna : nil }
    return isOfOneCase && Set(bytes.map { protein[$0] }).count >= 15 ? .protein : nil
  }

  /// Whether all but empty ones are numbers, and more than a class would have.
  var isValue: Bool {
    let stated = values.filter { !$0.isEmpty }
    let numbers = stated.compactMap(Double.init).filter(\.isFinite)
    guard !stated.isEmpty, numbers.count == stated.count, numbers.count * 2 > values.count else { return false }
    return distinct.count > 20 || numbers.contains { $0 != $0.rounded() }
  }

  /// Whether the values number the rows.
  var isNumbering: Bool {
    let numbers = values.compactMap { Int($0) }
    return numbers.count == values.count && zip(numbers, numbers.dropFirst()).allSatisfy { $0 < .max && $1 == $0 + 1 }
  }

  /// Whether all name splits.
  var namesSplits: Bool { !values.isEmpty && distinct.allSatisfy { SplitName(other: $0) != nil } }

  /// Whether those that are not empty, most of them, are classes: each often enough.
  var isClass: Bool {
    let stated = values.count { !$0.isEmpty }
    let classes = distinct.subtracting([""]).count
    return classes >= 2 && classes * 4 <= stated && stated * 2 > values.count
  }

  /// Whether the values say of rows of train that they are dev, in a column of this name.
  func isValidation(_ name: String) -> Bool {
    ["validation", "is_validation", "valid", "val"].contains(name.lowercased())
      && distinct.allSatisfy { ["", "true", "false", "0", "1", "yes", "no"].contains($0.lowercased()) }
  }

  /// The separator of the classes of a label that has several; nil where labels are single classes.
  var setSeparator: Character? {
    [";", "|", ","].first { separator in
      let pieces = values.flatMap { $0.split(separator: separator).map(String.init) }
      return values.contains { $0.contains(separator) } && Set(pieces).count * 4 <= pieces.count
    }
  }
}
