import Figures
import Inputs
import Wording

extension TaskDocument {
  /// The lines and tables for a person.
  var view: (lines: [String], tables: [Table]) {
    let groups = self.groups.map { groups in
      Table(
        ["split", "label", "rows", "GC", "masked"], numeric: [2, 3, 4],
        rows: groups.map {
          [$0.split, $0.label, Words.grouped($0.rows), Words.fixed($0.gc, 3), Words.fixed($0.masked, 3)]
        })
    }
    let leftOut = self.leftOut.flatMap { leftOut in
      leftOut.isEmpty
        ? nil
        : Table(
          ["left out", "count", "the first"], numeric: [1],
          rows: leftOut.map { [$0.reason, Words.grouped($0.count), $0.example] })
    }
    let letters = self.letters.map { letters in
      Table(
        ["class of letters", "train", "dev", "test"], numeric: [1, 2, 3],
        rows: letters.map { [$0.label] + [$0.train, $0.dev, $0.test].map(Words.grouped) })
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
