package import Labelled
import Sequences
import Wording

/// How much of a task's rows is in a corpus that a model was pretrained on: the corpus streams by, and memory is that
/// of the task.
package struct CorpusOverlap: Sendable {
  /// A sequence of the task, with a word of it by which it is looked for.
  private struct Sought: Sendable {
    let letters: [UInt8]
    let other: [UInt8]
    /// The place of the word.
    let start: Int
  }

  private let index: NearDuplicates
  private let words: Minimizers
  private var seen: Set<UInt64> = []
  private var sought: [Sought] = []
  /// By hash of a word: the sequences that are looked for by it.
  private var anchors: [UInt64: [Int32]] = [:]
  private var numbers: [[UInt8]: Int] = [:]
  /// By sequence: places of the corpus, on either strand, where it is as a whole.
  private var places: [Int] = []
  /// Sequences and letters of the corpus.
  private var (sequences, letters) = (0, 0)

  package init(_ task: LabelledSplits, _ settings: AuditSettings) {
    var index = NearDuplicates(settings.words, most: settings.mostMinimizers)
    words = Minimizers(settings.words.alphabet, length: settings.words.length, window: 1)
    for record in LabelledSplits.names.flatMap({ task[$0] }) {
      index.insert(record, row: 0)
      for letters in [record.sequence, record.second] where !letters.isEmpty && numbers[letters] == nil {
        numbers[letters] = sought.count
        let isDNA = settings.words.alphabet == .dna
        var first: (hash: UInt64, start: Int)?
        words.forEach(letters) { hash, end in
          first = (hash, end - settings.words.length)
          return false
        }
        if let first { anchors[first.hash, default: []].append(Int32(sought.count)) }
        sought.append(
          Sought(letters: letters, other: isDNA ? Complement.reversed(letters) : [], start: first?.start ?? 0))
      }
    }
    self.index = index
    places = [Int](repeating: 0, count: sought.count)
  }

  /// Looks through a sequence of the corpus.
  package mutating func add(_ sequence: [UInt8]) {
    sequences += 1
    letters += sequence.count
    words.forEach(sequence) { hash, end in
      if index.contains(hash: hash) { seen.insert(hash) }
      for number in anchors[hash] ?? [] { count(Int(number), sequence, end - words.length) }
      return true
    }
  }

  /// Counts a place where a word of a sequence begins, if all of it is there.
  private mutating func count(_ number: Int, _ sequence: [UInt8], _ start: Int) {
    let own = sought[number]
    let matches = { (letters: [UInt8], first: Int) in
      first >= 0 && first + letters.count <= sequence.count
        && sequence[first..<first + letters.count].elementsEqual(letters)
    }
    if matches(own.letters, start - own.start) {
      places[number] += 1
    } else if !own.other.isEmpty, matches(own.other, start - (own.other.count - own.start - words.length)) {
      places[number] += 1
    }
  }

  /// The finding.
  func finding(_ audit: Audit) -> Finding {
    let task = audit.task
    var counts: [Finding.Count] = []
    var examples: [[Finding.Example]] = []
    var (known, all) = (0, 0)
    for split in [SplitName.test, .dev, .train] where !task[split].isEmpty {
      var (near, whole) = (0, 0)
      for (row, record) in task[split].enumerated() {
        let hashes = index.kept(record)
        let shared = hashes.count(where: seen.contains)
        (known, all) = (known + shared, all + hashes.count)
        let isNear = shared > 0 && Double(shared) >= audit.settings.near * Double(hashes.count)
        near += isNear ? 1 : 0
        whole += [record.sequence, record.second].allSatisfy { $0.isEmpty || places[numbers[$0]!] > 0 } ? 1 : 0
        if isNear, split == .test, examples.count < audit.settings.examples {
          let note = Words.part(shared, of: hashes.count, "minimizers")
          examples.append([audit.example(.init(split: split, row: row), note: note)])
        }
      }
      let part = audit.settings.part
      counts += [
        Finding.Count("rows of \(split.rawValue) with \(part) or more in the corpus", near, of: task[split].count),
        Finding.Count("rows of \(split.rawValue) that are in it as a whole", whole, of: task[split].count),
      ]
    }
    let words = Finding.Count("minimizers of all rows", known, of: all)
    let several = Finding.Count(
      "different sequences that are at several places of it", places.count { $0 > 1 }, of: places.count)
    let evaluated = counts.filter { $0.name.hasPrefix("rows of test") || $0.name.hasPrefix("rows of dev") }
    let isAny = (counts + [words]).contains { $0.count > 0 }
    let isMuch = evaluated.contains { $0.count > 0 && 10 * $0.count >= $0.total }
    let size = "\(Words.count(sequences, "sequence")) of \(Words.grouped(letters)) letters in all"
    return Finding(
      .corpusOverlap, isMuch ? .grave : isAny ? .notable : .fine,
      isAny
        ? "the corpus (\(size)) has what the task has: \(Audit.words(counts + [words, several]))"
        : "nothing of the task is in the corpus (\(size))",
      counts: counts + [words, several], examples: examples)
  }
}
