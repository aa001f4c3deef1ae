package import Artifacts
import Labelled
import Rankings
import Sequences

/// A labelled task as own stages ask for it: the rows that a fine-tune uses, in tables of one form.
package enum TaskTables {
  /// Writes `train.tsv`, `dev.tsv`, `test.tsv` with the columns name, sequence, second (of pairs) and label, and
  /// `classes.tsv`.
  package static let write: InputForm.Writer = { artifact, create, report in
    let splits = try TaskSplits(artifact, alphabet: .dna, rows: 0, holdOut: 0, report)
    let isSet = splits.kind == .set
    if isSet, let name = splits.classNames.first(where: { $0.contains(";") }) {
      throw StageFailure(code: "bad-task", "the class `\(name)` has a semicolon, which parts the classes of a set")
    }
    if splits.kind == .letters, splits.classNames.contains(".") {
      throw StageFailure(code: "bad-task", "the class `.` of letters is also the sign of those without a label")
    }
    let header = ["name", "sequence"] + (splits.isPaired ? ["second"] : []) + ["label"]
    for (file, records) in [("train.tsv", splits.train), ("dev.tsv", splits.dev), ("test.tsv", splits.test)] {
      let output = DelimitedOutput(try create(file), .tab, header: header)
      for record in records {
        let second = splits.isPaired ? [record.second] : []
        try output.add(
          [Array(record.name.utf8), record.sequence] + second + [Array(splits.text(of: record.label).utf8)])
      }
      try output.close()
    }
    let classes = DelimitedOutput(try create("classes.tsv"), .tab, header: ["class"])
    for name in splits.classNames { try classes.add([Array(name.utf8)]) }
    try classes.close()
    let rows = splits.rows
    return [
      "labels": splits.kind.rawValue, "metric": splits.metric.rawValue, "alphabet": splits.alphabet.rawValue,
      "pairs": splits.isPaired ? "true" : "false", "droppedFromTrain": "\(rows.droppedFromTrain)",
      "devInTrain": "\(rows.devInTrain)", "testInTrain": "\(rows.testInTrain)", "testInDev": "\(rows.testInDev)",
      "conflictingLabels": "\(rows.conflictingLabels)",
    ]
  }
}
