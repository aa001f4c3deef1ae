package import Artifacts
import Labelled
package import Sequences

/// The formats that inputs of a pipeline may have.
package enum SequenceFormats {
  /// All formats of sequences, labelled or not.
  package static let all: [InputFormat] = [
    format(
      "fasta", .sequences, several, "FASTA, plain or compressed with gzip or zstd.",
      example: """
        genomes: { path: genomes, kind: sequences, format: fasta, options: { files: "*.fa*" } }
        """),
    format(
      "csv", .sequences, columns + [incomplete] + several, "Comma-separated values with a header.",
      example: """
        # barcodes of BIOSCAN-5M without a species, each once
        barcodes:
          path: BIOSCAN_5M_Insect_Dataset_metadata.csv
          kind: sequences
          format: csv
          options:
            sequence: dna_barcode
            where: split
            is: [pretrain, other_heldout]
            trailing-n: strip
            duplicates: drop
        """),
    format(
      "tsv", .sequences, columns + [incomplete] + several, "Tab-separated values with a header.",
      example: """
        # a data package of BOLD: aligned barcodes, records without one, quotes in notes
        bold:
          path: BOLD_Public.tsv
          kind: sequences
          format: tsv
          options: { sequence: nuc, name: processid, gaps: strip, incomplete: drop, quotes: false }
        """),
    format(
      "text", .sequences, records + several, "Plain letters without headers, a sequence in each file or line.",
      example: """
        reads: { path: reads.txt, kind: sequences, format: text, options: { record: line } }
        """),
    format(
      "gue", .labelledSequences, files: LabelledReader.files, instead: "csv",
      columns + LabelledFormat.columns + LabelledFormat.common,
      "A folder with train.csv, dev.csv and test.csv, as in the GUE benchmark.",
      example: """
        promoters: { path: GUE/prom/prom_core_tata, kind: labelled-sequences, format: gue }
        """),
    labelled(
      "csv", columns + LabelledFormat.columns, "Labelled sequences in comma-separated values.",
      example: """
        # every row is test in one of five parts, and no species is in two
        barcodes:
          for: { fold: [1, 2, 3, 4, 5] }
          path: barcodes.csv
          kind: labelled-sequences
          format: csv
          options: { sequence: Code, label: Genus, group: Species, gaps: strip, folds: 5, fold: $fold }
        """),
    labelled(
      "tsv", columns + LabelledFormat.columns, "Labelled sequences in tab-separated values.",
      example: """
        # labels in a table, sequences in FASTA, joined by name
        fungi:
          path: its
          kind: labelled-sequences
          format: tsv
          options:
            table: classification.tsv
            sequences: its.fa
            sequence: id
            label: genus
            incomplete: drop
            min-rows: 5
            stratify: true
        """),
    labelled(
      "fasta", LabelledFormat.words, "Labelled sequences in FASTA: labels in headers, in lines, or one file a class.",
      example: """
        # enhancers.fa and background.fa: the file's name is the class
        enhancers: { path: data, kind: labelled-sequences, format: fasta, options: { files: "{class}.fa" } }
        """),
    labelled(
      "text", records, "Labelled sequences in plain letters: a sequence in each file or line.",
      example: """
        # train/positive/0.txt and so on: folders are splits and classes
        enhancers:
          path: human_enhancers
          kind: labelled-sequences
          format: text
          options: { files: "{split}/{class}/*.txt" }
        """),
  ]

  private static let letters = [
    InputOption(
      "alphabet", .choice(Alphabet.allCases.map(\.rawValue)),
      help: "Letters that sequences are made of; by default what the stage that reads them says."),
    InputOption(
      "gaps", .choice(["refuse", "strip"]), default: "refuse",
      help:
        "Gaps of an alignment, - and .: they are refused, or dropped (strip) and counted; ? is then read as N, or X."),
    InputOption(
      "trailing-n", .choice(["keep", "strip"]), default: "keep",
      help: "N at the end of a sequence of DNA, as padding: kept, or dropped (strip) and counted."),
    InputOption(
      "duplicates", .choice(Repeats.allCases.map(\.rawValue)), default: Repeats.keep.rawValue,
      help: "Rows that repeat the letters of an earlier one, and its label if they have one: kept, counted and kept "
        + "(count), or left out and counted (drop); of labelled ones those of a split."),
  ]
  /// For tables of rows that may lack something.
  static let incomplete = InputOption(
    "incomplete", .choice(["refuse", "drop"]), default: "refuse",
    help:
      "Fate of rows without a sequence (an empty field or None) or a label, or with a name that no sequence has; those "
      + "dropped are counted.")
  private static let columns = [
    InputOption("sequence", default: "sequence", help: "Column of sequences, by name or number."),
    InputOption("name", help: "Column of names, by name or number; without, rows are called by their numbers."),
    InputOption(
      "header", .bool, default: "true", help: "Whether a table has a header. Without, columns are stated by number."),
    InputOption("separator", help: "Text between columns, one character or tab; by default as the format's name says."),
    InputOption(
      "quotes", .bool, default: "true",
      help: "Whether fields may be quoted; false where a quote is a letter of a text, as in tables of BOLD."),
    InputOption("where", help: "Column by which rows are chosen: those are read whose text in it `is` names."),
    InputOption("is", .list, help: "Texts in the column `where` of rows that are read; the others are counted."),
  ]
  private static let records = [
    InputOption("record", .choice(["file", "line"]), default: "file", help: "One sequence is a file, or a line.")
  ]
  private static let several = [
    InputOption("files", .files, help: "Files of a folder; without, the input is one file.")
  ]

  /// The rows of tables that options choose; nil: all.
  static func filter(_ stated: [String: String]) -> RowFilter? {
    guard let column = stated["where"], let values = stated["is"] else { return nil }
    return RowFilter(column: column, values: values.split(separator: ",").map { trimmed(String($0)) })
  }

  /// The way of reading tables of unlabelled sequences that a reference states.
  static func table(_ reference: ArtifactReference, _ reading: ReadingOptions) -> TableOptions {
    let stated = reference.options
    let delimiter = stated["separator"].flatMap(separator).map { TableOptions.Delimiter(byte: $0) }
    var table = TableOptions(
      delimiter: delimiter ?? (reference.format == "tsv" ? .tab : .comma),
      sequenceColumn: stated["sequence"] ?? "sequence", nameColumn: stated["name"], reading: reading)
    table.hasHeader = stated["header"] != "false"
    table.isHeaderStated = stated["header"] != nil
    table.hasQuotes = stated["quotes"] != "false"
    table.filter = filter(stated)
    table.allowsIncompleteRows = stated["incomplete"] == "drop"
    return table
  }

  /// The byte between columns that a text states.
  package static func separator(_ text: String) -> UInt8? {
    if text == "tab" { return 9 }
    let bytes = Array(text.utf8)
    guard bytes.count == 1, bytes[0] == 9 || (32..<127).contains(bytes[0]), bytes[0] != UInt8(ascii: "\"") else {
      return nil
    }
    return bytes[0]
  }

  private static func labelled(
    _ name: String, _ options: [InputOption], _ help: String, example: String
  ) -> InputFormat {
    format(
      name, .labelledSequences, options + LabelledFormat.common + LabelledFormat.fileOptions, help, example: example)
  }

  private static func format(
    _ name: String, _ kind: ArtifactKind, files: [String] = [], instead: String? = nil, _ options: [InputOption],
    _ help: String, example: String
  ) -> InputFormat {
    InputFormat(
      name: name, kind: kind, files: files, instead: instead, options: options + letters + [ZipMember.option],
      help: help, example: example,
      rules: { stated in
        (kind == .labelledSequences ? LabelledFormat.problems(stated) : []) + problems(stated, isFASTA: name == "fasta")
      }, findings: read)
  }

  /// Problems of the texts of options.
  private static func problems(_ stated: [String: String], isFASTA: Bool) -> [InputProblem] {
    var problems: [InputProblem] = []
    if let text = stated["separator"], separator(text) == nil {
      problems.append(InputProblem("option `separator` is one character, or tab, not `\(text)`", option: "separator"))
    }
    for (option, other) in [("where", "is"), ("is", "where")] where stated[option] != nil && stated[other] == nil {
      problems.append(InputProblem("options `where` and `is` go together: `\(other)` is not stated", option: option))
    }
    if let column = stated["where"], filter(stated)?.values.isEmpty == true {
      problems.append(InputProblem("option `is` names no text of the column `\(column)`", option: "is"))
    }
    if stated["trailing-n"] == "strip", stated["alphabet"] == Alphabet.protein.rawValue {
      problems.append(InputProblem("N is an amino acid: option `trailing-n` is of DNA", option: "trailing-n"))
    }
    for name in isFASTA ? ["label", "split", "validation", "group"] : [] {
      guard let text = stated[name], Int(text).map({ $0 < 1 }) ?? text.contains(where: { $0 == " " || $0 == "=" })
      else { continue }
      problems.append(
        InputProblem(
          "option `\(name)` of FASTA is the number of a word of the header, or a key as in KEY=x, not `\(text)`",
          option: name))
    }
    return problems
  }

  /// Reads a whole input, and returns the faults of its content.
  @Sendable private static func read(
    _ artifact: any InputArtifact, _ path: @escaping InputFormat.Path
  ) throws -> [InputProblem] {
    let source = SequenceSource(artifact, path: path, alphabet: .dna, rows: 0) { _ in }
    let archives = try ZipMember.unstated(artifact, path)
    if !archives.isEmpty { return archives }
    do {
      var count = 0
      try source.read { _, _ in count += 1 }
      return count == 0 ? [InputProblem("\(path("")): there are no sequences in it")] : []
    } catch let findings as SequenceFindings {
      return problems(findings)
    } catch let failure as StageFailure {
      return failure.message.split(separator: "\n").map { InputProblem(String($0)) }
    }
  }

  /// Findings as check shows them.
  package static func problems(_ findings: SequenceFindings) -> [InputProblem] {
    let lines = findings.lines { text in
      text.hasSuffix("is this a protein?") ? text + " Then state options: { alphabet: protein }" : text
    }
    return lines.map { InputProblem($0.text, option: $0.option, isWarning: $0.isWarning, count: $0.count) }
  }
}
