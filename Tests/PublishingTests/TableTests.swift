import JSON
import Testing

@testable import Publishing

@Suite struct TableTests {
  @Test(arguments: [
    ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"so\"", "\"say \"\"so\"\"\""), ("two\nlines", "\"two\nlines\""),
    (" led", "\" led\""), ("", ""), ("k=6", "k=6"),
    // Numbers stay numbers.
    ("-0.05598925109558543", "-0.05598925109558543"), ("+3", "+3"), ("-1e-300", "-1e-300"),
    // A spreadsheet would compute these.
    ("=1+1", "'=1+1"), ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"), ("@SUM(A1)", "'@SUM(A1)"), ("+a", "'+a"),
    ("\tx", "'\tx"), ("  =1", "'  =1"), ("=a,b", "\"'=a,b\""), ("--5", "'--5"),
    ("-inf", "'-inf"), ("-0x10", "'-0x10"),
    // An escape character is text.
    ("a\u{1B}[31m", "a\\u001b[31m"),
  ]) func `cells are quoted and guarded`(_ text: String, _ cell: String) { #expect(CSV.cell(text) == cell) }

  @Test func `rows end as RFC 4180 has it`() { #expect(CSV.row(["a", "", "b,c"]) == "a,,\"b,c\"\r\n") }

  private func rows(_ name: String, _ text: String, _ axes: [String: [String]] = [:]) throws -> [String] {
    let table = try #require(ResultTable.all.first { $0.name == name })
    let rows = table.rows(try JSON(parsing: Array(text.utf8)), axes)
    for row in rows { #expect(row.count == table.columns.count, "\(row)") }
    return rows.map { $0.joined(separator: " ") }
  }

  @Test func `figures keep every digit`() throws {
    let metrics = """
      {"architecture": "t16", "parameters": 12, "metrics": {"primary": "mcc",
        "dev": {"entries": [{"metric": "mcc", "estimate": {"value": 0.30000000000000004, "low": -0.1}}]},
        "test": {"entries": [{"metric": "f1", "estimate": {}}]}}}
      """
    #expect(
      try rows("metrics", metrics) == ["t16 12 dev mcc true 0.30000000000000004 -0.1 ", "t16 12 test f1 false   "])
    let history = "{\"points\": [{\"step\": 10, \"loss\": 1.5}], \"pending\": [1, 2], \"heldOut\": []}"
    #expect(try rows("losses", history) == ["10 1.5", "12 1.5"] && rows("held-out", history).isEmpty)
    let ranking = """
      {"ranking": {"tasks": [{"task": "tata", "metric": "mcc"}], "rows": [{"rank": 1, "candidate": ["6"], "score": 0.5,
        "isTied": true, "results": [{"task": "tata", "estimate": {"value": 1}, "z": 2, "replicates": 3}]}]},
        "candidates": [{"candidate": ["6"], "architecture": "c16", "parameters": 7, "test": [{"value": 0.25}]}],
        "baselines": [{"model": "kmer", "candidate": [], "dev": [{"value": 0.1}], "test": [], "score": null}]}
      """
    #expect(
      try rows("rankings", ranking, ["candidate": ["k"]]) == [
        "1 true k=6 c16 7 0.5 tata mcc 1   2 3 0.25  ", "  baseline: kmer    tata mcc 0.1       ",
      ])
  }
}
