/// Rows in the order of a score, for statistics that depend on the order alone. n rows.
package struct Ordering: Sendable {
  /// Areas under two curves; nil where they are not defined.
  package struct Areas {
    package var roc: Double?
    /// Average precision.
    package var precisionRecall: Double?
  }

  /// (n): rows by ascending score.
  private let rows: [Int32]
  /// Places of `rows` at which a group of equal scores begins, and n.
  private let bounds: [Int]
  /// (n), in the order of `rows`: all bits where a row is of the class of an ROC curve, else none.
  private let positive: [Int]

  /// - Parameter positive: by row, whether it is of the class; empty for statistics without one.
  package init(_ scores: [Double], positive: [Bool] = []) {
    let rows = scores.indices.sorted { scores[$0] != scores[$1] ? scores[$0] < scores[$1] : $0 < $1 }
    self.rows = rows.map(Int32.init)
    bounds = rows.indices.filter { $0 == 0 || scores[rows[$0]] > scores[rows[$0 - 1]] } + [rows.count]
    self.positive = positive.isEmpty ? [] : rows.map { positive[$0] ? -1 : 0 }
  }

  /// The area under the ROC curve: the fraction of (positive, negative) pairs in the right order, ties one half (Mann
  /// and Whitney 1947); and that under the curve of precision and recall, as average precision: the sum over scores,
  /// from above, of (R_i - R_(i - 1)) * P_i. A row counts `weights[row]` times. nil without both classes.
  package func areas(weights: [Int32]) -> Areas {
    // Rows with scores above the group.
    var above = (positives: 0, negatives: 0)
    var halves = 0, precision = 0.0
    precondition(weights.count == rows.count && positive.count == rows.count, "\(weights.count) weights")
    // Without checks of bounds and branches: this runs for each resample.
    rows.withUnsafeBufferPointer { rows in
      positive.withUnsafeBufferPointer { positive in
        weights.withUnsafeBufferPointer { weights in
          for group in stride(from: bounds.count - 2, through: 0, by: -1) {
            var positives = 0, all = 0
            for place in bounds[group]..<bounds[group + 1] {
              let weight = Int(weights[Int(rows[place])])
              positives += weight & positive[place]
              all += weight
            }
            let negatives = all - positives
            halves += negatives * (2 * above.positives + positives)
            above = (above.positives + positives, above.negatives + negatives)
            if positives > 0 {
              precision += Double(positives) * Double(above.positives) / Double(above.positives + above.negatives)
            }
          }
        }
      }
    }
    guard above.positives > 0, above.negatives > 0 else { return Areas() }
    let (total, others) = (Double(above.positives), Double(above.negatives))
    return Areas(roc: Double(halves) / 2 / (total * others), precisionRecall: precision / total)
  }

  /// (n): the mean rank of each row among all, from 1; a row counts `weights[row]` times.
  func ranks(weights: [Int32]) -> [Double] {
    var ranks = [Double](repeating: 0, count: rows.count)
    var below = 0
    for group in bounds.indices.dropLast() {
      let places = bounds[group]..<bounds[group + 1]
      let size = places.reduce(0) { $0 + Int(weights[Int(rows[$1])]) }
      for place in places { ranks[Int(rows[place])] = Double(below) + Double(size + 1) / 2 }
      below += size
    }
    return ranks
  }
}
