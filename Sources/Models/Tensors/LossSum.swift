/// The sum of a loss over rows, and how many rows it got right.
package struct LossSum: Sendable {
  package var loss: Double
  package var correct: Int
  package var rows: Int
  package init(loss: Double = 0, correct: Int = 0, rows: Int = 0) {
    self.loss = loss
    self.correct = correct
    self.rows = rows
  }
  /// The sum in the order given: sums of doubles are kept in a fixed order.
  package static func + (a: LossSum, b: LossSum) -> LossSum {
    LossSum(loss: a.loss + b.loss, correct: a.correct + b.correct, rows: a.rows + b.rows)
  }
}
