import Artifacts
import Inputs
import Intervals
import Sequences

/// The places of a task's windows: the first pass over the genome.
struct IntervalLayout {
  let context: StageContext
  let genome: Genome
  let length: Int
  let maximumUnknown: Double
  let names: RecordNames
  private(set) var intervals: [GenomicInterval] = []
  /// The intervals of each record of the genome, by its number.
  private(set) var byRecord: [Int: [Int]] = [:]
  /// In genome order.
  private(set) var windows: [PlacedWindow] = []
  private(set) var splits = GenomeSplits([], named: [:], dev: 0, test: 0)
  /// The names of the genome's records, by number.
  private(set) var recordNames: [String] = []
  var leftOut = LeftOut()

  init(_ context: StageContext) throws {
    self.context = context
    genome = try Genome(context.artifacts(at: "genome"))
    length = context[IntervalsStage.length]
    maximumUnknown = context[IntervalsStage.maxUnknown]
    names = RecordNames(rawValue: context[IntervalsStage.recordNames]) ?? .exact
  }

  mutating func readIntervals() throws {
    if isOfCodons { return try readGenes() }
    let label = context[IntervalsStage.label]
    let isValued = context[IntervalsStage.labels] == "value"
    let isForward = context[IntervalsStage.strand] == "forward"
    var wrong: String?
    try IntervalSource(context.input("intervals"), path: SequenceSource.names(at: "intervals")).forEach(
      label: label.isEmpty ? nil : label
    ) { interval in
      var interval = interval
      if isForward { interval.strand = .forward }
      let text = interval.label ?? "1"
      if text.isEmpty {
        leftOut.add(.noLabel, interval.place)
        interval.label = ""
      } else if isValued, !(Double(text)?.isFinite ?? false), wrong == nil {
        wrong = "line \(interval.line) of the intervals: the label `\(text)` is no number; are labels: class meant?"
      }
      intervals.append(interval)
    }
    if let wrong { throw StageFailure(code: "bad-data", wrong) }
  }

  /// Whether labels are of letters, by the places in a codon.
  var isOfCodons: Bool { context[IntervalsStage.labels] == "codons" }

  private mutating func readGenes() throws {
    try IntervalSource(context.input("intervals"), path: SequenceSource.names(at: "intervals")).forEach(label: nil) {
      interval in
      if GeneLetters.sort(of: interval) == nil {
        leftOut.add(.noGene, interval.place)
      } else {
        intervals.append(interval)
      }
    }
    guard intervals.isEmpty else { return }
    throw StageFailure(
      code: "no-genes",
      "labels: codons reads features of GFF, and none of these is a CDS, an RNA gene or a pseudogene")
  }

  /// Lays a window on each interval, or windows side by side on the genome, and decides which count and in which
  /// split they are.
  mutating func place() throws {
    let wanted = Dictionary(grouping: intervals.indices) { names.form(of: intervals[$0].record) }
    var known: [String: String] = [:]
    var numbers: [String: Int] = [:]
    let anchor = Anchor(rawValue: context[IntervalsStage.center]) ?? .middle
    let shift = context[IntervalsStage.shift]
    try genome.forEach { index, name, letters in
      let form = names.form(of: name)
      if let other = known.updateValue(name, forKey: form) {
        throw StageFailure(
          code: "bad-data", "two records of the genome are `\(form)`: `\(other)` and `\(name)`")
      }
      numbers[form] = index
      recordNames.append(name)
      byRecord[index] = wanted[form]
      if isOfCodons {
        tile(record: index, letters)
      } else {
        for number in wanted[form] ?? [] { place(number, anchor, shift, record: index, letters) }
      }
    }
    try checkRecords(wanted, known)
    windows.sort(by: PlacedWindow.precedes)
    let isClass = context[IntervalsStage.labels] == "class"
    let distinct = PlacedWindow.distinct(windows, length: length, conflicts: isClass)
    for window in distinct.repeated { leftOut.add(.repeated, place(of: window)) }
    for window in distinct.conflicting { leftOut.add(.conflicting, place(of: window)) }
    try split(distinct.kept, numbers, Array(known.values))
  }

  /// Lays windows side by side on a record.
  private mutating func tile(record: Int, _ letters: UnsafeBufferPointer<UInt8>) {
    let ends = letters.count / length * length
    for start in stride(from: 0, to: ends, by: length) {
      let composition = Composition(UnsafeBufferPointer(rebasing: letters[start..<start + length]))
      let window = PlacedWindow(
        record: record, start: start, strand: .forward, label: "", interval: nil, composition: composition)
      if composition.unknown <= maximumUnknown {
        windows.append(window)
      } else {
        leftOut.add(.unknownLetters, place(of: window))
      }
    }
    if ends < letters.count {
      let rest = GenomicInterval(recordNames[record], ends, letters.count)
      leftOut.add(.restOfRecord, rest.place, count: letters.count - ends)
    }
  }

  private mutating func place(
    _ number: Int, _ anchor: Anchor, _ shift: Int, record: Int, _ letters: UnsafeBufferPointer<UInt8>
  ) {
    let interval = intervals[number]
    // Counted when it was read.
    if interval.label == "" { return }
    guard let start = anchor.start(of: length, on: interval, shift: shift) else {
      leftOut.add(.noSummit, interval.place)
      return
    }
    guard start >= 0, start + length <= letters.count else {
      leftOut.add(.outside, interval.place)
      return
    }
    let composition = Composition(UnsafeBufferPointer(rebasing: letters[start..<start + length]))
    guard composition.unknown <= maximumUnknown else {
      leftOut.add(.unknownLetters, interval.place)
      return
    }
    windows.append(
      PlacedWindow(
        record: record, start: start, strand: interval.strand, label: interval.label ?? "1", interval: number,
        composition: composition))
  }

  /// Counts the intervals on records that the genome has not, and says what may be meant.
  private mutating func checkRecords(_ wanted: [String: [Int]], _ known: [String: String]) throws {
    let missing = wanted.keys.filter { known[$0] == nil }
    guard !missing.isEmpty else { return }
    for number in missing.flatMap({ wanted[$0]! }).sorted() { leftOut.add(.unknownRecord, intervals[number].place) }
    let loose = Dictionary(known.values.map { (RecordNames.loose.form(of: $0), $0) }) { first, _ in first }
    let has = known.values.sorted().prefix(5).map { "`\($0)`" }.joined(separator: ", ")
    let hints = missing.sorted().prefix(3).map { form in
      let name = intervals[wanted[form]![0]].record
      let twin = loose[RecordNames.loose.form(of: name)]
      return "`\(name)`" + (twin.map { " (the genome has `\($0)`)" } ?? "")
    }
    let isLoose = missing.contains { loose[RecordNames.loose.form(of: intervals[wanted[$0]![0]].record)] != nil }
    let message =
      "\(leftOut.count(.unknownRecord)) of \(intervals.count) intervals are on records that the genome has not: "
      + hints.joined(separator: ", ") + (missing.count > 3 ? " and \(missing.count - 3) more" : "")
      + (isLoose ? "; record-names: loose takes these for the same" : "; the genome has \(has)")
    if missing.count == wanted.count { throw StageFailure(code: "no-records", message) }
    context.report(.warning(message))
  }

  private mutating func split(_ all: [PlacedWindow], _ numbers: [String: Int], _ known: [String]) throws {
    var named: [Int: GenomeSplits.Part] = [:]
    for (part, key) in [(GenomeSplits.Part.dev, IntervalsStage.dev), (.test, IntervalsStage.test)] {
      for name in context[key] {
        guard let number = numbers[names.form(of: name)] else {
          let list = known.sorted().prefix(8).map { "`\($0)`" }.joined(separator: ", ")
          throw StageFailure(
            code: "bad-parameters", "'\(part.rawValue)' names the record `\(name)`; the genome has \(list)")
        }
        if let other = named.updateValue(part, forKey: number), other != part {
          throw StageFailure(code: "bad-parameters", "the record `\(name)` is named for both dev and test")
        }
      }
    }
    splits = GenomeSplits(
      all, named: named, dev: context[IntervalsStage.devShare], test: context[IntervalsStage.testShare])
    windows = []
    for window in all {
      if splits.part(window.record, window.start) == splits.part(window.record, window.start + length - 1) {
        windows.append(window)
      } else {
        leftOut.add(.acrossSplits, place(of: window))
      }
    }
    let parts = Set(windows.map(part(of:)))
    for part in GenomeSplits.Part.allCases where !parts.contains(part) {
      let help = "'dev', 'test', 'dev-share' and 'test-share' say what is in it"
      throw StageFailure(
        code: "empty-split",
        "no window of the \(intervals.count) intervals is in \(part.rawValue); "
          + (leftOut.rows.isEmpty ? help : "left out: \(leftOut.words)"))
    }
  }

  func part(of window: PlacedWindow) -> GenomeSplits.Part { splits.part(window.record, window.start) }

  /// The place of a window, which names it.
  func place(of window: PlacedWindow) -> String {
    let record = window.interval.map { intervals[$0].record } ?? recordNames[window.record]
    return GenomicInterval(record, window.start, window.start + length, window.strand).place
  }
}
