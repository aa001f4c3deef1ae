import Artifacts
import Inputs
import Intervals
import Sequences
import Wording

/// One step of `assess`: scores and labels joined by name, and measured.
struct AssessRun {
  private let context: StageContext

  init(_ context: StageContext) { self.context = context }

  /// Rows of the table of scores.
  private struct Row {
    let name: String
    /// The score, then the columns beside it.
    let values: [Double]
  }

  func run() throws {
    let columns = [context[AssessStage.score]] + context[AssessStage.beside]
    let table = try ColumnTable(
      context.input("scores"), port: "scores", columns: [context[AssessStage.name]] + columns)
    var (rows, known, unscored, repeated): ([Row], Set<String>, Int, Int) = ([], [], 0, 0)
    for fields in table.rows {
      let values = fields.dropFirst().compactMap { Double($0) }.filter(\.isFinite)
      if values.count < columns.count {
        unscored += 1
      } else if known.insert(fields[0]).inserted {
        rows.append(Row(name: fields[0], values: values))
      } else {
        repeated += 1
      }
    }
    if repeated > 0 { context.report(.warning("rows of scores left out whose name an earlier one has: \(repeated)")) }
    let labels = try self.labels()
    let names = try NameJoin(labels.values, scored: known, aliases: aliases())
    let labelled = rows.filter { labels.isList || names.values[$0.name] != nil }
    let targets = labelled.map { names.values[$0.name] ?? 0 }
    let sequences = try self.sequences(of: Set(labelled.map(\.name)))
    let confounders = Confounders(
      labelled.map(\.name), labels: targets, isBinary: labels.isBinary, sequences: sequences,
      areGenes: context.optionalInput("genes") != nil, alphabet, threads: context.threads)
    let whole = labelled.indices.filter { row in confounders.values.allSatisfy { $0.values[row] != nil } }
    var lacking: [String: Int] = [:]
    for (name, values) in confounders.values {
      let missing = values.count { $0 == nil }
      if missing > 0 { lacking[name] = missing }
    }
    let measured = whole.map { targets[$0] }
    let first = { (name: String?) in name.map { ", as of `\($0)`" } ?? "" }
    guard Set(measured).count > 1 else {
      throw StageFailure(
        code: "no-labels",
        "\(Words.count(measured.count, "row")) with a score and a label, of "
          + "\(Words.count(Set(measured).count, "label")): nothing can be ordered. "
          + "There are \(Words.count(table.rows.count, "score"))\(first(table.rows.first?[0])), of which "
          + "\(Words.grouped(rows.count)) are numbers, and "
          + "\(Words.count(labels.values.count, "label"))\(first(labels.values.keys.min()))")
    }
    let turned = context[AssessStage.turned]
    let scores = columns.enumerated().map { number, name in
      (name: name, values: whole.map { (turned && number == 0 ? -1 : 1) * labelled[$0].values[number] })
    }
    let others = confounders.values.map { name, values in (name: name, values: whole.map { values[$0]! }) }
    let assessment = Assessment(scores + others, labels: measured, isBinary: labels.isBinary, seed: context[.seed])
    let unused = names.unused
    let document = AssessedDocument(
      score: columns[0], isTurned: turned, isBinary: labels.isBinary, rows: measured.count,
      positives: labels.isBinary ? measured.count { $0 == 1 } : nil,
      joined: .init(
        scores: table.rows.count, labels: labels.values.count, aliases: names.byAlias,
        unlabelled: rows.count - labelled.count, unscored: unscored, unused: unused.count,
        firstUnused: Array(unused.prefix(10)), lacking: lacking),
      predictors: assessment.predictors, differences: assessment.differences)
    warn(document, labels)
    try context.outputs.write("assessed", "", JSONArtifact.encode(document))
  }

  private var alphabet: Alphabet { Alphabet(rawValue: context[.alphabet]) ?? .dna }

  private func labels() throws -> ScoreLabels {
    let artifact = context.input("labels")
    if context[AssessStage.labelForm] == "list" { return try ScoreLabels(list: artifact) }
    return try ScoreLabels(
      artifact, name: context[AssessStage.labelName], label: context[AssessStage.label],
      positive: context[AssessStage.positive])
  }

  /// By further name, the names of genes that have it.
  private func aliases() throws -> [String: [String]] {
    guard let artifact = context.optionalInput("aliases") else { return [:] }
    let source = IntervalSource(artifact, path: SequenceSource.names(at: "aliases"))
    var names: [String] = []
    try source.forEach(label: context[Genes.name]) { feature in
      names.append((feature.label ?? "").isEmpty ? feature.name : feature.label!)
    }
    var (result, number): ([String: [String]], Int) = ([:], 0)
    try source.forEach(label: context[AssessStage.alias]) { feature in
      for alias in (feature.label ?? "").split(separator: ",") {
        result[String(alias), default: []].append(names[number])
      }
      number += 1
    }
    return result
  }

  /// The letters of names: of genes, or of whole records.
  private func sequences(of names: Set<String>) throws -> [String: [UInt8]] {
    guard let artifact = context.optionalInput("sequences") else { return [:] }
    let source = SequenceSource(
      artifact, path: SequenceSource.names(at: "sequences"), alphabet: alphabet, rows: 0, context.report)
    var result: [String: [UInt8]] = [:]
    let records = RecordNames(rawValue: context[Genes.recordNames])!
    let genes = try context.optionalInput("genes").map { try Genes($0, name: context[Genes.name]) }
    let byRecord = Dictionary(grouping: genes?.all.filter { names.contains($0.name) } ?? []) {
      records.form(of: $0.record)
    }
    try source.forEach { record, _ in
      guard genes != nil else {
        if names.contains(record.name), result[record.name] == nil { result[record.name] = record.sequence }
        return
      }
      for gene in byRecord[records.form(of: record.name)] ?? [] where gene.range.upperBound <= record.sequence.count {
        result[gene.name] = gene.letters(of: record.sequence)
      }
    }
    guard !result.isEmpty else {
      throw StageFailure(
        code: "no-sequences",
        genes == nil
          ? "no record of 'sequences' has the name of a score"
          : "no gene with a score lies on a record of 'sequences': 'record-names: loose' passes over versions of names")
    }
    return result
  }

  private func warn(_ document: AssessedDocument, _ labels: ScoreLabels) {
    let joined = document.joined
    var lines: [String] = []
    if joined.unscored > 0 { lines.append("rows of scores left out without a number: \(joined.unscored)") }
    if joined.unlabelled > 0 { lines.append("scores left out without a label: \(joined.unlabelled)") }
    if joined.unused > 0 {
      lines.append(
        "labels left out without a score: \(joined.unused), the first "
          + joined.firstUnused.prefix(3).map { "`\($0)`" }.joined(separator: ", "))
    }
    if labels.empty > 0 { lines.append("rows of labels left out without one: \(labels.empty)") }
    if labels.repeated > 0 { lines.append("labels left out whose name an earlier one has: \(labels.repeated)") }
    for (name, count) in joined.lacking.sorted(by: { $0.key < $1.key }) {
      lines.append("rows left out for which '\(name)' cannot be computed: \(count)")
    }
    for line in lines { context.report(.warning(line)) }
  }
}
