import Artifacts
import Inputs
import Intervals
import Labelled
import Sequences
import Wording

/// The tables of a task: the second pass over the genome, which cuts windows out and draws negatives.
final class IntervalTables {
  /// The label of negatives beside labels of a column.
  private static let negative = "negative"
  private static let header = ["name", "sequence", "label", "chrom", "start", "end", "strand", "interval"]

  /// A row of a record, before it is written in genome order.
  private struct Row {
    let start: Int
    let part: GenomeSplits.Part
    let isNegative: Bool
    let fields: [[UInt8]]
  }

  private struct Sum {
    var rows = 0
    var gc = 0.0
    var masked = 0.0
  }

  private var layout: IntervalLayout
  private let context: StageContext
  private let draw: NegativeDraw
  private let kind: String
  private let negativeLabel: String
  private var outputs: [GenomeSplits.Part: DelimitedOutput] = [:]
  private var sums: [GenomeSplits.Part: [String: Sum]] = [:]
  /// Letters of each part by class, where labels are of letters.
  private var classes: [GenomeSplits.Part: [UInt8: Int]] = [:]
  /// Negatives that no earlier record had a place for.
  private var missing: [GenomeSplits.Part: [WantedNegative]] = [:]
  /// Positives so far, of all splits: negatives are numbered by them.
  private var positives = 0
  /// The number of the next window of `layout`.
  private var next = 0

  init(_ layout: IntervalLayout) {
    self.layout = layout
    context = layout.context
    kind = layout.isOfCodons ? "none" : context[IntervalsStage.negatives]
    negativeLabel = context[IntervalsStage.label].isEmpty ? "0" : Self.negative
    draw = NegativeDraw(
      length: layout.length, gcTolerance: context[IntervalsStage.gcTolerance],
      maskedTolerance: context[IntervalsStage.maskedTolerance], maximumUnknown: layout.maximumUnknown,
      seed: context[.seed])
  }

  func write() throws {
    if kind != "none", layout.windows.contains(where: { $0.label == negativeLabel }) {
      throw StageFailure(
        code: "bad-data", "the label `\(negativeLabel)` is that of negatives; write negatives: none, or rename it")
    }
    for part in GenomeSplits.Part.allCases {
      outputs[part] = DelimitedOutput(
        try context.outputs.create("sequences", part.rawValue + ".csv"), .comma, header: Self.header)
    }
    try layout.genome.forEach { index, name, letters in
      try record(index, name, letters)
      context.report(.progress(done: index + 1, total: layout.recordNames.count, unit: "records", detail: name))
    }
    for part in GenomeSplits.Part.allCases {
      for wanted in missing[part] ?? [] { layout.leftOut.add(.noNegative, place(ofItem: wanted.item)) }
      try outputs[part]?.close()
    }
    try context.outputs.write("sequences", TaskDocument.file, JSONArtifact.encode(document))
    warn()
  }

  private func warn() {
    if !layout.leftOut.rows.isEmpty { context.report(.warning("left out: \(layout.leftOut.words)")) }
    let count = layout.leftOut.count(.noNegative)
    if count > 0 {
      context.report(
        .warning(
          "\(count) negatives have no place; larger gc-tolerance and masked-tolerance, avoid: windows, or "
            + "negatives: shuffled find more"))
    }
  }

  // MARK: One record

  private func record(_ index: Int, _ name: String, _ letters: UnsafeBufferPointer<UInt8>) throws {
    let first = next
    while next < layout.windows.count, layout.windows[next].record == index { next += 1 }
    let own = layout.windows[first..<next]
    if own.isEmpty, missing.values.allSatisfy(\.isEmpty) { return }
    var rows: [Row] = []
    var wanted: [GenomeSplits.Part: [WantedNegative]] = [:]
    let genes = layout.isOfCodons ? genes(index, name, count: letters.count) : nil
    for window in own {
      let part = layout.part(of: window)
      let sequence = Strands.letters(letters[window.start..<window.start + layout.length], window.strand)
      let label = genes.map { Array($0.letters[window.start..<window.start + layout.length]) }
      for letter in label ?? [] { classes[part, default: [:]][letter, default: 0] += 1 }
      rows.append(row(window, part, sequence, name, label: label))
      for item in items() {
        if kind == "shuffled" {
          rows.append(shuffled(window, part, sequence, name, item))
        } else {
          wanted[part, default: []].append(
            WantedNegative(item: item, composition: window.composition, strand: window.strand))
        }
      }
    }
    if kind == "genome" { rows += negatives(wanted, index, name, letters) }
    let order = rows.indices.sorted {
      (rows[$0].start, rows[$0].isNegative ? 1 : 0, $0) < (rows[$1].start, rows[$1].isNegative ? 1 : 0, $1)
    }
    for place in order { try outputs[rows[place].part]?.add(rows[place].fields) }
  }

  /// The letters of a record's genes, whose shared letters are counted.
  private func genes(_ index: Int, _ name: String, count: Int) -> GeneLetters {
    let features = (layout.byRecord[index] ?? []).map { layout.intervals[$0] }
    for feature in features where feature.end > count { layout.leftOut.add(.outside, feature.place) }
    let genes = GeneLetters(features, count: count)
    for (kind, reason) in [
      (GeneLetters.Shared.oneStrand, LeftOut.Reason.sharedOneStrand), (.bothStrands, .sharedBothStrands),
      (.otherSort, .sharedOtherSort),
    ] {
      guard let shared = genes.shared[kind] else { continue }
      layout.leftOut.add(reason, "\(name):\(shared.first)", count: shared.count)
    }
    return genes
  }

  /// The numbers of the negatives of the next positive: their running total is the ratio times that of positives.
  private func items() -> Range<Int> {
    guard kind != "none" else { return 0..<0 }
    let ratio = context[IntervalsStage.ratio]
    let before = Int((Double(positives) * ratio + 1e-9).rounded(.down))
    positives += 1
    return before..<Int((Double(positives) * ratio + 1e-9).rounded(.down))
  }

  private func negatives(
    _ wanted: [GenomeSplits.Part: [WantedNegative]], _ index: Int, _ name: String,
    _ letters: UnsafeBufferPointer<UInt8>
  ) -> [Row] {
    var taken: [Range<Int>] = []
    let anchor = Anchor(rawValue: context[IntervalsStage.center]) ?? .middle
    for number in layout.byRecord[index] ?? [] {
      let interval = layout.intervals[number]
      if context[IntervalsStage.avoid] == "intervals" { taken.append(interval.start..<interval.end) }
      if let start = anchor.start(of: layout.length, on: interval, shift: context[IntervalsStage.shift]) {
        taken.append(start..<start + layout.length)
      }
    }
    var rows: [Row] = []
    for (range, part) in layout.splits.ranges(index, count: letters.count) {
      let all = (wanted[part] ?? []) + (missing[part] ?? [])
      let result = draw.draw(all, in: range, of: letters, taken: taken)
      missing[part] = result.missing
      for found in result.found {
        let strand = found.wanted.strand
        let sequence = Strands.letters(letters[found.start..<found.start + layout.length], strand)
        count(part, negativeLabel, found.composition)
        rows.append(
          row(
            GenomicInterval(name, found.start, found.start + layout.length, strand), part, sequence, negativeLabel, "",
            isNegative: true))
      }
    }
    return rows
  }

  private func shuffled(
    _ window: PlacedWindow, _ part: GenomeSplits.Part, _ sequence: [UInt8], _ name: String, _ item: Int
  ) -> Row {
    count(part, negativeLabel, window.composition)
    let place = GenomicInterval(name, window.start, window.start + layout.length, window.strand)
    return row(
      place, part, draw.shuffled(sequence, item: item), negativeLabel, "shuffled:" + place.place, isNegative: true)
  }

  // MARK: Rows

  /// The row of a window with its label, or with one of letters.
  private func row(
    _ window: PlacedWindow, _ part: GenomeSplits.Part, _ sequence: [UInt8], _ name: String, label: [UInt8]?
  ) -> Row {
    count(part, window.label, window.composition)
    return row(
      GenomicInterval(name, window.start, window.start + layout.length, window.strand), part, sequence,
      label.map { String(decoding: $0, as: UTF8.self) } ?? window.label,
      window.interval.map { layout.intervals[$0].name } ?? "", isNegative: false)
  }

  private func row(
    _ place: GenomicInterval, _ part: GenomeSplits.Part, _ sequence: [UInt8], _ label: String, _ interval: String,
    isNegative: Bool
  ) -> Row {
    let name = interval.hasPrefix("shuffled:") ? interval : place.place
    let fields = [
      name, "", label, place.record, "\(place.start)", "\(place.end)", place.strand.text, interval,
    ].map { Array($0.utf8) }
    return Row(
      start: place.start, part: part, isNegative: isNegative, fields: [fields[0], sequence] + fields[2...])
  }

  private func count(_ part: GenomeSplits.Part, _ label: String, _ composition: Composition) {
    // Values have as many labels as rows.
    let label = context[IntervalsStage.labels] == "value" ? "" : label
    var sum = sums[part]?[label] ?? Sum()
    sum.rows += 1
    sum.gc += composition.gc
    sum.masked += composition.masked
    sums[part, default: [:]][label] = sum
  }

  /// The place of the positive whose negative has this number.
  private func place(ofItem item: Int) -> String {
    let place = Int((Double(item) / context[IntervalsStage.ratio]).rounded(.down))
    return layout.windows.indices.contains(place) ? layout.place(of: layout.windows[place]) : ""
  }

  private var document: TaskDocument {
    let groups = GenomeSplits.Part.allCases.flatMap { part in
      (sums[part] ?? [:]).sorted { $0.key.precedesInBytes($1.key) }.map { label, sum in
        TaskDocument.Group(
          split: part.rawValue, label: label, rows: sum.rows, gc: sum.gc / Double(sum.rows),
          masked: sum.masked / Double(sum.rows))
      }
    }
    let labels = layout.isOfCodons ? LabelKind.letters.rawValue : context[IntervalsStage.labels]
    var document = TaskDocument(options: ["labels": labels, "name": "name"])
    document.intervals = layout.intervals.count
    document.length = layout.length
    document.groups = groups
    document.leftOut = layout.leftOut.rows
    if layout.isOfCodons {
      document.letters = Set(classes.values.flatMap(\.keys)).sorted().map { letter in
        let count = { [classes] (part: GenomeSplits.Part) in classes[part]?[letter] ?? 0 }
        return TaskDocument.Letters(
          label: String(decoding: [letter], as: UTF8.self), train: count(.train), dev: count(.dev), test: count(.test))
      }
    }
    return document
  }
}
