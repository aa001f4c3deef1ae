package import Artifacts
import Inputs
import Sequences
import Wording

/// Cuts genomes into windows and splits them by region.
package enum WindowsStage: Stage {
  static let length = ParameterKey<Int>(
    "length", .int(1...1_000_000), default: 512, neutral: 512, unit: "letters",
    help: "Length of a window.")
  static let step = ParameterKey<Int>(
    "step", .int(0...1_000_000), default: 0, neutral: 256, unit: "letters",
    help: "Distance between the starts of neighbouring windows; 0 stands for half of 'length'.")
  static let rest = ParameterKey<String>(
    "rest", .choice(["keep", "drop"]), default: "keep", neutral: "drop",
    help: "Letters between the last window and a gap or an end: keep, they are in one more window "
      + "that ends there (shorter where the piece is); drop, they are in no window.")
  static let heldOut = ParameterKey<Double>(
    "held-out", .float(0...0.9), default: 0.1, neutral: 0.1, unit: "fraction",
    help: "Part that is held out, as 'held-out-by' says. No letter is in both splits.")
  static let heldOutBy = ParameterKey<String>(
    "held-out-by", .choice(["tail", "blocks", "records"]), default: "tail", neutral: "tail",
    help: "tail: the end of each record is held out; blocks: blocks drawn from each record; records: whole records, by "
      + "the hash of their letters or those of 'held-out-records'.")
  static let heldOutBlock = ParameterKey<Int>(
    "held-out-block", .int(1...1_000_000_000), default: 100_000, neutral: 100_000, unit: "letters",
    help: "With held-out-by: blocks, the length of a block.")
  static let heldOutRecords = ParameterKey<[String]>(
    "held-out-records", .list(.string), default: [], neutral: [],
    help: "With held-out-by: records, the names of the records that are held out, as [XV, XVI].")
  static let minGap = ParameterKey<Int>(
    "min-gap", .int(1...1_000_000), default: 1, neutral: 1, unit: "letters",
    help: "Shortest run of unknown letters (N) that is a gap; no window holds a gap.")

  package static let declaration = StageDeclaration(
    name: "windows", version: 3,
    summary: "Cut genomes into windows and split them by region into train and held-out.",
    parameters: [
      length.parameter, step.parameter, rest.parameter, heldOut.parameter, heldOutBy.parameter,
      heldOutBlock.parameter, heldOutRecords.parameter, minGap.parameter,
      .alphabet, .rows("records"),
    ],
    inputs: [
      InputPort(
        "sequences", [.sequences, .labelledSequences], acceptsSeveral: true,
        help: "Genomes or other long sequences; of labelled sequences only train, and dev as held-out.")
    ],
    outputs: [
      OutputPort("sequences", .sequences, .tree, help: "The windows: train.fasta and held-out.fasta."),
      OutputPort("counts", .counts, .file, help: "Records and letters in no window, by reason and split."),
    ],
    rules: [.statedAlphabet(of: "sequences"), .windowStep, .windowHoldOut],
    example: """
      windows:
        stage: windows
        with: { length: 512, step: 256, held-out: 0.2 }
        in: { sequences: $genome }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let corpus = try Corpus(context)
    guard try !corpus.sources.contains(where: { try $0.isSplit }) else {
      throw StageFailure(code: "already-split", "the sequences are split into train and held-out already")
    }
    let length = context[Self.length]
    let cut = { (split: Windows.Split) in
      Windows(
        length: length, step: context[Self.step] == 0 ? max(1, length / 2) : context[Self.step],
        maximumUnknown: context[Self.minGap], keepsRest: context[Self.rest] == "keep", split: split,
        alphabet: corpus.alphabet)
    }
    let holdOut = WindowHoldOut(context)
    let (windows, whole) = (cut(holdOut.split), cut(.none))
    let train = FASTAOutput(try context.outputs.create("sequences", SequenceSource.train))
    let heldOut = FASTAOutput(try context.outputs.create("sequences", SequenceSource.heldOut))
    var (trainCounts, heldOutCounts) = (WindowCounts(), WindowCounts())
    var index = 0
    var unseen = holdOut.records
    let leftOut = try corpus.forEach { record, stated, _ in
      unseen.remove(record.name)
      let isHeldOut = stated ?? holdOut.contains(record)
      let counts = try record.sequence.withUnsafeBufferPointer { letters in
        try (isHeldOut == nil ? windows : whole).cut(letters, record: index) { window in
          let piece = UnsafeBufferPointer(rebasing: letters[window.start..<window.end])
          try (isHeldOut ?? window.isHeldOut ? heldOut : train).add(Windows.name(record.name, window), piece)
        }
      }
      // A record that is held out as a whole is cut as one of train is.
      if isHeldOut == true {
        heldOutCounts = heldOutCounts + counts.train
      } else {
        trainCounts = trainCounts + counts.train
        heldOutCounts = heldOutCounts + counts.heldOut
      }
      index += 1
    }
    try train.close()
    try heldOut.close()
    if let name = unseen.min() {
      let limit = context[.rows]
      let isCut = limit > 0 && index >= limit
      let reason = isCut ? "'rows' takes the first \(Words.grouped(limit)) records, and none of them" : "no record"
      throw StageFailure(code: "no-record", "'held-out-records' names '\(name)', but \(reason) is called that")
    }
    let all = trainCounts + heldOutCounts
    if trainCounts.letters == 0, heldOutCounts.letters > 0 {
      throw StageFailure(code: "no-windows", "every record is held out, so that there is none to train on")
    }
    guard train.count > 0 else {
      throw StageFailure(
        code: "no-windows",
        "no window of \(length) letters fits into the \(Words.grouped(index)) records"
          + (trainCounts.inGaps == trainCounts.letters && all.letters > 0 ? "" : "; take a smaller 'length'")
          + (trainCounts.inGaps > 0
            ? ": gaps of \(windows.maximumUnknown) or more unknown letters part them, which 'min-gap' makes longer"
            : ""))
    }
    for warning in warnings(windows, trainCounts, heldOutCounts, holdOut) {
      context.report(.warning(warning))
    }
    try context.outputs.write(
      "counts", "", JSONArtifact.encode(CountsDocument(train: trainCounts, heldOut: heldOutCounts, leftOut: leftOut)))
  }

  /// Warnings about letters and records in no window. Gaps alone are no loss.
  private static func warnings(
    _ windows: Windows, _ train: WindowCounts, _ heldOut: WindowCounts, _ holdOut: WindowHoldOut
  ) -> [String] {
    let all = train + heldOut
    var warnings: [String] = []
    let part = { (letters: Int) in Words.part(letters, of: all.letters, "letters") }
    if all.betweenWindows > 0 {
      warnings.append(
        "\(part(all.betweenWindows)) are between windows: 'step' (\(windows.step)) is larger than 'length' "
          + "(\(windows.length))")
    }
    if all.inShortSegments > 0 {
      warnings.append(
        "\(part(all.inShortSegments)) are in pieces shorter than a window; 'rest: keep' makes windows of them"
          + (all.inGaps > 0 ? ", and a larger 'min-gap' longer pieces" : ""))
    }
    if all.short * 10 > all.windows {
      warnings.append(
        "\(Words.part(all.short, of: all.windows, "windows")) are shorter than 'length'; 'rest: drop' "
          + "leaves them out" + (all.inGaps > 0 ? ", a larger 'min-gap' makes longer pieces" : ""))
    }
    if all.atEnds > 0 {
      warnings.append("\(part(all.atEnds)) are left at ends, after the last window; 'rest: keep' keeps them")
    }
    if train.withoutWindow > 0 {
      warnings.append(Words.part(train.withoutWindow, of: train.records, "records") + " have no window in train")
    }
    if holdOut.isWanted, heldOut.windows == 0 {
      let reason =
        heldOut.letters == 0
        ? holdOut.emptiness
        : heldOut.inGaps == heldOut.letters
          ? "all that is held out is a gap"
          : "each held-out part is shorter than a window of \(windows.length) letters; a larger "
            + "'held-out', a smaller 'length' or 'rest: keep' makes some"
      warnings.append("the held-out split has no window: \(reason)")
    }
    return warnings
  }
}

extension CountsDocument {
  init(train: WindowCounts, heldOut: WindowCounts, leftOut: Int) {
    let figures: [(String, KeyPath<WindowCounts, Int>)] = [
      ("records", \.records), ("records in no window", \.withoutWindow), ("windows", \.windows),
      ("  shorter than 'length'", \.short),
      ("letters", \.letters), ("letters in no window", \.inNoWindow), ("  in gaps", \.inGaps),
      ("  in pieces shorter than a window", \.inShortSegments), ("  between windows", \.betweenWindows),
      ("  at ends, after the last window", \.atEnds),
    ]
    rows = [Self.leftOut(leftOut)] + figures.map { Row($0, train: train[keyPath: $1], heldOut: heldOut[keyPath: $1]) }
  }
}
