import Labelled
import LinearModels
import Sequences
import Wording

extension Audit {
  /// The scores of the length, the composition, or the ends of sequences alone, and of the number of changes where
  /// rows are variants of one sequence.
  func shortcuts(_ variants: Variants?) -> [Finding] {
    let codes: [Finding.Code] = [.lengthShortcut, .compositionShortcut, .endsShortcut]
    guard let shortcut = Shortcut(self), isLabelled, !task.dev.isEmpty, !task.test.isEmpty,
      Set(task.train.lazy.map(\.label)).count > 1
    else {
      let why =
        task.kind == .letters
        ? "labels are of letters, which have no length or ends" : "there are no labels to be told apart in all splits"
      return codes.map { Finding($0, .unchecked, why) }
    }
    var found = [
      numbers(.lengthShortcut, "the length", shortcut) { Double($0.count) },
      alphabet == .dna
        ? numbers(.compositionShortcut, "the share of G and C", shortcut, Self.gc) : composition(shortcut),
      ends(shortcut),
    ]
    if let variants {
      found.append(
        numbers(.mutationsShortcut, "the number of changes to the parent", shortcut) { Double(variants.changes($0)) })
    }
    return found
  }

  private static func gc(_ sequence: [UInt8]) -> Double {
    let strong = sequence.count { $0 == UInt8(ascii: "G") || $0 == UInt8(ascii: "C") }
    return sequence.isEmpty ? 0 : Double(strong) / Double(sequence.count)
  }

  private func partners(_ record: LabelledRecord) -> [[UInt8]] {
    task.isPaired ? [record.sequence, record.second] : [record.sequence]
  }

  /// A model of one number of each sequence.
  private func numbers(
    _ code: Finding.Code, _ what: String, _ shortcut: Shortcut, _ number: @escaping ([UInt8]) -> Double
  ) -> Finding {
    let numbers = { (records: [LabelledRecord]) in records.map { self.partners($0).map(number) } }
    let bins = BinnedNumbers(numbers(task.train))
    if bins.isConstant { return Finding(code, .fine, "\(what) is the same in all rows of train") }
    return finding(code, what, shortcut, shortcut.measures { bins.rows(numbers($0)) })
  }

  /// A model of how often each letter occurs.
  private func composition(_ shortcut: Shortcut) -> Finding {
    let bases = alphabet.bases
    let rows = { (records: [LabelledRecord]) in
      var values: [Float] = []
      for record in records {
        for sequence in self.partners(record) {
          var counts = [Int](repeating: 0, count: 256)
          for letter in sequence { counts[Int(letter)] += 1 }
          // Shares of residues are small: as many times a share as there are residues is 1 on average.
          values += bases.map { Float(bases.count * counts[Int($0)]) / Float(max(1, sequence.count)) }
        }
      }
      return DenseRows(values, features: bases.count * (self.task.isPaired ? 2 : 1))
    }
    return finding(.compositionShortcut, "the composition", shortcut, shortcut.measures(rows))
  }

  /// A model of the first and the last letters.
  private func ends(_ shortcut: Shortcut) -> Finding {
    let (bases, count) = (alphabet.bases, settings.ends)
    var places = [Int](repeating: -1, count: 256)
    for (place, letter) in bases.enumerated() { places[Int(letter)] = place }
    let width = 2 * count * bases.count
    let rows = { (records: [LabelledRecord]) in
      let sides = self.task.isPaired ? 2 : 1
      var values = [Float](repeating: 0, count: records.count * sides * width)
      for (row, record) in records.enumerated() {
        for (side, sequence) in self.partners(record).enumerated() {
          let first = (row * sides + side) * width
          for place in 0..<min(count, sequence.count) {
            let (start, end) = (sequence[place], sequence[sequence.count - 1 - place])
            if places[Int(start)] >= 0 { values[first + place * bases.count + places[Int(start)]] = 1 }
            if places[Int(end)] >= 0 { values[first + (count + place) * bases.count + places[Int(end)]] = 1 }
          }
        }
      }
      return DenseRows(values, features: sides * width)
    }
    return finding(
      .endsShortcut, "the first and last \(count) letters", shortcut, shortcut.measures(rows))
  }

  private func finding(
    _ code: Finding.Code, _ what: String, _ shortcut: Shortcut, _ measures: [Finding.Measure]?
  ) -> Finding {
    guard let measures else { return Finding(code, .unchecked, "it was interrupted") }
    let severity = shortcut.severity(measures)
    let text = Shortcut.text(measures) + shortcut.part
    switch severity {
    case .unchecked:
      return Finding(code, severity, "a model of \(what) alone has no measure on test", measures: measures)
    case .fine:
      return Finding(
        code, severity, "a model of \(what) alone learns little of the label: test \(text)", measures: measures)
    case .grave, .notable:
      return Finding(
        code, severity, "a model of \(what) alone reaches on test \(text): a score says only what is above",
        measures: measures)
    }
  }
}
