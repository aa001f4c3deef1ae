import Artifacts
import Rankings
import Sequences

/// The options with which an input of labelled sequences states its layout.
enum LabelledFormat {
  static let files = LabelledReader.Role.allCases.map(\.rawValue)

  static let fileHelp = [
    ("sequences", "A file of named sequences, FASTA or a table of names and sequences; other files then hold names."),
    ("table", "A file with rows of all splits."), ("train", "Files of train."), ("dev", "Files of dev."),
    ("test", "Files of test."),
  ]

  /// For tables and FASTA alike.
  static let common = [
    ("label", "Column of labels, by name or number; a word of a FASTA header by number."),
    ("labels", "What labels are: class, set (several classes), value (a number) or letters (a class per letter)."),
    ("label-separator", "What parts the pieces of a label; by default a semicolon."),
    ("label-part", "The piece of a label that counts, from 1, or -1 for the last; by default all of it."),
    ("ignore", "Labels that do not count, parted by commas; their rows, or letters, are left out."),
    ("split", "Column of splits: train, dev or test. Without it and without files of splits, they are made by hash."),
    ("validation", "Column that is true for rows of train that are dev."),
    ("shares", "Shares of train, dev and test where they are made, as 80/10/10."),
    ("metric", "The metric that chooses the epoch and ranks; by default MCC, AUROC of sets, Spearman's of values."),
  ]

  static let pairs = [
    ("second", "Column of the other sequence, where examples are pairs."),
    ("header", "Whether a table has a header: true or false. Without, columns are stated by number."),
  ]

  /// The layout that `reference` states. Throws a `StageFailure` with everything that is wrong.
  static func options(_ reference: ArtifactReference, _ reading: ReadingOptions) throws -> LabelledOptions {
    let stated = reference.options
    var problems: [String] = []
    var options = LabelledOptions()
    options.reading = reading
    options.reading.rows = nil
    options.layout = LabelledOptions.Layout(rawValue: reference.format) ?? .csv
    options.labels = choice("labels", stated, LabelKind.self, &problems) ?? .class
    if let sequence = stated["sequence"] { options.sequence = sequence }
    options.second = stated["second"]
    options.label = stated["label"] ?? (options.layout == .fasta ? "2" : "label")
    options.name = stated["name"]
    options.split = stated["split"]
    options.validation = stated["validation"]
    options.separator = stated["label-separator"].flatMap { $0.isEmpty ? nil : $0 }
    options.ignored = (stated["ignore"] ?? "").split(separator: ",").map {
      String($0.drop { $0 == " " })
    }
    if let header = stated["header"] {
      options.hasHeader = header != "false"
      if !["true", "false"].contains(header) { problems.append("option `header` is true or false, not `\(header)`") }
    }
    if let part = stated["label-part"] {
      options.piece = Int(part).flatMap { $0 != 0 ? $0 : nil }
      if options.piece == nil { problems.append("option `label-part` is a number from 1 or -1, not `\(part)`") }
    }
    if let shares = stated["shares"] {
      let numbers = shares.split(separator: "/").compactMap { Int($0) }
      if numbers.count == 3, numbers.allSatisfy({ (1...1000).contains($0) }) {
        options.shares = numbers
      } else {
        problems.append("option `shares` is three numbers from 1, as 80/10/10, not `\(shares)`")
      }
    }
    if options.labels == .letters, options.second != nil {
      problems.append("labels of letters are of one sequence: option `second` makes pairs")
    }
    if options.layout == .fasta {
      for name in ["label", "split", "validation"] {
        guard let word = stated[name], (Int(word) ?? 0) < 1 else { continue }
        problems.append("option `\(name)` of FASTA is the number of a word of the header, not `\(word)`")
      }
    }
    _ = metric(reference, options.labels, &problems)
    if !problems.isEmpty { throw StageFailure(code: "bad-options", problems.joined(separator: "\n")) }
    return options
  }

  /// The primary metric of a task.
  static func metric(_ reference: ArtifactReference, _ labels: LabelKind) -> Metric {
    var problems: [String] = []
    return metric(reference, labels, &problems)
  }

  private static func metric(
    _ reference: ArtifactReference, _ labels: LabelKind, _ problems: inout [String]
  ) -> Metric {
    let (standard, measures): (Metric, [Metric]) =
      switch labels {
      case .class: (.mcc, Predictions.measures)
      case .set: (.auroc, SetPredictions.measures)
      case .value: (.spearman, Regression.measures)
      case .letters: (.mcc, TokenPredictions.measures)
      }
    guard let stated = reference.options["metric"] else { return standard }
    if let metric = Metric(rawValue: stated), measures.contains(metric) { return metric }
    let list = measures.map(\.rawValue).joined(separator: ", ")
    problems.append("option `metric` is one of \(list) where labels are of the kind \(labels), not `\(stated)`")
    return standard
  }

  private static func choice<T: RawRepresentable & CaseIterable>(
    _ name: String, _ stated: [String: String], _ type: T.Type, _ problems: inout [String]
  ) -> T? where T.RawValue == String {
    guard let text = stated[name] else { return nil }
    if let value = T(rawValue: text) { return value }
    let list = T.allCases.map(\.rawValue).joined(separator: ", ")
    problems.append("option `\(name)` is one of \(list), not `\(text)`")
    return nil
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
