import Artifacts
import Rankings
import Sequences

/// The options with which an input of labelled sequences states its layout.
enum LabelledFormat {
  static let files = LabelledReader.Role.allCases.map(\.rawValue)

  static let fileOptions = [
    InputOption(
      "sequences", .files,
      help: "A file of named sequences, FASTA or a table of names and sequences; other files then hold names."),
    InputOption("table", .files, help: "A file with rows of all splits."),
    InputOption("train", .files, help: "Files of train."),
    InputOption("dev", .files, help: "Files of dev."),
    InputOption("test", .files, help: "Files of test."),
  ]

  /// For tables: where labels and splits are.
  static let columns = [
    InputOption("label", default: "label", help: "Column of labels, by name or number."),
    InputOption(
      "split",
      help: "Column of splits: train, dev or test. Without it and without files of splits, they are made by hash."),
    InputOption("validation", help: "Column that is true for rows of train that are dev."),
    InputOption("second", help: "Column of the other sequence, where examples are pairs."),
    InputOption(
      "header", .bool, default: "true", help: "Whether a table has a header. Without, columns are stated by number."),
  ]

  /// For FASTA: where labels and splits are.
  static let words = [
    InputOption("label", .integer(1...Int.max), default: "2", help: "Word of the header that is the label, by number."),
    InputOption(
      "split", .integer(1...Int.max),
      help: "Word of the header that is the split: train, dev or test. Without it and without files of splits, they "
        + "are made by hash."),
    InputOption(
      "validation", .integer(1...Int.max), help: "Word of the header that is true for rows of train that are dev."),
  ]

  /// For tables and FASTA alike.
  static let common = [
    InputOption(
      "labels", .choice(LabelKind.allCases.map(\.rawValue)), default: LabelKind.class.rawValue,
      help: "What labels are: class, set (several classes), value (a number) or letters (a class per letter)."),
    InputOption("label-separator", default: ";", help: "What parts the pieces of a label."),
    InputOption(
      "label-part", .integer(-1_000_000...1_000_000),
      help: "The piece of a label that counts, from 1, or from the end by -1, the last; by default all of it."),
    InputOption("ignore", .list, help: "Labels that do not count; their rows, or letters, are left out."),
    InputOption("shares", default: "80/10/10", help: "Shares of train, dev and test where they are made by hash."),
    InputOption(
      "metric", .choice(Metric.allCases.map(\.rawValue)),
      help: "The metric that chooses the epoch and ranks; by default MCC, AUROC of sets, Spearman's of values."),
  ]

  /// What is wrong with stated options together, or with what a text of one says.
  static func problems(_ stated: [String: String]) -> [InputProblem] {
    var problems: [InputProblem] = []
    if stated["label-part"].flatMap({ Int($0) }) == 0 {
      problems.append(InputProblem("option `label-part` is a number from 1, or from -1 down", option: "label-part"))
    }
    if let text = stated["shares"], shares(text) == nil {
      problems.append(
        InputProblem("option `shares` is three numbers from 1, as 80/10/10, not `\(text)`", option: "shares"))
    }
    let labels = labels(stated)
    if labels == .letters, stated["second"] != nil {
      problems.append(
        InputProblem("labels of letters are of one sequence: option `second` makes pairs", option: "second"))
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

  /// The layout that `reference` states. Throws a `StageFailure` with everything that is wrong.
  static func options(_ reference: ArtifactReference, _ reading: ReadingOptions) throws -> LabelledOptions {
    let stated = reference.options
    let format = SequenceFormats.all.first { $0.name == reference.format && $0.kind == reference.kind }
    if let problems = format?.problems(stated), !problems.isEmpty {
      throw StageFailure(code: "bad-options", problems.map(\.message).joined(separator: "\n"))
    }
    var options = LabelledOptions()
    options.reading = reading
    options.reading.rows = nil
    options.layout = LabelledOptions.Layout(rawValue: reference.format) ?? .csv
    options.labels = labels(stated)
    if let sequence = stated["sequence"] { options.sequence = sequence }
    options.second = stated["second"]
    options.label = stated["label"] ?? (options.layout == .fasta ? "2" : "label")
    options.name = stated["name"]
    options.split = stated["split"]
    options.validation = stated["validation"]
    options.separator = stated["label-separator"].flatMap { $0.isEmpty ? nil : $0 }
    options.ignored = (stated["ignore"] ?? "").split(separator: ",").map { String($0.drop { $0 == " " }) }
    options.hasHeader = stated["header"] != "false"
    options.piece = stated["label-part"].flatMap { Int($0) }
    if let shares = stated["shares"].flatMap(shares) { options.shares = shares }
    return options
  }

  private static func labels(_ stated: [String: String]) -> LabelKind {
    stated["labels"].flatMap(LabelKind.init(rawValue:)) ?? .class
  }

  private static func shares(_ text: String) -> [Int]? {
    let words = text.split(separator: "/", omittingEmptySubsequences: false)
    let numbers = words.compactMap { Int($0) }.filter((1...1000).contains)
    return words.count == 3 && numbers.count == 3 ? numbers : nil
  }

  /// The primary metric of a task.
  static func metric(_ reference: ArtifactReference, _ labels: LabelKind) -> Metric {
    if let metric = reference.options["metric"].flatMap(Metric.init(rawValue:)) { return metric }
    switch labels {
    case .class, .letters: return .mcc
    case .set: return .auroc
    case .value: return .spearman
    }
  }

  private static func measures(_ labels: LabelKind) -> [Metric] {
    switch labels {
    case .class: Predictions.measures
    case .set: SetPredictions.measures
    case .value: Regression.measures
    case .letters: TokenPredictions.measures
    }
  }

  /// The files of an artifact in the order in which they are read, with what messages call them.
  static func files(
    _ artifact: any InputArtifact, _ path: InputFormat.Path
  ) throws -> [(file: LabelledReader.File, name: String)] {
    let names = try artifact.names
    if names == [""] { return [(LabelledReader.File(.table, path("")), "")] }
    if LabelledOptions.Layout(rawValue: artifact.reference.format) == nil {
      let roles: [LabelledReader.Role] = [.train, .dev, .test]
      return zip(roles, LabelledReader.files).map { (LabelledReader.File($0, path($1)), $1) }
    }
    return LabelledReader.Role.allCases.flatMap { role in
      names.filter { $0.prefix { $0 != "." } == role.rawValue }.map { (LabelledReader.File(role, path($0)), $0) }
    }
  }
}
