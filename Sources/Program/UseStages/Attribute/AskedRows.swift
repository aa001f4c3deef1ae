import Artifacts
import Inputs
import Labelled
import Sequences
import Wording

/// The rows of a task that are asked, and of which class.
struct AskedRows {
  let rows: [AskedRow]
  /// Rows of the split and class beyond the limit.
  let notAsked: Int
  /// The number that is explained, in words.
  let output: String

  /// Throws `StageFailure` for a task of other labels than the model's, or without rows to ask.
  init(_ context: StageContext, _ attributor: Attributor) throws {
    let model = attributor.model
    let source = SequenceSource(
      context.input("task"), path: SequenceSource.names(at: "task"), alphabet: model.alphabet, rows: 0, context.report)
    guard source.reading.alphabet == model.alphabet else {
      throw StageFailure(
        code: "other-alphabet",
        "the task is of \(source.reading.alphabet.rawValue), the model of \(model.alphabet.rawValue)")
    }
    let task = try source.labelled()
    for note in task.notes { context.report(.warning(note)) }
    guard task.kind == model.kind, !task.isPaired else {
      throw StageFailure(
        code: "other-task",
        "the task has labels of the kind \(task.kind.rawValue)\(task.isPaired ? " of pairs" : ""), the model those of "
          + "the kind \(model.kind.rawValue)")
    }
    let name = context[AttributeStage.split]
    let records = [SplitName.train.rawValue: task.train, SplitName.dev.rawValue: task.dev][name] ?? task.test
    let chosen = try model.chosenClass(context[AttributeStage.className])
    output =
      switch model.kind {
      case .value: "the predicted value"
      case .set: "the logit of class \(chosen ?? "")"
      case .class, .letters:
        chosen.map { name in
          model.document.classes.count == 2
            ? "the log-odds of class \(name)" : "the logit of class \(name) ahead of the mean of the others"
        } ?? "the logit of a row's own class ahead of the mean of the others"
      }
    let numbers = Dictionary(uniqueKeysWithValues: model.document.classes.enumerated().map { ($1, $0) })
    var unknown = 0
    var all: [AskedRow] = []
    for (index, record) in records.enumerated() {
      let own = task.text(of: record.label)
      var number: Int?
      switch record.label {
      case .number:
        if let chosen, own != chosen { continue }
        number = numbers[own]
        if number == nil { unknown += 1 }
      case .set(let members):
        guard let chosen, members.contains(where: { task.classes[$0] == chosen }) else { continue }
        number = numbers[chosen]
      case .value, .letters: break
      }
      if model.kind != .value, number == nil { continue }
      all.append(
        AskedRow(
          index: index, sequence: record.sequence, label: own, weights: attributor.model.weights(ofClass: number)))
    }
    if unknown > 0 {
      context.report(
        .warning("\(Words.part(unknown, of: records.count, "rows of \(name)")) are of a class that the model has not"))
    }
    let whole = zip(all, attributor.isCut(all.map(\.sequence))).filter { !$1 && !$0.sequence.isEmpty }.map(\.0)
    if whole.count < all.count {
      context.report(
        .warning(
          "\(Words.part(all.count - whole.count, of: all.count, "rows")) are left out: the model does not read all of "
            + "their letters"))
    }
    guard !whole.isEmpty else {
      throw StageFailure(
        code: "no-rows",
        "no row of \(name)\(chosen.map { " of class \($0)" } ?? "") can be asked: another 'split' or "
          + "'class' may have some")
    }
    rows = Self.sample(whole, context[AttributeStage.rowLimit])
    notAsked = whole.count - rows.count
    if notAsked > 0 {
      context.report(
        .warning(
          "\(Words.part(rows.count, of: whole.count, "rows of \(name)\(chosen.map { " of class \($0)" } ?? "")")) are "
            + "asked, a sample by their letters; 'rows: 0' asks all"))
    }
  }

  /// So many rows, those with the least hashes of their letters, in the order of the split; 0 takes all.
  private static func sample(_ rows: [AskedRow], _ limit: Int) -> [AskedRow] {
    guard limit > 0, limit < rows.count else { return rows }
    let hashes = rows.map { HoldOut.hash($0.sequence, seed: 1) }
    let taken = Set(rows.indices.sorted { (hashes[$0], $0) < (hashes[$1], $1) }.prefix(limit))
    return rows.indices.filter(taken.contains).map { rows[$0] }
  }
}
