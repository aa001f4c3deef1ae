package import Labelled
package import Rankings
package import Sequences
package import System
import Wording

/// Looks through a labelled task for what makes a score mean other than it seems: leaks between its splits, labels that
/// contradict each other, and shortcuts that need no understanding of a sequence.
package struct Audit: Sendable {
  package let task: LabelledSplits
  package let alphabet: Alphabet
  package let metric: Metric
  /// Whether the input says that its DNA may be read from either strand.
  package let isUnstranded: Bool
  package let settings: AuditSettings
  let workers: WorkerPool
  let isCancelled: @Sendable () -> Bool

  package init(
    _ task: LabelledSplits, _ alphabet: Alphabet, metric: Metric, isUnstranded: Bool, _ settings: AuditSettings,
    _ workers: WorkerPool, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    (self.task, self.alphabet, self.metric, self.isUnstranded) = (task, alphabet, metric, isUnstranded)
    (self.settings, self.workers, self.isCancelled) = (settings, workers, isCancelled)
  }

  /// All findings, the grave ones first, else in the order of `Code`; nil where `isCancelled`.
  /// - Parameters:
  ///   - corpus: what was found in a pretraining corpus, where one was given.
  ///   - progress: told of each step that begins.
  package func findings(
    corpus: CorpusOverlap? = nil, progress: (_ done: Int, _ total: Int, _ what: String) -> Void = { _, _, _ in }
  ) -> [Finding]? {
    let variants = Variants(task)
    let steps: [(String, () -> [Finding])] = [
      ("equal sequences", copies), ("places", { [places()] }), ("near duplicates", { near(variants) }),
      ("pairs", pairs), ("lengths and letters", { letters() + [lengths()] }), ("labels", balance),
      ("shortcuts", { shortcuts(variants) }), ("splits", { [shift()] }),
    ]
    var found = corpus.map { [$0.finding(self)] } ?? []
    for (number, step) in steps.enumerated() {
      progress(number, steps.count, step.0)
      found += step.1()
      if isCancelled() { return nil }
    }
    let codes = Finding.Code.allCases
    return Finding.Severity.allCases.flatMap { severity in
      let own = found.filter { $0.severity == severity }
      return codes.flatMap { code in own.filter { $0.code == code } }
    }
  }

  /// The kind of a sequence of the task in words.
  var noun: String { task.isPaired ? "pair" : "sequence" }

  /// A row as an example.
  func example(_ place: RowGroups.Place, note: String? = nil) -> Finding.Example {
    let record = task[place.split][place.row]
    return Finding.Example(
      split: place.split.rawValue, row: place.row + 1,
      // A row without a name is called by its number.
      name: record.name.isEmpty || record.name == "row\(place.row + 1)" ? nil : record.name, note: note)
  }

  /// A row as an example, with its label.
  func labelled(_ place: RowGroups.Place) -> Finding.Example {
    let label = task[place.split][place.row].label
    if case .letters = label { return example(place) }
    guard isLabelled else { return example(place) }
    return example(place, note: "label " + task.text(of: label))
  }

  /// `358 of 1,000 rows of dev (35.8 %)`
  static func words(_ counts: [Finding.Count]) -> String {
    counts.filter { $0.count > 0 }.map { Words.part($0.count, of: $0.total, $0.name) }.joined(separator: ", ")
  }

  /// How much leaked rows matter: grave from one of a hundred rows of a split on.
  static func severity(_ counts: [Finding.Count]) -> Finding.Severity {
    if counts.allSatisfy({ $0.count == 0 }) { return .fine }
    return counts.contains { 100 * $0.count >= $0.total && $0.count > 0 } ? .grave : .notable
  }
}
