import Figures
import Inputs
import Wording

extension TaskDocument {
  /// The lines and tables for a person.
  var view: (lines: [String], tables: [Table]) {
    let groups = Table(
      ["split", "label", "rows", "GC", "masked"], numeric: [2, 3, 4],
      rows: self.groups.map {
        [$0.split, $0.label, Words.grouped($0.rows), Words.fixed($0.gc, 3), Words.fixed($0.masked, 3)]
      })
    let leftOut = Table(
      ["left out", "count", "the first"], numeric: [1],
      rows: self.leftOut.map { [$0.reason, Words.grouped($0.count), $0.example] })
    let letters = Table(
      ["class of letters", "train", "dev", "test"], numeric: [1, 2, 3],
      rows: (self.letters ?? []).map { [$0.label] + [$0.train, $0.dev, $0.test].map(Words.grouped) })
    return (
      ["\(Words.grouped(intervals)) intervals, windows of \(Words.grouped(length)) letters"],
      [groups] + (self.letters == nil ? [] : [letters]) + (self.leftOut.isEmpty ? [] : [leftOut])
    )
  }
}
