import ArgumentParser
import Console
import Glibc
import JSON
import Sessions
import Tables
import Wording

/// `bioarc table`
struct TableCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "table", abstract: "Write the tables of 'show' as files for pandas and papers.",
    discussion: """
      CSV and TSV have exact numbers, a column for each bound of an interval, and names as dev_mcc_low; Markdown and
      LaTeX (with booktabs) have numbers as 'show' prints them. The steps of an array are one table with a column for
      each axis. Steps without a result hide no others: what they lack is said, and the exit code is 1.

      Comments name the pipeline, its last run and the key of each result. Pandas skips them:

        pandas.read_csv("scores.csv", comment="#")

      Before version 3.1 it reads every digit with float_precision="round_trip".

      Examples:
        bioarc table pipelines/promoters.yaml ranking > ranking.csv
        bioarc table pipelines/promoters.yaml ranking -o ranking.tex
        bioarc table pipelines/promoters.yaml scores                     which tables there are
        bioarc table pipelines/promoters.yaml scores --table metrics -o scores.csv
        bioarc table pipelines/promoters.yaml scores --all -o tables --format tsv
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "A step, an array of steps, or STEP.OUTPUT.") var step: String
  @Option(help: "csv, tsv, markdown or latex. Default: by the ending of -o, else csv.") var format: TableForm?
  @Option(help: "Which table, where there are several: its number or name.") var table: String?
  @Option(
    name: .shortAndLong, help: "The new file, or the new folder of --all. Default: standard output.",
    completion: .file())
  var output: String?
  @Flag(help: "Write every table, to a file each in the folder of -o.") var all = false
  @Flag(help: "Write the rows as an array of JSON objects, with exact numbers.") var json = false
  @Flag(help: "Leave out the comments.") var noComment = false

  func validate() throws {
    if all && output == nil { throw ValidationError("--all writes files: name a new folder by -o") }
    if all && table != nil { throw ValidationError("--all takes every table, --table one: state one of them") }
    if json && (all || format != nil) { throw ValidationError("--json is a form of its own, of one table") }
    if let output, !all, !json, format == nil, TableForm(path: output) == nil {
      throw ValidationError("the ending of '\(output)' tells no form: state '--format csv', tsv, markdown or latex")
    }
  }

  func run() throws {
    let session = try Session(options.request(), isReading: true)
    let tables = try ResultTables(step, in: session, session.resolve())
    if tables.entries.isEmpty, tables.absent.isEmpty {
      throw Complaint.failure("'\(step)' has no table; 'bioarc get' copies its files")
    }
    if all, let output, !tables.entries.isEmpty {
      let form = format ?? .csv
      try NewFile.inFolder(output) {
        for entry in tables.entries {
          try write(entry, tables.absent, to: "\(output)/\(entry.file).\(form.endings[0])", form)
        }
      }
    } else if !tables.entries.isEmpty {
      let form = format ?? output.flatMap(TableForm.init(path:)) ?? .csv
      try write(chosen(tables.entries), tables.absent, to: output, form)
    }
    for line in Absent.lines(tables.absent) { Terminal.complain(line) }
    if !tables.absent.isEmpty { throw ExitCode(1) }
  }

  /// Writes to a new file; without a path, to standard output.
  private func write(
    _ entry: ResultTables.Entry, _ absent: [Absent], to path: String?, _ form: TableForm
  ) throws {
    let comments = entry.origins + (absent.map(\.fact) + entry.notes).map { "not here: \($0)" }
    let text =
      json
      ? String(decoding: entry.table.json.bytes(.document), as: UTF8.self) + "\n"
      : form.text(entry.table, comments: noComment ? [] : comments)
    if let path { try NewFile.write(path, Array(text.utf8)) } else { Terminal.write(text, to: STDOUT_FILENO) }
    for note in entry.notes { Terminal.complain("note: not in the table '\(entry.name)': \(note)") }
  }

  /// The one table that there is, or that of `--table`.
  private func chosen(_ entries: [ResultTables.Entry]) throws -> ResultTables.Entry {
    if entries.count == 1, table == nil { return entries[0] }
    if let table {
      if let number = Int(table), entries.indices.contains(number - 1) { return entries[number - 1] }
      if let entry = entries.first(where: { $0.name == table }) { return entry }
      let ends = entries.filter { $0.name.hasSuffix("." + table) }
      if ends.count == 1 { return ends[0] }
    }
    var list = Table(["", "table", "rows", "columns"], numeric: [0, 2, 3])
    for (index, entry) in entries.enumerated() {
      list.add([
        "\(index + 1)", entry.name, Words.grouped(entry.table.cells.count), "\(entry.table.columns.count)",
      ])
    }
    let reason = table.map { "has no one table '\($0)'" } ?? "has several tables"
    throw Complaint.usage(
      "'\(step)' \(reason): choose by '--table NAME' or its number, or take all by '--all -o FOLDER'\n"
        + list.text(width: Terminal.outputWidth))
  }
}

extension TableForm: ExpressibleByArgument {}
