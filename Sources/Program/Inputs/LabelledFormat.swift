package import Artifacts
package import Labelled
package import Rankings
package import Sequences

/// The layout of labelled sequences as an input states it.
package enum LabelledFormat {
  /// The layout that `reference` states. Throws a `StageFailure` with everything that is wrong.
  package static func options(_ reference: ArtifactReference, _ reading: ReadingOptions) throws -> LabelledOptions {
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
    options.labelsAreNames = stated["labels"] == "name"
    if let sequence = stated["sequence"] { options.sequence = sequence }
    options.second = stated["second"]
    options.label = stated["label"] ?? (options.layout == .fasta ? "2" : "label")
    options.name = stated["name"]
    options.split = stated["split"]
    options.validation = stated["validation"]
    options.group = stated["group"]
    options.secondGroup = stated["second-group"]
    options.separator = stated["label-separator"].flatMap { $0.isEmpty ? nil : $0 }
    options.ignored = (stated["ignore"] ?? "").split(separator: ",").map { String($0.drop { $0 == " " }) }
    options.dropsIncompleteRows = stated["incomplete"] == "drop"
    options.hasHeader = stated["header"] != "false"
    options.isHeaderStated = stated["header"] != nil
    options.hasQuotes = stated["quotes"] != "false"
    options.delimiter = stated["separator"].flatMap(SequenceFormats.separator)
    options.filter = SequenceFormats.filter(stated)
    options.repeats = stated["duplicates"].flatMap(Repeats.init(rawValue:)) ?? .keep
    options.isLineRecord = stated["record"] == "line"
    options.piece = stated["label-part"].flatMap { Int($0) }
    options.unseen = stated["unseen"].flatMap(LabelledOptions.Unseen.init(rawValue:)) ?? .refuse
    options.minimumRows = stated["min-rows"].flatMap { Int($0) } ?? 1
    for case .success(let entry) in splitNames(stated["map"] ?? "") { options.splitNames[entry.name] = entry.split }
    if let shares = stated["shares"].flatMap(shares) { options.shares = shares }
    options.isStratified = stated["stratify"] == "true"
    options.folds = stated["folds"].flatMap { Int($0) }
    options.fold = stated["fold"].flatMap { Int($0) } ?? 1
    return options
  }

  /// The kind of labels that options state; classes by default.
  package static func labels(_ stated: [String: String]) -> LabelKind {
    stated["labels"].flatMap(LabelKind.init(rawValue:)) ?? .class
  }

  /// The shares of train, dev and test that a text as `80/10/10` states; nil for another text.
  package static func shares(_ text: String) -> [Int]? {
    let words = text.split(separator: "/", omittingEmptySubsequences: false)
    let numbers = words.compactMap { Int($0) }.filter((1...1000).contains)
    return words.count == 3 && numbers.count == 3 ? numbers : nil
  }

  /// The primary metric of a task.
  package static func metric(_ reference: ArtifactReference, _ labels: LabelKind) -> Metric {
    if let metric = reference.options["metric"].flatMap(Metric.init(rawValue:)) { return metric }
    switch labels {
    case .class, .letters: return .mcc
    case .set: return .auroc
    case .value: return .spearman
    }
  }

  /// The measures of a task with labels of that kind.
  package static func measures(_ labels: LabelKind) -> [Metric] {
    switch labels {
    case .class: Predictions.measures
    case .set: SetPredictions.measures
    case .value: Regression.measures
    case .letters: TokenPredictions.measures
    }
  }

  /// The files of an artifact in the order in which they are read, with what messages call them.
  package static func files(
    _ artifact: any InputArtifact, _ path: InputFormat.Path
  ) throws -> [(file: LabelledFile, name: String)] {
    let names = try artifact.names
    if names == [""] { return [(LabelledFile(.table, path("")), "")] }
    if LabelledOptions.Layout(rawValue: artifact.reference.format) == nil {
      let roles: [LabelledFile.Role] = [.train, .dev, .test]
      return zip(roles, LabelledReader.files).map { (LabelledFile($0, path($1)), $1) }
    }
    let files = names.compactMap { name -> (file: LabelledFile, name: String)? in
      let (option, match) = InputFile.parts(of: name)
      guard let role = option == "files" ? .table : LabelledFile.Role(rawValue: option) else { return nil }
      return (LabelledFile(role, path(name), label: match.label, split: match.split), name)
    }
    return LabelledFile.Role.allCases.flatMap { role in files.filter { $0.file.role == role } }
  }
}
