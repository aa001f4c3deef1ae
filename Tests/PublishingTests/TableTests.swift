import JSON
import Testing

@testable import Publishing

@Suite struct TableTests {
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
