package import Artifacts
package import Labelled
import Rankings
import Sequences

/// The options with which an input of labelled sequences states its layout: one table, which help, schema and checks
/// read.
extension LabelledFormat {
  /// For all layouts: the files with rows, sequences or labels.
  package static let fileOptions = [
    InputOption("files", .files, help: "Files with rows of all splits; as `table`, with which it goes together."),
    InputOption("table", .files, help: "A file with rows of all splits."),
    InputOption("train", .files, help: "Files of train."),
    InputOption("dev", .files, help: "Files of dev."),
    InputOption("test", .files, help: "Files of test."),
    InputOption(
      "sequences", .files,
      help: "A file of named sequences, FASTA or a table of names and sequences; other files then hold names."),
    InputOption(
      "label-lines", .files,
      help: "Files of labels, one a line in the order of the sequences; the first is of the first file of sequences."),
  ]

  /// For tables: where labels and splits are.
  package static let columns = [
    InputOption("label", default: "label", help: "Column of labels, by name or number."),
    InputOption(
      "split",
      help: "Column of splits: train, dev or test. Without it and without files of splits, they are made by hash."),
    InputOption("validation", help: "Column that is true for rows of train that are dev."),
    InputOption(
      "group", help: "Column of groups, as a species or a cluster: where splits are made, a group's rows are in one."),
    InputOption("second", help: "Column of the other sequence, where examples are pairs."),
    InputOption(
      "second-group", help: "Column of the group of the other sequence; without, `group` is that of the pair."),
  ]

  /// For FASTA: where labels and splits are, a word of the header by its number or, of `SET=train`, by its key.
  package static let words = [
    InputOption("label", default: "2", help: "Word of the header that is the label, by number, or by key as in KEY=x."),
    InputOption(
      "split",
      help:
        "Word of the header that is the split: train, dev or test. Without it and without files of splits, they are "
        + "made by hash."),
    InputOption("validation", help: "Word of the header that is true for rows of train that are dev."),
    InputOption(
      "group",
      help: "Word of the header that is the group, as a species: where splits are made, a group's rows are in one."),
  ]

  /// For all layouts.
  package static let common = [
    InputOption(
      "labels", .choice(["class", "name", "set", "value", "letters"]), default: LabelKind.class.rawValue,
      help:
        "Kind of the labels: class, name (of a class, also where it is a number), set (several classes), value (a "
        + "number) or letters (a class per letter)."),
    InputOption("label-separator", default: ";", help: "Text between the pieces of a label."),
    InputOption(
      "label-part", .integer(-1_000_000...1_000_000),
      help: "The piece of a label that counts, from 1, or from the end by -1, the last; by default all of it."),
    InputOption("ignore", .list, help: "Labels that do not count; their rows, or letters, are left out."),
    SequenceFormats.incomplete,
    InputOption(
      "min-rows", .integer(1...1_000_000_000), default: "1", help: "Classes of fewer rows are left out, and counted."),
    InputOption(
      "unseen", .choice(LabelledOptions.Unseen.allCases.map(\.rawValue)), default: "refuse",
      help: "Fate of rows of dev and test whose class no row of train has: refuse, drop, or keep; those kept are wrong "
        + "but by chance. Both are counted."),
    InputOption(
      "map", .map, help: "Names of splits, as train_seen=train, val=dev; rows whose split is - are left out."),
    InputOption("shares", default: "80/10/10", help: "Shares of train, dev and test where they are made by hash."),
    InputOption(
      "stratify", .bool, default: "false", help: "Whether the shares of splits that are made hold in every class."),
    InputOption(
      "folds", .integer(3...1000), help: "Splits are made of so many equal parts; one is test, the next dev."),
    InputOption("fold", .integer(1...1000), default: "1", help: "Which of the parts is test."),
    InputOption(
      "stranded", .bool, default: "true",
      help:
        "Whether the strand tells something, as of promoters; false for DNA that either strand stands for, as under "
        + "peaks: a fine-tune reads both then."),
    InputOption(
      "metric", .choice(Metric.ranking.map(\.rawValue)),
      help: "The metric that chooses the epoch and ranks; by default MCC, AUROC of sets, Spearman's of values."),
  ]

  /// Problems of stated options together, or of the text of one.
  package static func problems(_ stated: [String: String]) -> [InputProblem] {
    var problems: [InputProblem] = []
    let add = { (option: String, message: String) in
      if stated[option] != nil { problems.append(InputProblem(message, option: option)) }
    }
    let labels = labels(stated)
    if stated["label-part"].flatMap({ Int($0) }) == 0 {
      add("label-part", "option `label-part` is a number from 1, or from -1 down")
    }
    if let text = stated["shares"], shares(text) == nil {
      add("shares", "option `shares` is three numbers from 1, as 80/10/10, not `\(text)`")
    }
    if labels == .letters { add("second", "labels of letters are of one sequence: option `second` makes pairs") }
    if labels == .letters || labels == .value { add("stratify", "only classes and sets of them can be stratified") }
    if labels == .value { add("unseen", "option `unseen` is of classes; these labels are values") }
    if labels != .class { add("min-rows", "option `min-rows` is of classes; these labels are of the kind \(labels)") }
    if stated["second"] != nil, stated["group"] == nil || stated["second-group"] != nil, stated["stratify"] == "true" {
      add(
        "stratify", "pairs are parted by both partners, which leaves no shares of a class; option `group` parts pairs")
    }
    if stated["second"] == nil || stated["group"] == nil {
      add("second-group", "option `second-group` is of pairs, beside `second` and `group`")
    }
    if let fold = stated["fold"].flatMap({ Int($0) }) {
      let folds = stated["folds"].flatMap { Int($0) }
      if folds == nil { add("fold", "option `fold` is one of several: option `folds` says how many") }
      if let folds, fold > folds { add("fold", "there are \(folds) folds, and no fold \(fold)") }
    }
    if let text = stated["map"] {
      for case .failure(let problem) in splitNames(text) { add("map", problem.message) }
    }
    if let text = stated["metric"], !measures(labels).contains(where: { $0.rawValue == text }) {
      let names = measures(labels).map(\.rawValue)
      problems.append(
        InputProblem(
          "option `metric` is one of \(names.joined(separator: ", ")) where labels are of the kind \(labels), "
            + "not `\(text)`", option: "metric", candidates: names))
    }
    return problems
  }

  /// A fault of the option `map`.
  package struct MapProblem: Error { let message: String }

  /// The entries of the option `map`.
  package static func splitNames(_ text: String) -> [Result<(name: String, split: SplitName), MapProblem>] {
    text.split(separator: ",").map { entry in
      let halves = entry.split(separator: "=", omittingEmptySubsequences: false).map { trimmed(String($0)) }
      guard halves.count == 2, let split = SplitName(rawValue: halves[1]) else {
        return .failure(
          MapProblem(
            message: "option `map` is of entries NAME=train, dev, test or -, not `\(halves.joined(separator: "="))`"))
      }
      return .success((halves[0], split))
    }
  }
}
