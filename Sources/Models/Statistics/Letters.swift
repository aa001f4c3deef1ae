/// Groups of treatments that are not told apart, as letters (Piepho 2004): two share a letter exactly when they are not
/// told apart.
package enum Letters {
  /// The groups of each of `count` treatments, by insertion and absorption: numbers from 0, ascending. Groups are
  /// numbered by their first treatment.
  /// - Parameter differ: whether two, a < b, are told apart.
  package static func groups(_ count: Int, differ: (Int, Int) -> Bool) -> [[Int]] {
    var columns: [Set<Int>] = [Set(0..<count)]
    for a in 0..<count {
      for b in (a + 1)..<max(a + 1, count) where differ(a, b) {
        guard columns.contains(where: { $0.contains(a) && $0.contains(b) }) else { continue }
        var next: [Set<Int>] = []
        for column in columns {
          if column.contains(a), column.contains(b) {
            next += [column.subtracting([a]), column.subtracting([b])]
          } else {
            next.append(column)
          }
        }
        columns = absorbed(next)
      }
    }
    let sorted = columns.map { $0.sorted() }.filter { !$0.isEmpty }.sorted { $0.lexicographicallyPrecedes($1) }
    return (0..<count).map { treatment in sorted.indices.filter { sorted[$0].contains(treatment) } }
  }

  /// Columns without those that are part of another.
  private static func absorbed(_ columns: [Set<Int>]) -> [Set<Int>] {
    var kept: [Set<Int>] = []
    for column in columns.sorted(by: { $0.count > $1.count }) where !kept.contains(where: column.isSubset) {
      kept.append(column)
    }
    return kept
  }

  /// `a`, `b`, ... `z`, `aa`, ...
  package static func name(_ group: Int) -> String {
    let letter = String(UnicodeScalar(UInt8(97 + group % 26)))
    return group < 26 ? letter : name(group / 26 - 1) + letter
  }
}
