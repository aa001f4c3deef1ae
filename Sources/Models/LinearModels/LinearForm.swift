/// The form that a linear model has for labels of a kind. n rows, m outputs.
package enum LinearForm: Hashable, Sendable {
  /// One of C classes: softmax regression, of two classes logistic regression.
  case classes(Int)
  /// Any of C classes: logistic regression for each.
  case sets(Int)
  /// A number: ridge regression.
  case value

  /// m: two classes need one output.
  package var outputs: Int {
    switch self {
    case .classes(2), .value: 1
    case .classes(let count), .sets(let count): count
    }
  }

  package var loss: LinearLoss {
    switch self {
    case .classes(2), .sets: .sigmoid
    case .classes: .softmax
    case .value: .squared
    }
  }

  /// (n, m): the targets of rows of one class each.
  package func targets(_ classes: [Int]) -> [Double] {
    outputs == 1 ? classes.map(Double.init) : targets(members: classes.map { [$0] })
  }

  /// (n, m): the targets of rows of these classes.
  package func targets(members: [[Int]]) -> [Double] {
    var targets = [Double](repeating: 0, count: members.count * outputs)
    for (row, members) in members.enumerated() { for member in members { targets[row * outputs + member] = 1 } }
    return targets
  }

  /// A number for each class, of (n, m) outputs: of two classes the first has 0.
  package func logits(_ outputs: [Double]) -> [Double] {
    self == .classes(2) ? outputs.flatMap { [0, $0] } : outputs
  }
}
