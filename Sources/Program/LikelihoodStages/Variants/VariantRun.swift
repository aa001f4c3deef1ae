import Artifacts
import Inputs
import Intervals
import ModelStages
import Networks
import Sequences
import Tokenizers
import Variants
import Wording

/// One step of `variants`: variants by record, then pairs of each record, some at a time.
struct VariantRun {
  /// Letters of windows that are scored at once.
  private static let lettersAtOnce = 1 << 18
  /// Letters of a window around a gene, where none are stated.
  private static let geneWindow = 1024

  private let context: StageContext
  private let kind: VariantsStage.Kind
  private let scorer: PairScorer
  private let source: SequenceSource
  private let table: VariantTable
  private let window: Int
  private let form: StopCassette.Form
  private let record: String
  private let names: RecordNames
  /// Variants that are in the table.
  private var scored = 0

  init(_ context: StageContext) throws {
    self.context = context
    kind = VariantsStage.Kind(rawValue: context[VariantsStage.kind])!
    form = StopCassette.Form(rawValue: context[VariantsStage.form])!
    record = context[VariantsStage.record]
    names = RecordNames(rawValue: context[Genes.recordNames])!
    let scorer = try LikelihoodScorer(
      LanguageModel(context), window: 0, step: 0, isCancelled: context.isInterrupted)
    source = SequenceSource(
      context.input("sequences"), path: SequenceSource.names(at: "sequences"),
      alphabet: Alphabet(rawValue: context[.alphabet]) ?? .dna, rows: 0, context.report)
    let strands = context[ScoreStage.strands] == "both" ? 2 : 1
    try scorer.check(source.reading.alphabet, strands: strands)
    let network = scorer.model.network
    let canMask = !network.isCausal && scorer.model.tokenizer.isOfLetters
    if context[VariantsStage.scoring] == "marginals", !canMask {
      throw StageFailure(
        code: "no-marginals", "'scoring' is 'marginals', which needs weights of mm and tokens that are letters")
    }
    self.scorer = PairScorer(
      scorer: scorer, strands: strands, usesMarginals: canMask && context[VariantsStage.scoring] != "likelihood")
    let stated = context[VariantsStage.window]
    let asked = stated > 0 ? stated : kind == .stopCassettes ? Self.geneWindow : Int.max
    // Marginals read a window at once.
    window = self.scorer.usesMarginals ? min(asked, network.limit ?? .max) : asked
    table = try VariantTable(context, strands: strands)
  }

  mutating func run() throws {
    var (faults, warnings, done) = (VariantFaults(), [String](), 0)
    var given: [String: [Variant]] = [:]
    var genes: [String: [Gene]] = [:]
    let limit = context[.rows] > 0 ? context[.rows] : Int.max
    switch kind {
    case .given:
      var count = 0
      faults = try variants { variant in
        count += 1
        guard count <= limit else { return }
        given[names.form(of: variant.record.isEmpty ? record : variant.record), default: []].append(variant)
      }
    case .stopCassettes:
      let known = try Genes(context.input("genes"), name: context[Genes.name])
      warnings = known.warnings
      for gene in known.all.prefix(limit) { genes[names.form(of: gene.record), default: []].append(gene) }
    case .singleMutants: break
    }
    var (only, first, records): (SequenceRecord?, String, Int) = (nil, "", 0)
    let wanted = names.form(of: record)
    var isFound = record.isEmpty
    let needsOnly = record.isEmpty && (kind == .singleMutants || given[""] != nil)
    try source.forEach { entry, _ in
      records += 1
      // Without a name, the only record is the one: known once all are read.
      if needsOnly {
        if records == 1 { only = entry }
      }
      let name = names.form(of: entry.name)
      if records == 1 { first = entry.name }
      let own = given.removeValue(forKey: name) ?? []
      if !own.isEmpty { done += try score(own, of: entry, &faults) }
      if let own = genes.removeValue(forKey: name) { done += try score(own, of: entry, &warnings) }
      if kind == .singleMutants, !isFound, name == wanted {
        isFound = true
        done += try scoreMutants(of: entry, limit, &faults)
      }
    }
    if needsOnly {
      guard records == 1, let only else {
        throw StageFailure(
          code: "several-records", "there are \(records) records: state in 'record' the one that variants are of")
      }
      done +=
        try kind == .singleMutants
        ? scoreMutants(of: only, limit, &faults) : score(given.removeValue(forKey: "") ?? [], of: only, &faults)
    }
    guard kind != .singleMutants || isFound else {
      throw StageFailure(
        code: "unknown-record",
        "'record' is '\(record)', and none of \(Words.count(records, "sequence")) has that name: the first is "
          + "'\(first)'")
    }
    for variant in given.sorted(by: { $0.key < $1.key }).flatMap(\.value) { faults.add(.unknownRecord, variant.name) }
    let lost = genes.values.reduce(0) { $0 + $1.count }
    if lost > 0 { warnings.append("genes left out of a record that there is not: \(lost)") }
    try table.close()
    for warning in warnings + faults.lines { context.report(.warning(warning)) }
    guard done > 0 else { throw StageFailure(code: "no-variant", "no variant could be scored") }
  }

  /// Calls `body` with each variant of the port; returns those left out.
  private func variants(_ body: (Variant) throws -> Void) throws -> VariantFaults {
    let column = context[VariantsStage.column]
    let artifact = context.input("variants")
    let member = try artifact.names.first ?? ""
    var reader = VariantReader(
      file: "variants", alphabet: source.reading.alphabet, substitutions: column.isEmpty ? nil : column)
    try artifact.forEachChunk(member) { chunk in
      try reader.push(chunk, body)
      return true
    }
    try reader.finish(body)
    do { try reader.findings.check() } catch { throw StageFailure(code: "bad-data", "\(error)") }
    return reader.faults
  }

  private mutating func scoreMutants(of entry: SequenceRecord, _ limit: Int, _ faults: inout VariantFaults) throws
    -> Int
  {
    let last = context[VariantsStage.to] > 0 ? context[VariantsStage.to] : entry.sequence.count
    let first = context[VariantsStage.from] - 1
    guard first < last, last <= entry.sequence.count else {
      throw StageFailure(
        code: "bad-window", "places \(first + 1) to \(last) are not in a record of \(entry.sequence.count) letters")
    }
    let mutants = SingleMutants.all(
      of: entry.sequence, in: first..<last, record: entry.name, source.reading.alphabet)
    return try score(Array(mutants.prefix(limit)), of: entry, &faults)
  }

  /// Scores variants of a record; returns how many.
  private mutating func score(_ variants: [Variant], of entry: SequenceRecord, _ faults: inout VariantFaults) throws
    -> Int
  {
    var pairs: [VariantPair] = []
    var done = 0
    for variant in variants {
      if let fault = variant.fault(in: entry.sequence) {
        faults.add(fault, variant.name)
        continue
      }
      let range = place(around: variant.range, of: entry.sequence.count)
      let letters = Array(entry.sequence[range])
      let text = { (letters: KeyPath<Variant.Edit, [UInt8]>) in
        variant.edits.map { String(decoding: $0[keyPath: letters], as: UTF8.self) }.joined(separator: ":")
      }
      pairs.append(
        VariantPair(
          name: variant.name, record: entry.name, position: variant.range.lowerBound + 1,
          reference: text(\.reference), alternative: text(\.alternative), window: letters,
          mutant: variant.applied(to: letters, from: range.lowerBound),
          place: .init(range: range, isReverse: false), isSubstitution: variant.isSubstitution))
      done += 1
      try flush(&pairs, all: false)
    }
    try flush(&pairs, all: true)
    return done
  }

  /// The window around a variant, which begins at a multiple of an eighth of its length, so that neighbours share it.
  private func place(around range: Range<Int>, of count: Int) -> Range<Int> {
    let size = min(max(window, range.count), count)
    if size == count { return 0..<count }
    let grid = max(1, size / 8)
    let middle = max(0, (range.lowerBound + range.upperBound - size) / 2) / grid * grid
    let start = max(0, min(middle, min(range.lowerBound, count - size)))
    return start..<max(start + size, range.upperBound)
  }

  private mutating func score(_ genes: [Gene], of entry: SequenceRecord, _ warnings: inout [String]) throws -> Int {
    var pairs: [VariantPair] = []
    var (done, outside, small) = (0, 0, 0)
    for gene in genes {
      guard gene.range.upperBound <= entry.sequence.count else {
        outside += 1
        continue
      }
      let range = StopCassette.window(
        gene.range, isReverse: gene.isReverse, length: window, of: entry.sequence.count)
      let forward = Array(entry.sequence[range])
      let letters = gene.isReverse ? Complement.reversed(forward) : forward
      let start =
        gene.isReverse ? range.upperBound - gene.range.upperBound : gene.range.lowerBound - range.lowerBound
      guard let pair = StopCassette.pair(letters, gene: start..<start + gene.range.count, form) else {
        small += 1
        continue
      }
      pairs.append(
        VariantPair(
          name: gene.name, record: entry.name, position: gene.range.lowerBound + 1,
          reference: gene.isReverse ? "-" : "+", alternative: "\(form.rawValue) \(pair.copies)", window: pair.reference,
          mutant: pair.mutant, place: .init(range: range, isReverse: gene.isReverse), isSubstitution: false))
      done += 1
      try flush(&pairs, all: false)
    }
    try flush(&pairs, all: true)
    if outside > 0 { warnings.append("genes left out that reach beyond their record: \(outside)") }
    if small > 0 { warnings.append("genes left out in which a stop has no room: \(small)") }
    return done
  }

  private mutating func flush(_ pairs: inout [VariantPair], all: Bool) throws {
    guard all || pairs.reduce(0, { $0 + $1.mutant.count }) >= Self.lettersAtOnce else { return }
    for (pair, score) in zip(pairs, try scorer.scores(of: pairs)) { try table.add(pair, score) }
    scored += pairs.count
    context.report(.progress(done: scored, total: 0, unit: "variants", detail: pairs.last?.name ?? ""))
    pairs = []
  }
}
