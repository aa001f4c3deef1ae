import Inputs
import Tables
import Wording

extension TaskDocument {
  /// The lines and tables for a person.
  var view: (lines: [String], tables: [Table]) {
    let groups = self.groups.map { groups in
      Table(
        ["split", "label", "rows", "GC", "masked"], name: "groups", numeric: [2, 3, 4],
        cells: groups.map {
          [.text($0.split), .text($0.label), .count($0.rows), .number($0.gc), .number($0.masked)]
        })
    }
    let leftOut = self.leftOut.flatMap { leftOut in
      leftOut.isEmpty
        ? nil
        : Table(
          ["left out", "count", "the first"], name: "left-out", numeric: [1],
          cells: leftOut.map { [.text($0.reason), .count($0.count), .text($0.example)] })
    }
    let letters = self.letters.map { letters in
      Table(
        ["class of letters", "train", "dev", "test"], name: "letters", numeric: [1, 2, 3],
        cells: letters.map { [.text($0.label), .count($0.train), .count($0.dev), .count($0.test)] })
    }
    let parts = [
      intervals.map { "\(Words.grouped($0)) interval\($0 == 1 ? "" : "s")" },
      length.map { "\(intervals == nil ? "records" : "windows") of \(Words.grouped($0)) letters" },
    ].compactMap(\.self)
    return (
      parts.isEmpty ? [] : [parts.joined(separator: ", ")], [groups, letters, leftOut].compactMap(\.self)
    )
  }
}
