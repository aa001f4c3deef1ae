import Inputs
import Sequences

/// Intervals, windows and letters that are in no table, by reason.
struct LeftOut {
  enum Reason: String, CaseIterable {
    case unknownRecord = "on a record that the genome has not"
    case noSummit = "without a summit"
    case noLabel = "without a label"
    case outside = "outside of its record"
    case unknownLetters = "too many N"
    case repeated = "an earlier one has its place and label"
    case conflicting = "overlaps one with another label"
    case acrossSplits = "across the border of two splits"
    case noNegative = "no place for a negative like it"
    case noGene = "of another type than CDS, RNA and pseudogene"
    case restOfRecord = "letters behind the last window of a record"
    case sharedOneStrand = "letters of two coding sequences of a strand, of which the first counts"
    case sharedBothStrands = "letters of coding sequences of both strands, of which the first counts"
    case sharedOtherSort = "letters of genes of two sorts: coding goes before RNA, that before pseudogene"
  }

  private var counts: [Reason: (count: Int, example: String)] = [:]

  mutating func add(_ reason: Reason, _ example: String, count: Int = 1) {
    counts[reason] = counts[reason].map { ($0.count + count, $0.example) } ?? (count, example)
  }

  func count(_ reason: Reason) -> Int { counts[reason]?.count ?? 0 }

  var rows: [TaskDocument.LeftOut] {
    Reason.allCases.compactMap { reason in
      counts[reason].map { TaskDocument.LeftOut(reason: reason.rawValue, count: $0.count, example: $0.example) }
    }
  }

  /// All reasons in one sentence.
  var words: String { rows.map { "\($0.count) \($0.reason) (first \($0.example))" }.joined(separator: "; ") }
}
