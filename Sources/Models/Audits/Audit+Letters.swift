import Labelled
import Sequences
import Wording

extension Audit {
  /// Letters that are no bases or residues, letters without a label, and rows that are in no split.
  func letters() -> [Finding] {
    var found = [otherLetters()]
    if task.kind == .letters { found.append(unlabelled()) }
    found.append(
      Finding(
        .rowsLeftOut, task.notes.isEmpty ? .fine : .notable,
        task.notes.isEmpty ? "reading left no row out" : task.notes.joined(separator: "; ")))
    return found
  }

  private func otherLetters() -> Finding {
    var isBase = [Bool](repeating: false, count: 256)
    for letter in alphabet.bases { isBase[Int(letter)] = true }
    var counts = [Int](repeating: 0, count: 256)
    var (letters, rows, all) = (0, 0, 0)
    var examples: [RowGroups.Place] = []
    for split in LabelledSplits.names {
      for (row, record) in task[split].enumerated() {
        all += 1
        var others = 0
        for letter in record.sequence + record.second {
          letters += 1
          if !isBase[Int(letter)] {
            counts[Int(letter)] += 1
            others += 1
          }
        }
        rows += others > 0 ? 1 : 0
        if others > 0, examples.count < settings.examples { examples.append(.init(split: split, row: row)) }
      }
    }
    let total = counts.reduce(0, +)
    let each = counts.indices.filter { counts[$0] > 0 }.sorted { (counts[$1], $0) < (counts[$0], $1) }
      .map { "\(Character(UnicodeScalar(UInt8($0)))) \(Words.grouped(counts[$0]))" }
    let bases = String(decoding: alphabet.bases, as: UTF8.self)
    let found = [
      Finding.Count("letters other than \(bases)", total, of: letters), Finding.Count("rows with one", rows, of: all),
    ]
    return Finding(
      .otherLetters, 20 * total > letters && total > 0 ? .grave : total > 0 ? .notable : .fine,
      total == 0
        ? "all letters are of \(bases)" : "\(Self.words(found)): \(ClassCounts.list(each))",
      counts: found, examples: examples.map { [example($0)] })
  }

  private func unlabelled() -> Finding {
    let counts = LabelledSplits.names.map { split in
      let labels = task[split].map(\.letters)
      return Finding.Count(
        "letters of \(split.rawValue) without a label that counts",
        labels.reduce(0) { sum, row in sum + row.count { $0 < 0 } }, of: labels.reduce(0) { $0 + $1.count })
    }
    let all = Finding.Count(
      "letters without a label that counts", counts.reduce(0) { $0 + $1.count }, of: counts.reduce(0) { $0 + $1.total })
    return Finding(
      .unlabelledLetters, all.count > 0 ? .notable : .fine,
      all.count == 0
        ? "every letter has a label" : "\(Self.words([all])): a measure must leave them out, as those here do",
      counts: [all] + counts)
  }

  /// How long sequences are, and which are short.
  func lengths() -> Finding {
    var lengths: [Int] = []
    for split in LabelledSplits.names {
      for record in task[split] {
        lengths.append(record.sequence.count)
        if task.isPaired { lengths.append(record.second.count) }
      }
    }
    guard !lengths.isEmpty else { return Finding(.lengths, .unchecked, "there are no sequences") }
    lengths.sort()
    let median = lengths[lengths.count / 2]
    let bound = settings.short ?? (median + 1) / 2
    let short = lengths.count { $0 < bound }
    let counts = [
      Finding.Count("sequences of fewer than \(Words.grouped(bound)) letters", short, of: lengths.count),
      Finding.Count(
        "sequences of fewer than \(settings.words.length) letters, a word by which near ones are found",
        lengths.count { $0 < settings.words.length }, of: lengths.count),
    ]
    let isOne = lengths[0] == lengths[lengths.count - 1]
    let range =
      isOne
      ? "all sequences have \(Words.grouped(median)) letters"
      : "sequences have \(Words.grouped(lengths[0])) to \(Words.grouped(lengths[lengths.count - 1])) letters, half of "
        + "them \(Words.grouped(median)) or more"
    return Finding(
      .lengths, short > 0 && settings.short != nil || counts[1].count > 0 ? .notable : .fine,
      range + (short + counts[1].count > 0 ? "; \(Self.words(counts))" : ""),
      counts: counts)
  }
}
