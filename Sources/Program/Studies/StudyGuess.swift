import Inputs
import Intervals
import Labelled
import Sequences
import Tables
import Wording

/// A guess at a user's data: inputs of a pipeline, and notes on what was seen.
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

  package private(set) var inputs: [Input] = []
  /// Lines for a person: the things that were seen, and their roles.
  package private(set) var notes: [(what: String, text: String)] = []
  /// The kind of the labels; nil where there are none.
  package private(set) var labels: String?
  package private(set) var isProtein = false
  /// Letters of the longest sequence that was looked at.
  package private(set) var longest = 0
  /// Labelled sequences of all splits, as far as looked at.
  package private(set) var rows = 0
  /// Names of the files that the inputs read.
  private var used: Set<String> = []

  /// The task of `synthesize`.
  package static let synthetic: StudyGuess = {
    var guess = StudyGuess()
    (guess.labels, guess.longest, guess.rows) = ("class", 100, 2_000)
    return guess
  }()

  private init() {}

  /// The reason for which nothing can be guessed, with a next step.
  package struct Nothing: Error, CustomStringConvertible {
    package let description: String
  }

  private typealias FASTA = (file: SampleFile, sample: FASTASample)
  private typealias Table = (file: SampleFile, sample: TableSample)

  /// - Parameter files: those of a folder, by path, or one, whose data are a file. `isFolder` says which.
  package init(_ files: [SampleFile], isFolder: Bool) throws {
    let files = files.sorted { $0.name.precedesInBytes($1.name) }
    let fasta = files.compactMap { file in if case .fasta(let sample) = file.content { (file, sample) } else { nil } }
    let tables = files.compactMap { file in if case .table(let sample) = file.content { (file, sample) } else { nil } }
    if let genome = fasta.first,
      let places = files.first(where: { if case .intervals = $0.content { true } else { false } })
    {
      intervals(places, on: genome.0)
    } else if !isFolder, let first = fasta.first {
      headers([(nil, first)], isFolder: false)
    } else if !isFolder, let first = tables.first {
      try table([(nil, first)])
    } else if let splits = Self.splits(tables, \.0) {
      try table(splits)
    } else if let splits = Self.splits(fasta, \.0) {
      headers(splits, isFolder: true)
    } else if tables.count == 1, fasta.contains(where: { joined($0, tables[0]) }) {
    } else if let classes = ClassFiles(files.filter { !$0.isOther }) {
      try perClass(classes, files)
    } else if tables.count == 1, fasta.isEmpty {
      try table([("table", tables[0])])
    } else if !fasta.isEmpty {
      unlabelled(fasta, isFolder: isFolder)
    } else if let (name, problem) = Self.problem(files) {
      throw Nothing(description: "nothing in it looks like sequences: '\(name)': \(problem)")
    } else {
      throw Nothing(
        description: "nothing in it looks like sequences: \(files.prefix(5).map(\.name).joined(separator: ", ")); "
          + "'bioarc formats' lists what is read, plain or packed with gzip or zstd; name the one file that matters"
      )
    }
    let rest = files.map(\.name).filter { !used.contains($0) }
    if !rest.isEmpty {
      note("not read", rest.prefix(5).joined(separator: ", ") + (rest.count > 5 ? ", ..." : ""))
    }
  }

  /// The first file that is known to be unreadable, and the reason.
  private static func problem(_ files: [SampleFile]) -> (name: String, text: String)? {
    files.lazy.compactMap { file in if case .other(let text?) = file.content { (file.name, text) } else { nil } }.first
  }

  /// Files of train, dev and test, in this order, by their names; nil where there are none for train and another.
  private static func splits<Sample>(
    _ files: [Sample], _ file: (Sample) -> SampleFile
  ) -> [(role: String?, file: Sample)]? {
    let named = Dictionary(grouping: files) { SplitName(other: String(file($0).stem)) }
    let found = SplitName.allCases.flatMap { name in
      (named[name] ?? []).map { (role: Optional(name.rawValue), file: $0) }
    }
    let roles = found.map(\.role)
    return found.count > 1 && Set(roles).count == found.count && roles[0] == SplitName.train.rawValue ? found : nil
  }

  // MARK: Tables

  private mutating func table(_ files: [(role: String?, file: Table)]) throws {
    let (file, table) = files[0].file
    let roles = table.roles()
    let columns =
      "it has the columns \(table.names.prefix(20).joined(separator: ", "))\(table.names.count > 20 ? ", ..." : "")"
    guard let sequence = roles.sequence, let alphabet = table.columns[sequence].alphabet else {
      throw Nothing(
        description: "no column of '\(file.name)' looks like sequences of nucleotides or amino acids: \(columns); "
          + "'bioarc formats csv' says how columns are stated by hand")
    }
    guard roles.label != nil else {
      throw Nothing(
        description: "no column of '\(file.name)' looks like labels: \(columns); classes occur four times or more")
    }
    for (role, (file, table)) in files {
      note(
        role ?? "data",
        "\(file.name): a table, \(Self.word(table.delimiter)), \(table.hasHeader ? "with" : "without") a header, "
          + Self.count(table.rows, "row", file))
      rows += table.rows
      if sequence < table.columns.count { longest = max(longest, table.columns[sequence].lengths.upperBound) }
    }
    let names = files.map(\.file.file.name)
    let isBenchmark = names == ["train.csv", "dev.csv", "test.csv"]
    var options = isBenchmark ? [] : files.compactMap { file in file.role.map { ($0, file.file.file.name) } }
    options += take(table.columns[sequence], alphabet) + Self.layout(table) + self.columns(roles, table)
    used.formUnion(names)
    let format = isBenchmark ? "gue" : table.delimiter == "\t" ? "tsv" : "csv"
    inputs = [Input(name: "task", kind: "labelled-sequences", format: format, options: options)]
  }

  /// Names in a FASTA file, labels in a table; false where no column has the names.
  private mutating func joined(_ fasta: FASTA, _ table: Table) -> Bool {
    let names = Set(fasta.sample.names)
    let (file, sample) = table
    let key = sample.columns.indices.first { column in
      sample.columns[column].values.count { names.contains($0) } * 2 > min(sample.rows, names.count)
    }
    let roles = sample.roles(isJoined: true)
    guard let key, let alphabet = fasta.sample.sequences.alphabet, let label = roles.label, label != key else {
      return false
    }
    rows = sample.rows
    let isKnown = fasta.file.isWhole && sample.rows < SampleFile.mostRows
    let unknown = isKnown ? sample.columns[key].values.count { !names.contains($0) } : 0
    if unknown > 0 { note("names", "\(unknown) rows of the table have a name that no sequence has: they are left out") }
    note("sequences", "\(fasta.file.name): FASTA, \(Self.words(fasta.sample.sequences, alphabet))")
    note("table", "\(file.name): \(Self.word(sample.delimiter)), whose column '\(sample.names[key])' has the names")
    var options = [("sequences", fasta.file.name), ("table", file.name)]
    options += take(fasta.sample.sequences, alphabet) + Self.layout(sample)
    options += [("sequence", sample.names[key])] + columns(roles, sample)
    if unknown > 0, !options.contains(where: { $0.0 == "incomplete" }) { options.append(("incomplete", "drop")) }
    used = [fasta.file.name, file.name]
    inputs = [
      Input(
        name: "task", kind: "labelled-sequences", format: sample.delimiter == "\t" ? "tsv" : "csv", options: options)
    ]
    return true
  }

  /// The options that name columns, and notes on them.
  private mutating func columns(_ roles: TableSample.Roles, _ table: TableSample) -> [(String, String)] {
    var options: [(String, String)] = []
    let name = { (column: Int) in table.hasHeader ? "column '\(table.names[column])'" : "column \(column + 1)" }
    let state = { (option: String, column: Int) in
      if table.names[column] != option { options.append((option, table.names[column])) }
    }
    if let sequence = roles.sequence, let alphabet = table.columns[sequence].alphabet {
      state("sequence", sequence)
      note("sequences", "\(name(sequence)): \(Self.words(table.columns[sequence], alphabet))")
    }
    if let second = roles.second {
      options.append(("second", table.names[second]))
      note("second", "\(name(second)): the other sequence of a pair")
    }
    if let label = roles.label {
      state("label", label)
      if roles.labels != "class" { options.append(("labels", roles.labels)) }
      if let separator = roles.separator, separator != ";" { options.append(("label-separator", String(separator))) }
      if roles.labels == "letters", table.columns[label].values.contains(where: { $0.contains(".") }) {
        options.append(("ignore", "."))
      }
      self.label(roles, "\(name(label)): ", table.columns[label])
      let empty = table.columns[label].values.count(where: \.isEmpty)
      if empty > 0, roles.labels != "set" {
        note("no label", "rows that are left out for an empty \(name(label)): \(empty)")
        options.append(("incomplete", "drop"))
      }
    }
    if !roles.otherLabels.isEmpty {
      note(
        "others",
        "could be labels, too: \(roles.otherLabels.map(name).joined(separator: ", ")); option `label` names one")
    }
    if let split = roles.split {
      options.append(("split", table.names[split]))
      note("splits", "\(name(split)): \(table.columns[split].distinct.sorted().joined(separator: ", "))")
      if let validation = roles.validation {
        options.append(("validation", table.names[validation]))
        note("validation", "\(name(validation)): rows of train that are dev")
      }
    } else {
      options += splitsByHash(roles.labels)
    }
    return options
  }

  /// The options of a table's layout.
  private static func layout(_ table: TableSample) -> [(String, String)] {
    (";|".contains(table.delimiter) ? [("separator", String(table.delimiter))] : [])
      + (table.hasHeader ? [] : [("header", "false")])
  }

  // MARK: FASTA

  /// One file, or one for each split, whose headers may hold labels.
  private mutating func headers(_ files: [(role: String?, file: FASTA)], isFolder: Bool) {
    let sample = files[0].file.sample
    let split = sample.words.first { $0.column.namesSplits && $0.column.distinct.count > 1 }
    let label = sample.words.first { word in
      word.number != split?.number && (word.column.isValue || word.column.isClass)
    }
    guard let label, let alphabet = sample.sequences.alphabet else {
      return unlabelled(files.map(\.file), isFolder: isFolder)
    }
    for (role, (file, sample)) in files {
      rows += sample.names.count
      longest = max(longest, sample.sequences.lengths.upperBound)
      note(
        role ?? "data",
        "\(file.name): FASTA, \(Self.count(sample.names.count, "record", file)), "
          + Self.words(sample.sequences, alphabet)
      )
    }
    var options = files.compactMap { file in file.role.map { ($0, file.file.file.name) } }
    options += take(sample.sequences, alphabet) + [("label", "\(label.number)")]
    var roles = TableSample.Roles()
    if label.column.isValue {
      roles.labels = "value"
      options.append(("labels", "value"))
    }
    self.label(roles, "word \(label.number) of the headers: ", label.column)
    if let split {
      options.append(("split", "\(split.number)"))
      note("splits", "word \(split.number) of the headers")
    } else {
      options += splitsByHash(roles.labels)
    }
    used.formUnion(files.map(\.file.file.name))
    inputs = [Input(name: "task", kind: "labelled-sequences", format: "fasta", options: options)]
  }

  /// Sequences without labels: there is nothing to rank a model by.
  private mutating func unlabelled(_ files: [FASTA], isFolder: Bool) {
    let alphabets = files.compactMap(\.sample.sequences.alphabet)
    for (file, sample) in files {
      let words = sample.sequences.alphabet.map { ", " + Self.words(sample.sequences, $0) } ?? ""
      note("data", "\(file.name): FASTA, \(Self.count(sample.names.count, "record", file))\(words)")
    }
    note("labels", "none: a search is ranked by labels; this one ends with how well sequences are predicted")
    var options = isFolder ? [("files", files.map(\.file.name).joined(separator: ", "))] : []
    options += take(files[0].sample.sequences, alphabets.first ?? .dna)
    used.formUnion(files.map(\.file.name))
    inputs = [Input(name: "sequences", kind: "sequences", format: "fasta", options: options)]
  }

  private mutating func perClass(_ classes: ClassFiles, _ files: [SampleFile]) throws {
    if let odd = files.first(where: { $0.isOther && classes.matches($0) }) {
      throw Nothing(
        description: "'\(odd.name)' has no sequence, and is named like the files that have some, \(classes.pattern); "
          + "move it elsewhere")
    }
    let alphabet = classes.sequences.alphabet ?? .dna
    rows = classes.sequences.values.count
    labels = "class"
    note("sequences", Self.words(classes.sequences, alphabet))
    note("labels", "the names of \(classes.pattern): \(Self.list(classes.classes))")
    var options = [("files", classes.pattern)] + take(classes.sequences, alphabet)
    if classes.hasSplits { note("splits", "the folders") } else { options += splitsByHash("class") }
    used.formUnion(files.filter { !$0.isOther }.map(\.name))
    inputs = [Input(name: "task", kind: "labelled-sequences", format: classes.format, options: options)]
  }

  /// Intervals and the genome that they lie on.
  private mutating func intervals(_ places: SampleFile, on genome: SampleFile) {
    guard case .intervals(let sample) = places.content else { return }
    let type = sample.types.first { $0.name == "gene" } ?? sample.types.first
    labels = "class"
    // As many negatives are drawn.
    (longest, rows) = (200, 2 * (type?.count ?? sample.count))
    note("genome", "\(genome.name): FASTA")
    note("intervals", "\(places.name): \(sample.layout.rawValue.uppercased())")
    note("labels", "an interval against windows of the same genome that are like it")
    note("splits", "by region: the last tenth of the intervals is test, a tenth dev")
    used = [genome.name, places.name]
    inputs = [
      Input(name: "genome", path: genome.name, kind: "sequences", format: "fasta"),
      Input(
        name: "places", path: places.name, kind: "intervals", format: sample.layout.rawValue,
        options: type.map { [("type", $0.name)] } ?? []),
    ]
  }

  // MARK: Small parts

  private mutating func note(_ what: String, _ text: String) { notes.append((what, text)) }

  /// Notes the alphabet and the longest of sequences; returns the options that they need.
  private mutating func take(_ sequences: ColumnSample, _ alphabet: Alphabet) -> [(String, String)] {
    isProtein = alphabet == .protein
    longest = max(longest, sequences.lengths.upperBound)
    return (isProtein ? [("alphabet", "protein")] : []) + (sequences.hasGaps ? [("gaps", "strip")] : [])
  }

  private mutating func label(_ roles: TableSample.Roles, _ place: String, _ column: ColumnSample) {
    labels = roles.labels
    let words =
      switch roles.labels {
      case "value":
        "values, " + (column.values.compactMap(Double.init).min().map(Words.short) ?? "") + " to "
          + (column.values.compactMap(Double.init).max().map(Words.short) ?? "")
      case "letters": "one for each letter of the sequence"
      case "set": "sets of classes, parted by '\(roles.separator ?? ";")'"
      default: Self.list(column.distinct.sorted())
      }
    note("labels", place + words)
  }

  /// Splits that the program makes, where no file is one; every class gets into train.
  private mutating func splitsByHash(_ labels: String) -> [(String, String)] {
    if notes.contains(where: { SplitName(other: $0.what) != nil }) { return [] }
    let isStratified = labels == "class" && !notes.contains { $0.what == "second" }
    note("splits", "none stated: made by the hash of sequences, 80/10/10\(isStratified ? " of each class" : "")")
    return isStratified ? [("stratify", "true")] : []
  }

  private static func list(_ classes: [String]) -> String {
    "\(classes.count) classes: \(classes.prefix(6).joined(separator: ", "))\(classes.count > 6 ? ", ..." : "")"
  }

  private static func words(_ sequences: ColumnSample, _ alphabet: Alphabet) -> String {
    let (low, high) = (sequences.lengths.lowerBound, sequences.lengths.upperBound)
    let lengths =
      high >= FASTASample.mostLetters
      ? "\(Words.grouped(FASTASample.mostLetters)) letters or more"
      : low == high ? "\(low) letters" : "\(low) to \(high) letters"
    return "\(alphabet == .dna ? "DNA" : "proteins"), \(lengths)"
  }

  private static func word(_ delimiter: Character) -> String {
    switch delimiter {
    case "\t": "parted by tabs"
    case ",": "parted by commas"
    default: "parted by '\(delimiter)'"
    }
  }

  private static func count(_ number: Int, _ noun: String, _ file: SampleFile) -> String {
    let all = file.isWhole && number < SampleFile.mostRows
    return "\(all ? "" : "at least ")\(Words.grouped(number)) \(noun)\(number == 1 ? "" : "s")"
  }
}
