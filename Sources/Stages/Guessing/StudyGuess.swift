/// A guess at a user's data: an input of a pipeline, and notes on what was seen.
package struct StudyGuess: Sendable {
  /// An input as a pipeline states it.
  package struct Input: Sendable {
    package let name: String
    /// Relative to the data; "" for all of it.
    package var path = ""
    package let kind: String
    package let format: String
    package var options: [(name: String, value: String)] = []
  }

  package internal(set) var inputs: [Input] = []
  /// Lines for a person: what was seen, and what was taken for what.
  package internal(set) var notes: [(what: String, text: String)] = []
  /// How the labels are read; nil where there are none.
  package internal(set) var labels: String?
  package internal(set) var alphabet = "dna"
  /// Letters of the longest sequence that was looked at.
  package internal(set) var longest = 0
  /// Labelled sequences of all splits, as far as looked at.
  package internal(set) var rows = 0

  /// The task of `synthesize`.
  package static let synthetic: StudyGuess = {
    var guess = StudyGuess()
    (guess.labels, guess.longest, guess.rows) = ("class", 100, 2_000)
    return guess
  }()

  private let isFolder: Bool

  private init() { isFolder = false }

  /// Why nothing can be guessed, with a next step.
  package struct Nothing: Error, CustomStringConvertible {
    package let description: String
  }

  /// - Parameter files: those of a folder, by path; or one, whose data are a file. `isFolder` says which.
  package init(_ files: [SampleFile], isFolder: Bool) throws {
    self.isFolder = isFolder
    let files = files.filter(\.isText).sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    guard !files.isEmpty else {
      throw Nothing(description: "there is no text file in it: FASTA, tables and text are read, plain or gzip or zstd")
    }
    let fasta = files.filter(\.isFASTA)
    let tables = files.filter { !$0.isFASTA }.compactMap { file in
      TableSample(file.lines()).map { (file: file, table: $0) }
    }
    let intervals = files.first { !$0.isFASTA && $0.intervals != nil }
    if let intervals, let genome = fasta.first {
      onGenome(intervals, genome)
    } else if !isFolder, let file = fasta.first {
      headers([(nil, file)])
    } else if !isFolder, let (file, table) = tables.first {
      try self.table([(nil, file, table)])
    } else if let splits = Self.splits(tables.map(\.file)) {
      try table(
        splits.compactMap { role, file in
          tables.first { $0.file.name == file.name }.map { (role, file, $0.table) }
        })
    } else if let splits = Self.splits(fasta) {
      headers(splits.map { ($0.role, $0.file) })
    } else if tables.count == 1, fasta.count == 1, try joined(fasta[0], tables[0].file, tables[0].table) {
    } else if let classes = ClassFiles(files) {
      perClass(classes)
    } else if tables.count == 1, fasta.isEmpty {
      try table([("table", tables[0].file, tables[0].table)])
    } else if !fasta.isEmpty {
      unlabelled(fasta)
    } else {
      let names = files.prefix(5).map(\.name).joined(separator: ", ")
      throw Nothing(
        description: "nothing in it looks like sequences: \(names); 'bioarc formats' lists what is read, "
          + "and name the one file that matters")
    }
  }

  // MARK: Tables

  private mutating func table(_ files: [(role: String?, file: SampleFile, table: TableSample)]) throws {
    guard let first = files.first else { return }
    let roles = first.table.roles()
    guard let sequence = roles.sequence, let alphabet = first.table.columns[sequence].alphabet else {
      throw Nothing(
        description: "no column of '\(first.file.name)' looks like sequences of nucleotides or amino acids: "
          + "it has \(first.table.names.joined(separator: ", "))")
    }
    guard roles.label != nil else {
      throw Nothing(
        description: "no column of '\(first.file.name)' looks like labels: it has "
          + "\(first.table.names.joined(separator: ", ")); classes occur four times or more")
    }
    for (role, file, table) in files {
      note(
        role ?? "data",
        "\(file.name): a table, \(Self.word(table.delimiter)), "
          + "\(table.hasHeader ? "with a header" : "without a header"), \(Self.count(table.rows, file)) rows")
      rows += table.rows
    }
    self.alphabet = alphabet
    longest = first.table.columns[sequence].lengths.upperBound
    let names = files.map(\.file.name)
    let isBenchmark = names == ["dev.csv", "test.csv", "train.csv"]
    var options: [(String, String)] = []
    if !isBenchmark { options += files.compactMap { file in file.role.map { ($0, file.file.name) } } }
    if alphabet == "protein" { options.append(("alphabet", "protein")) }
    if first.table.columns[sequence].hasGaps { options.append(("gaps", "strip")) }
    if first.table.delimiter == ";" || first.table.delimiter == "|" {
      options.append(("separator", String(first.table.delimiter)))
    }
    if !first.table.hasHeader { options.append(("header", "false")) }
    options += columns(roles, first.table, isJoined: false)
    inputs = [
      Input(
        name: "task", kind: "labelled-sequences",
        format: isBenchmark ? "gue" : first.table.delimiter == "\t" ? "tsv" : "csv", options: options)
    ]
  }

  /// The options that name columns, and notes on them.
  private mutating func columns(
    _ roles: TableSample.Roles, _ table: TableSample, isJoined: Bool
  ) -> [(String, String)] {
    var options: [(String, String)] = []
    let state = { (option: String, column: Int?, standard: String?) in
      if let column, table.names[column] != standard { options.append((option, table.names[column])) }
    }
    let name = { (column: Int) in table.hasHeader ? "column '\(table.names[column])'" : "column \(column + 1)" }
    if let sequence = roles.sequence {
      state("sequence", sequence, "sequence")
      let lengths = table.columns[sequence].lengths
      note(
        "sequences",
        "\(name(sequence)): \(alphabet == "dna" ? "DNA" : "proteins"), "
          + "\(lengths.lowerBound) to \(lengths.upperBound) letters")
    }
    if let second = roles.second {
      state("second", second, nil)
      note("second", "\(name(second)): the other sequence of a pair")
    }
    if let label = roles.label {
      state("label", label, "label")
      if roles.labels != "class" { options.append(("labels", roles.labels)) }
      if let separator = roles.separator, separator != ";" { options.append(("label-separator", String(separator))) }
      if roles.labels == "letters", table.columns[label].values.contains(where: { $0.contains(".") }) {
        options.append(("ignore", "."))
      }
      labels = roles.labels
      note("labels", "\(name(label)): " + Self.words(roles, table.columns[label]))
    }
    if let split = roles.split {
      state("split", split, nil)
      note("splits", "\(name(split)): \(table.columns[split].distinct.sorted().joined(separator: ", "))")
    } else if !isBySplit {
      note("splits", "none stated: made by the hash of sequences, 80/10/10")
    }
    return options
  }

  /// Whether files of splits were found.
  private var isBySplit: Bool { notes.contains { ["train", "dev", "test"].contains($0.what) } }

  private static func words(_ roles: TableSample.Roles, _ column: ColumnSample) -> String {
    switch roles.labels {
    case "value":
      let values = column.values.compactMap(Double.init)
      return "values, \(values.min() ?? 0) to \(values.max() ?? 0)"
    case "letters": return "one for each letter of the sequence"
    case "set": return "sets of classes, parted by '\(roles.separator ?? ";")'"
    default:
      let names = column.distinct.sorted()
      return "\(names.count) classes: \(names.prefix(6).joined(separator: ", "))\(names.count > 6 ? ", ..." : "")"
    }
  }

  /// Names in a FASTA file, labels in a table; false where no column has the names.
  private mutating func joined(_ fasta: SampleFile, _ file: SampleFile, _ table: TableSample) throws -> Bool {
    let sample = HeaderSample(fasta)
    let names = Set(sample.names)
    guard
      let key = table.columns.indices.first(where: { column in
        table.columns[column].values.count { names.contains($0) } * 2 > min(table.rows, names.count)
      }), let alphabet = sample.alphabet
    else { return false }
    let roles = table.roles(isJoined: true)
    guard let label = roles.label, label != key else { return false }
    self.alphabet = alphabet
    (longest, rows) = (sample.lengths.upperBound, table.rows)
    note(
      "sequences",
      "\(fasta.name): FASTA, \(alphabet == "dna" ? "DNA" : "proteins"), "
        + "\(sample.lengths.lowerBound) to \(sample.lengths.upperBound) letters")
    note(
      "table", "\(file.name): a table, \(Self.word(table.delimiter)), whose column '\(table.names[key])' has the names")
    var options = [("sequences", fasta.name), ("table", file.name)]
    if alphabet == "protein" { options.append(("alphabet", "protein")) }
    if sample.hasGaps { options.append(("gaps", "strip")) }
    if ";|".contains(table.delimiter) { options.append(("separator", String(table.delimiter))) }
    if !table.hasHeader { options.append(("header", "false")) }
    options.append(("sequence", table.names[key]))
    options += columns(roles, table, isJoined: true)
    inputs = [
      Input(name: "task", kind: "labelled-sequences", format: table.delimiter == "\t" ? "tsv" : "csv", options: options)
    ]
    return true
  }

  // MARK: FASTA

  /// One file, or one for each split, whose headers may hold labels.
  private mutating func headers(_ files: [(role: String?, file: SampleFile)]) {
    let sample = HeaderSample(files[0].file)
    alphabet = sample.alphabet ?? "dna"
    longest = sample.lengths.upperBound
    for (role, file) in files {
      let own = HeaderSample(file)
      rows += own.names.count
      note(
        role ?? "data",
        "\(file.name): FASTA, \(Self.count(own.names.count, file)) records, "
          + "\(alphabet == "dna" ? "DNA" : "proteins"), \(own.lengths.lowerBound) to \(own.lengths.upperBound) letters")
    }
    var options: [(String, String)] = files.compactMap { file in file.role.map { ($0, file.file.name) } }
    if alphabet == "protein" { options.append(("alphabet", "protein")) }
    if sample.hasGaps { options.append(("gaps", "strip")) }
    let split = sample.words.first { $0.column.isSplit }
    guard
      let label = sample.words.first(where: { word in
        word.number != split?.number && (word.column.isValue || word.column.isClass)
      })
    else {
      unlabelled(files.map(\.file))
      return
    }
    options.append(("label", "\(label.number)"))
    labels = label.column.isValue ? "value" : "class"
    if label.column.isValue { options.append(("labels", "value")) }
    var roles = TableSample.Roles()
    roles.labels = labels ?? "class"
    note("labels", "word \(label.number) of the headers: " + Self.words(roles, label.column))
    if let split {
      options.append(("split", "\(split.number)"))
      note("splits", "word \(split.number) of the headers")
    } else if !isBySplit {
      note("splits", "none stated: made by the hash of sequences, 80/10/10")
    }
    inputs = [Input(name: "task", kind: "labelled-sequences", format: "fasta", options: options)]
  }

  /// Sequences without labels: there is nothing to rank a model by.
  private mutating func unlabelled(_ files: [SampleFile]) {
    let sample = HeaderSample(files[0])
    alphabet = sample.alphabet ?? "dna"
    longest = sample.lengths.upperBound
    if notes.isEmpty {
      for file in files {
        let own = HeaderSample(file)
        note("data", "\(file.name): FASTA, \(Self.count(own.names.count, file)) records")
      }
    }
    note("labels", "none: a search is ranked by labels; this one ends with how well sequences are predicted")
    var options: [(String, String)] = []
    if isFolder { options.append(("files", files.map(\.name).joined(separator: ", "))) }
    if alphabet == "protein" { options.append(("alphabet", "protein")) }
    if sample.hasGaps { options.append(("gaps", "strip")) }
    inputs = [
      Input(
        name: "sequences", kind: "sequences", format: "fasta", options: options)
    ]
  }

  // MARK: Small parts

  mutating func note(_ what: String, _ text: String) { notes.append((what, text)) }

  /// Files of train, dev and test by their names; nil where there are none for train and test.
  private static func splits(_ files: [SampleFile]) -> [(role: String, file: SampleFile)]? {
    let roles = [
      "train": "train", "training": "train", "dev": "dev", "val": "dev", "valid": "dev",
      "validation": "dev", "test": "test", "testing": "test",
    ]
    let found = files.compactMap { file in roles[file.stem].map { (role: $0, file: file) } }
    guard Set(found.map(\.role)).count == found.count, found.contains(where: { $0.role == "train" }), found.count > 1
    else { return nil }
    return found
  }

  private static func word(_ delimiter: Character) -> String {
    switch delimiter {
    case "\t": "parted by tabs"
    case ",": "parted by commas"
    default: "parted by '\(delimiter)'"
    }
  }

  private static func count(_ rows: Int, _ file: SampleFile) -> String {
    file.isWhole && rows < 5000 ? Figures.grouped(rows) : "at least \(Figures.grouped(rows))"
  }
}

/// The beginning of a FASTA file: names, words of headers, and sequences.
struct HeaderSample {
  /// Letters of a record that are looked at.
  private static let mostLetters = 20_000

  let names: [String]
  let sequences: [String]
  /// By word from the second on that every header has.
  let words: [(number: Int, column: ColumnSample)]
  let alphabet: String?
  let hasGaps: Bool
  let lengths: ClosedRange<Int>

  init(_ file: SampleFile) {
    var headers: [[String]] = []
    var sequences: [String] = []
    var letters = 0
    for line in file.lines(200_000, keepsLast: true) {
      if line.hasPrefix(">") {
        headers.append(line.dropFirst().split { $0 == " " || $0 == "\t" }.map(String.init))
        sequences.append("")
        letters = 0
      } else if !sequences.isEmpty, letters < Self.mostLetters {
        sequences[sequences.count - 1] += line.utf8.count > Self.mostLetters ? line.prefix(Self.mostLetters) : line[...]
        letters += line.utf8.count
      }
    }
    // The last record may go on.
    if !file.isWhole, headers.count > 1 {
      headers.removeLast()
      sequences.removeLast()
    }
    names = headers.map { $0.first ?? "" }
    let width = headers.map(\.count).min() ?? 0
    words =
      width < 2
      ? []
      : (1..<width).map { place in
        (place + 1, ColumnSample(values: headers.map { $0[place] }))
      }
    self.sequences = sequences
    let column = ColumnSample(values: sequences)
    alphabet = column.alphabet
    hasGaps = column.hasGaps
    lengths = column.lengths
  }
}
