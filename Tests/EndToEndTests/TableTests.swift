import Foundation
import TestSupport
import Testing

/// `bioarc table`: results as files for pandas and papers.
@Suite struct TableTests {
  private static let pandas = Python.program(importing: "pandas")
  private static let typesetter = program("pdflatex")
  private static let reader = program("pdftotext")

  /// The path of a program; nil where it is not in PATH.
  private static func program(_ name: String) -> String? {
    ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// A text without its comments.
  private static func plain(_ text: String) -> [Substring] {
    Array(text.split { $0.isNewline }.drop { $0.hasPrefix("# ") })
  }

  /// Results as `show --json` has them.
  private struct Shown: Decodable {
    struct Content: Decodable { let metrics: Metrics }
    struct Metrics: Decodable { let dev, test: Split }
    struct Split: Decodable { let entries: [Entry] }
    struct Entry: Decodable {
      let metric: String
      let estimate: Estimate
    }
    struct Estimate: Decodable { let value, low, high: Double? }
    let step: String
    let content: Content
  }

  /// A row as `table --json` has it.
  private struct Row: Decodable {
    let k, architecture, split, metric: String
    let value, low, high: Double?

    private enum CodingKeys: String, CodingKey {
      case k, architecture, split, metric, value
      case low = "value_low"
      case high = "value_high"
    }
  }

  /// JSON read to the last bit, as `JSONSerialization` does not.
  private static func decoded<T: Decodable>(_ type: T.Type, _ execution: Execution) throws -> T {
    try JSONDecoder().decode(type, from: Data(execution.output.utf8))
  }

  @Test func `a step with several tables asks which`() throws {
    let lab = try EditTests.copy()
    let asked = try lab.bioarc("table", "scores.metrics")
    #expect(asked.status == 2 && asked.output.isEmpty, "\(asked.output)")
    #expect(asked.errors.contains("'scores.metrics' has several tables: choose by '--table NAME'"), "\(asked.errors)")
    #expect(asked.errors.contains(#/1  metrics +\d+ +6\n/#) && asked.errors.contains("metrics.dev-confusion"))
    let named = try lab.bioarc("table", "scores.metrics", "--table", "dev-confusion")
    #expect(named.status == 0 && Self.plain(named.output)[0].hasPrefix("k,architecture,class,predicted_"))
    #expect(try lab.bioarc("table", "scores.metrics", "--table", "metrics.dev-confusion").output == named.output)
    #expect(try lab.bioarc("table", "scores.metrics", "--table", "2").output == named.output)
    let unknown = try lab.bioarc("table", "scores.metrics", "--table", "confusion")
    #expect(unknown.status == 2 && unknown.errors.contains("has no one table 'confusion'"))
  }

  /// The steps of an array are one table, whose numbers are those of the artifacts to the last bit.
  @Test func `an array is one tidy table of exact numbers`() throws {
    let lab = try EditTests.copy()
    let written = try lab.bioarc("table", "scores", "--table", "metrics", "-o", "scores.csv")
    #expect(written.status == 0 && written.output.isEmpty && written.errors.isEmpty, "\(written.errors)")
    let text = try String(contentsOfFile: lab.workspace.path("scores.csv"), encoding: .utf8)
    let comments = text.split { $0.isNewline }.prefix { $0.hasPrefix("# ") }
    #expect(comments[0].contains(#/^# bioarc [^ ]+, pipeline small, run \S+$/#), "\(comments[0])")
    #expect(comments.count == 5 && comments[1].contains(#/step scores\[k=2,.*, output metrics, key [0-9a-f]{64}$/#))
    let lines = Self.plain(text)
    #expect(lines[0] == "k,architecture,split,metric,value,value_low,value_high")
    #expect(lines.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == 7 })
    var cells: [String: [Double?]] = [:]
    for line in lines.dropFirst() {
      let row = line.split(separator: ",", omittingEmptySubsequences: false)
      cells[row[..<4].joined(separator: " ")] = row[4...].map { Double($0) }
    }
    var count = 0
    for shown in try Self.decoded([Shown].self, lab.bioarc("show", "scores.metrics", "--json")) {
      let ids = shown.step.dropFirst("scores[".count).dropLast().split(separator: ",").map {
        String($0.split(separator: "=")[1])
      }
      for (name, split) in [("dev", shown.content.metrics.dev), ("test", shown.content.metrics.test)] {
        for entry in split.entries {
          let place = (ids + [name, entry.metric]).joined(separator: " ")
          #expect(cells[place] == [entry.estimate.value, entry.estimate.low, entry.estimate.high], "\(place)")
          count += 1
        }
      }
    }
    #expect(count == cells.count && count >= 16)
    let again = try lab.bioarc("table", "scores", "--table", "metrics", "-o", "scores.csv")
    #expect(again.status == 1 && again.errors.contains("'scores.csv'"), "\(again.errors)")
    let plain = try lab.bioarc("table", "scores", "--table", "metrics", "--no-comment").output
    #expect(text.hasSuffix(plain) && plain.hasPrefix("k,architecture,"))
    let rows = try Self.decoded([Row].self, lab.bioarc("table", "scores", "--table", "metrics", "--json"))
    #expect(rows.count == cells.count)
    for row in rows {
      let place = [row.k, row.architecture, row.split, row.metric].joined(separator: " ")
      #expect(cells[place] == [row.value, row.low, row.high], "\(place)")
    }
    // One step has no axes.
    let one = try lab.bioarc("table", "scores[k=2,architecture=t16]", "--table", "metrics", "--format", "tsv").output
    #expect(Self.plain(one)[0] == "split\tmetric\tvalue\tvalue_low\tvalue_high")
  }

  @Test(.enabled(if: pandas != nil, "no Python of BIOARC_PYTHON can import pandas"))
  func `pandas reads the numbers that were written`() throws {
    let lab = try EditTests.copy()
    for file in ["scores.csv", "scores.tsv"] {
      #expect(try lab.bioarc("table", "scores", "--table", "metrics", "-o", file).status == 0)
    }
    #expect(try lab.bioarc("table", "ranking", "-o", "ranking.csv").status == 0)
    let json = try lab.bioarc("table", "scores", "--table", "metrics", "--json").output
    try lab.workspace.write("scores.json", json)
    let script = """
      import json, sys, pandas
      folder = sys.argv[1]
      rows = json.load(open(folder + "/scores.json"))
      # Older versions round the last bit without this, and newer ones warn of it.
      isOld = tuple(int(part) for part in pandas.__version__.split(".")[:2]) < (3, 1)
      exact = {"float_precision": "round_trip"} if isOld else {}
      for name, separator in (("scores.csv", ","), ("scores.tsv", "\\t")):
          table = pandas.read_csv(folder + "/" + name, comment="#", sep=separator, **exact)
          assert len(table) == len(rows) > 8
          assert list(table.columns) == list(rows[0])
          assert table["value"].dtype == "float64" and table["k"].dtype == "int64"
          for column in ("value", "value_low", "value_high"):
              for read, row in zip(table[column], rows):
                  assert read == row[column] or row[column] is None and read != read, (read, row)
      ranking = pandas.read_csv(folder + "/ranking.csv", comment="#")
      ends = ["", "_low", "_high"]
      columns = ["rank", "rank_tied", "k", "architecture", "parameters", "score"]
      columns += [split + "_mcc" + end for split in ("dev", "test") for end in ends]
      assert list(ranking.columns) == columns, ranking.columns
      assert list(ranking["rank"]) == [1, 2, 3, 4]
      print("read")
      """
    let output = try Python.run(Self.pandas!, ["-c", script, lab.workspace.folder.path])
    #expect(String(decoding: output, as: UTF8.self) == "read\n")
  }

  @Test func `steps without a result are said, and hide no others`() throws {
    let lab = try EditTests.copy()
    try lab.write(Lab.pipeline.replacing("architecture: [c16-c16, t16] }", with: "architecture: [c16-c16, c16-t32] }"))
    let table = try lab.bioarc("table", "scores", "--table", "metrics")
    #expect(table.status == 1)
    #expect(table.errors.contains("2 steps have no result yet: scores[k=2,architecture=c16-t32]"), "\(table.errors)")
    #expect(table.output.contains("# not here: scores[k=3,architecture=c16-t32] has no result yet\r\n"))
    let rows = Self.plain(table.output).dropFirst()
    #expect(rows.count >= 8 && rows.allSatisfy { $0.hasPrefix("2,c16-c16,") || $0.hasPrefix("3,c16-c16,") })
    let none = try lab.bioarc("table", "ranking")
    #expect(none.status == 1 && none.output.isEmpty && none.errors.contains("ranking has no result yet"))
  }

  @Test func `failed steps are said in the file`() throws {
    let scores = "for: { architecture: [c16-c16, t16] }\n    with: { epochs: 1, lr: 0.001 }"
    #expect(Lab.pipeline.contains(scores))
    let lab = try EditTests.copy()
    try lab.write(
      Lab.pipeline.replacing(
        scores,
        with: "for: { architecture: [c16-c16], direction: [bidirectional, causal] }\n"
          + "    with: { epochs: 1, lr: 0.001, direction: $direction }"
      ).replacing("[k, architecture] } }", with: "[k, architecture, direction] } }"))
    try lab.run(["--keep-going"])
    let table = try lab.bioarc("table", "scores", "--table", "metrics")
    #expect(table.status == 1 && table.errors.contains("direction=causal] failed: "), "\(table.errors)")
    #expect(table.output.contains("# not here: scores[k=2,architecture=c16-c16,direction=causal] failed: "))
    #expect(Self.plain(table.output).dropFirst().allSatisfy { $0.contains(",c16-c16,bidirectional,") })
  }

  @Test func `counts of an array have its axis in front`() throws {
    let lab = try Lab(
      """
      bioarc: 1
      name: small
      stages:
        promoters: { stage: synthesize, with: { train: 60, dev: 20, test: 20 } }
        tokens:
          stage: tokenize
          for: { width: [1, 2] }
          with: { scheme: kmer, k: $width, stride: 2 }
          in: { sequences: $promoters }
      """)
    try lab.run()
    let counts = try lab.bioarc("table", "tokens.counts")
    let lines = Self.plain(counts.output)
    #expect(counts.status == 0 && lines[0] == "width,count,train,held_out" && lines.count > 8, "\(counts.errors)")
    #expect(lines.contains { $0.hasPrefix("1,sequences,60,") }, "\(lines)")
  }

  @Test func `every table goes into a folder`() throws {
    let lab = try EditTests.copy()
    #expect(try lab.bioarc("table", "scores", "--all", "-o", "tables", "--format", "markdown").status == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: lab.workspace.path("tables")).sorted()
    #expect(names.contains("scores.metrics.md") && names.contains("scores.metrics.test-confusion.md"), "\(names)")
    for name in names {
      let lines = try String(contentsOfFile: lab.workspace.path("tables/\(name)"), encoding: .utf8).split {
        $0.isNewline
      }
      let rows = lines.drop { $0.hasPrefix("<!-- ") }
      #expect(lines.first?.hasPrefix("<!-- bioarc ") == true && rows.first?.hasPrefix("| k | architecture |") == true)
      #expect(rows.count > 2, "\(name)")
    }
  }

  @Test func `bad wishes are refused`() throws {
    let lab = try EditTests.copy()
    for (arguments, words) in [
      (["scores", "--all"], "--all writes files"), (["scores", "-o", "a.txt"], "tells no form"),
      (["scores", "--json", "--format", "csv"], "--json is a form of its own"),
      (["scores", "--all", "-o", "x", "--table", "1"], "state one of them"),
    ] {
      let refused = try Workspace.finish(lab.workspace.process(["table", "pipelines/small.yaml"] + arguments))
      #expect(refused.status == 2 && refused.errors.contains(words), "\(arguments): \(refused.errors)")
    }
    let none = try lab.bioarc("table", "space.none")
    #expect(none.status == 2 && none.errors.contains("has no output 'none'"))
  }

  @Test(.enabled(if: typesetter != nil, "pdflatex is not in PATH"))
  func `LaTeX sets the tables`() throws {
    let lab = try EditTests.copy()
    for (step, table) in [("ranking", "ranking"), ("tokens[k=2]", "tokenizer"), ("scores", "metrics")] {
      let file = "\(table).tex"
      #expect(try lab.bioarc("table", step, "--table", table, "-o", file).status == 0)
      let document = "\\documentclass{article}\\usepackage{booktabs}\\begin{document}\\input{\(file)}\\end{document}\n"
      try lab.workspace.write("paper.tex", document)
      let set = try Self.finish(Self.typesetter!, ["-interaction=nonstopmode", "-halt-on-error", "paper.tex"], lab)
      #expect(set.status == 0, "\(table): \(set.output)")
      // What is seen is what the same table has as Markdown.
      guard let reader = Self.reader else { continue }
      let page = try Self.finish(reader, ["-layout", "paper.pdf", "-"], lab).output
      let seen = Set(Self.words(page.replacing("\u{FB01}", with: "fi").replacing("\u{FB02}", with: "fl")))
      let shown = try lab.bioarc("table", step, "--table", table, "--format", "markdown").output
      let wanted = Self.words(shown.split(separator: "\n").filter { $0.hasPrefix("|") }.joined(separator: "\n"))
      #expect(wanted.count > 8 && wanted.allSatisfy(seen.contains), "\(table): \(Set(wanted).subtracting(seen))")
    }
  }

  /// The words and numbers of a text.
  private static func words(_ text: String) -> [String] {
    text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".")) }.map(String.init)
  }

  private static func finish(_ program: String, _ arguments: [String], _ lab: Lab) throws -> Execution {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = lab.workspace.folder
    return try Workspace.finish(process)
  }
}
