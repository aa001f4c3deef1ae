import JSON
import Labelled
@testable import Tables
import TestSupport
import Testing


/// Tables as text, and as files of four forms.
@Suite struct TableTests {
  // MARK: Text

  @Test func `a table that is too wide is folded behind its keys`() {
    let table = Table(
      ["candidate", "dev mcc", "test mcc"], numeric: [1, 2],
      cells: [[.text("c16"), .number(0.12345), .number(nil)], [.text("t128-t64"), .number(-0.5), .count(1234)]])
    let whole = "candidate  dev mcc  test mcc\nc16          0.123         -\nt128-t64    -0.500     1,234"
    #expect(table.text(width: 80) == whole)
    #expect(
      table.text(width: 20) == "candidate  dev mcc\nc16          0.123\nt128-t64    -0.500\n\n"
        + "candidate  test mcc\nc16               -\nt128-t64      1,234")
    #expect(table.text(width: 80, limit: 1) == "candidate  dev mcc  test mcc\nc16          0.123         -")
    let text = Table(["a", "b"], rows: [["one", "a long text of many words"]]).text(width: 18)
    #expect(text == "a    b\none  a long text\n     of many words")
  }

  @Test func `a table may show fewer rows than it has`() {
    let table = Table(["n"], numeric: [0], most: 2, cells: (0..<5).map { [.count($0)] })
    #expect(table.text(width: 80) == "n\n0\n1" && table.text(width: 80, limit: 1) == "n\n0" && table.shownCount == 2)
    #expect(TableForm.csv.text(table) == "n\r\n0\r\n1\r\n2\r\n3\r\n4\r\n")
  }

  // MARK: Data

  private static let results = Table(
    ["rank", "", "Score", "test mcc", "95 % interval", "F1", "wins", "test mcc"], numeric: [0], named: [1: "the model"],
    cells: [
      [
        TableCell("1", .rank(1, isTied: true)), .text("a"), .number(0.1 + 0.2), .number(1.0 / 3),
        .interval(0.25, 0.5), .estimate(0.5, 0.25, 1), .part(3, of: 8), .text("x"),
      ],
      [
        TableCell("-", .rank(nil, isTied: nil)), .text("b"), TableCell("it broke", .failure), .number(nil),
        .interval(nil, nil), .estimate(nil, nil, nil), .part(0, of: 8), .text("y"),
      ],
    ])

  @Test func `columns of data have one number each`() throws {
    #expect(
      TableForm.csv.text(Self.results).replacing("\r\n", with: "\n") == """
        rank,rank_tied,the_model,score,score_message,test_mcc,test_mcc_low,test_mcc_high,\
        f1,f1_low,f1_high,wins,wins_of,test_mcc_2
        1,true,a,0.30000000000000004,,0.3333333333333333,0.25,0.5,0.5,0.25,1,3,8,x
        ,,b,,it broke,,,,,,,0,8,y

        """)
    let rows = try #require(Self.results.json.array)
    #expect(rows[0]["score"]?.number == 0.1 + 0.2 && rows[0]["rank_tied"]?.bool == true && rows[0]["wins_of"]?.int == 8)
    #expect(rows[1]["score"]?.isNull == true && rows[1]["score_message"]?.string == "it broke")
    #expect(Set(Self.results.fields.map(\.name)).count == Self.results.fields.count)
  }

  @Test func `numbers that JSON lacks are told`() throws {
    let table = Table(["sees"], cells: [[TableCell("all", .number(.infinity))], [.number(.nan)]])
    #expect(TableForm.csv.text(table) == "sees\r\ninf\r\nnan\r\n")
    #expect(try #require(table.json.array).map { $0["sees"]?.string } == ["inf", "nan"])
  }

  /// Every double, from the smallest to the largest, is read as itself.
  @Test(arguments: [UInt64(1), 2, 3]) func `every number is read as it was`(_ seed: UInt64) throws {
    var random = RandomNumbers(seed: seed)
    let drawn = (0..<2000).map { _ in Double(bitPattern: random.next()) }.filter(\.isFinite)
    let numbers =
      drawn + [0, -0.0, .leastNonzeroMagnitude, -.greatestFiniteMagnitude, .ulpOfOne, 1e22, 1e23, 0.1, 123_456_789]
    let table = Table(["x"], cells: numbers.map { [.number($0)] })
    for form in [TableForm.csv, .tsv] {
      let lines = form.text(table).split { $0.isNewline }.dropFirst()
      #expect(lines.map { Double($0)?.bitPattern } == numbers.map(\.bitPattern), "seed \(seed)")
    }
    let parsed = try JSON(parsing: table.json.bytes(.document))
    #expect(try #require(parsed.array).map { $0["x"]?.number } == numbers, "seed \(seed)")
  }

  @Test func `tables of several steps are one, behind their axes`() {
    let first = Table(
      ["m", "value", "95 % interval"], numeric: [1], cells: [[.text("a"), .number(1), .interval(0, 2)]])
    let none = Table(["m", "value", "95 % interval"], numeric: [1], cells: [])
    let second = Table(
      ["m", "other", "95 % interval", "value"], numeric: [1, 3], leftOut: 4,
      cells: [[.text("b"), .number(5), .interval(4, 6), .number(7)]])
    let joined = Table.joined([(["1"], first), (["2"], none), (["3"], second)], behind: ["m"])
    #expect(
      TableForm.csv.text(joined).replacing("\r\n", with: "\n") == """
        m,m_2,value,value_low,value_high,other,other_low,other_high
        1,a,1,0,2,,,
        3,b,7,,,5,4,6

        """)
    #expect(joined.leftOut == 4 && joined.numeric == [2, 4])
    #expect(Table.joined([([], first)], behind: []).text(width: 80) == first.text(width: 80))
  }

  // MARK: Forms

  @Test(arguments: [
    ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"so\"", "\"say \"\"so\"\"\""), ("two\nlines", "\"two\nlines\""),
    (" led", "\" led\""), ("", ""), ("k=6", "k=6"), ("no # comment", "\"no # comment\""),
    // Numbers stay numbers.
    ("-0.05598925109558543", "-0.05598925109558543"), ("+3", "+3"), ("-1e-300", "-1e-300"),
    // A spreadsheet would compute these.
    ("=1+1", "'=1+1"), ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"), ("@SUM(A1)", "'@SUM(A1)"), ("+a", "'+a"),
    ("\tx", "'\tx"), ("  =1", "'  =1"), ("=a,b", "\"'=a,b\""), ("--5", "'--5"),
    ("-inf", "'-inf"), ("-0x10", "'-0x10"),
    // Orders to a terminal, the end of a string and a turn of direction are texts.
    ("a\u{1B}[31m", "a\\u001b[31m"), ("a\0b", "a\\u0000b"), ("a\u{202E}b", "a\\u202eb"),
  ]) func `cells are quoted and guarded`(_ text: String, _ cell: String) { #expect(CSV.cell(text) == cell) }

  @Test func `rows end as RFC 4180 has it`() {
    #expect(CSV.row(["a", "", "b,c"]) == "a,,\"b,c\"\r\n" && CSV.row([""]) == "\"\"\r\n")
  }

  private static let hostile = [
    "=HYPERLINK(\"http://x\")", "+1|2", "a\"b\"", "two\nlines", "two\r\nlines", "tab\there", "pipe|pipe", "a\\b",
    "nul\0",
    "\u{202E}turned", "# comment", "-->", "<!-- x", "<img src=x onerror=alert(1)>", "`code`", "[a](javascript:b)",
    "*bold* _line_ ~gone~", "$x^2$ 100 % & {a} #1", "\\input{/etc/passwd}", "[2em]", "*", "--- dash", "\u{2028}",
    " led and trailed ", "'", "", "é 中 😀", "\r", "a,b;=c",
  ]

  /// A table with a text as heading, cell and comment.
  private static func table(_ text: String) -> Table {
    Table([text, "n"], numeric: [1], cells: [[.text(text), .count(1)], [.text("after"), .count(2)]])
  }

  /// The fields of all rows, read by the reader of labelled tables.
  private static func read(_ text: String, _ delimiter: UInt8) -> [[String]] {
    var reader = DelimitedReader(file: "table", delimiter: delimiter)
    var rows: [[String]] = []
    let emit = { (row: DelimitedRow) in
      rows.append(row.fields.map { String(decoding: $0, as: UTF8.self) })
      return true
    }
    Array(text.utf8).withUnsafeBytes { reader.push($0, emit) }
    reader.finish(emit)
    return rows
  }

  @Test(arguments: hostile) func `a text changes no table of data`(_ text: String) throws {
    let csv = Self.read(TableForm.csv.text(Self.table(text)), 0x2C)
    #expect(csv.count == 3 && csv.allSatisfy { $0.count == 2 }, "\(csv)")
    #expect(csv[0][1] == "n" && csv[1][1] == "1" && csv[2] == ["after", "2"])
    let tsv = Self.read(TableForm.tsv.text(Self.table(text)), 0x09)
    #expect(tsv.count == 3 && tsv.allSatisfy { $0.count == 2 } && tsv[2] == ["after", "2"], "\(tsv)")
    #expect(TableForm.tsv.text(Self.table(text)).split { $0.isNewline }.count == 3)
    for cell in [csv[1][0], tsv[1][0]] {
      #expect(!cell.unicodeScalars.contains { "\0\r\u{202E}".unicodeScalars.contains($0) })
      if let first = cell.first(where: { $0 != " " }) { #expect(!"=+-@\t".contains(first), "\(cell)") }
    }
    #expect(try #require(Self.table(text).json.array)[0].members?[0].value.string == text)
  }

  @Test(arguments: hostile) func `a comment is a line and no formula`(_ text: String) {
    for form in [TableForm.csv, .tsv] {
      let plain = form.text(Self.results)
      let commented = form.text(Self.results, comments: [text])
      #expect(commented.hasPrefix("# ") && commented.hasSuffix(plain))
      let line = commented.dropLast(plain.count)
      #expect(line.dropLast().contains { $0.isNewline } == false && line.last?.isNewline == true)
      #expect(!line.contains(";=") && !line.contains(",="))
    }
    let tex = TableForm.latex.text(Self.results, comments: [text]).split { $0.isNewline }
    #expect(tex[0].hasPrefix("% ") && tex[1].hasPrefix("% needs") && tex[2].hasPrefix("\\begin{tabular}"))
    let lines = TableForm.markdown.text(Self.results, comments: [text]).split { $0.isNewline }
    #expect(lines[0].hasPrefix("<!-- ") && lines[0].hasSuffix(" -->") && lines[1].hasPrefix("| rank"))
    #expect(lines[0].dropFirst(5).dropLast(4).contains("-->") == false)
  }

  @Test(arguments: hostile) func `a text changes no table of a paper`(_ text: String) {
    let markdown = TableForm.markdown.text(Self.table(text)).split { $0.isNewline }
    #expect(markdown.count == 4 && markdown[3] == "| after | 2 |" && markdown[1] == "| --- | ---: |")
    for line in markdown {
      let bare = line.replacing("\\\\", with: "").replacing("\\|", with: "")
      #expect(bare.count { $0 == "|" } == 3, "\(line)")
      #expect(!bare.replacing("\\<", with: "").contains("<"))
    }
    let tex = TableForm.latex.text(Self.table(text)).split { $0.isNewline }
    #expect(tex.count == 9 && tex[3].hasSuffix(" & n \\\\") && tex[6] == "after & 2 \\\\", "\(tex)")
    let cell = String(tex[5].dropLast(" & 1 \\\\".count))
    #expect(!cell.hasPrefix("[") && !cell.hasPrefix("*"))
    var bare = cell
    for order in ["\\textbackslash{}", "\\textasciitilde{}", "\\textasciicircum{}", "\\textless{}", "\\textgreater{}"] {
      bare = bare.replacing(order, with: "")
    }
    bare = bare.replacing("\\textbar{}", with: "").replacing("{\\char34}", with: "").replacing("{}", with: "")
    for letter in "{}_&%#$" { bare = bare.replacing("\\\(letter)", with: "") }
    #expect(!bare.contains { "\\{}_&%#$~^<>|\"".contains($0) }, "\(bare)")
  }

  @Test func `papers have numbers as they are shown`() {
    let table = Table(
      ["rank", "p", "gap"], numeric: [0, 1, 2],
      cells: [[TableCell("2=", .rank(2, isTied: true)), .probability(1e-9), .estimate(-0.12345, -1, -0.01)]])
    #expect(
      TableForm.latex.text(table) == """
        % needs \\usepackage{booktabs}
        \\begin{tabular}{rrr}
        \\toprule
        rank & p & gap \\\\
        \\midrule
        2= & \\textless{} 0.001 & $-$0.123 ($-$1.000 to $-$0.010) \\\\
        \\bottomrule
        \\end{tabular}

        """)
    #expect(
      TableForm.markdown.text(table)
        == "| rank | p | gap |\n| ---: | ---: | ---: |\n| 2= | \\< 0.001 | -0.123 (-1.000 to -0.010) |\n")
  }

  @Test func `the ending of a file tells its form`() {
    let forms = ["a.csv", "b/c.TSV", "t.md", "t.tex", "t.markdown", "csv", "t.txt"].map(TableForm.init(path:))
    #expect(forms == [.csv, .tsv, .markdown, .latex, .markdown, nil, nil])
  }
}
