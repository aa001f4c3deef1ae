import Networks
import Tensors
package import Tokens

/// Sequences of tokens and what to learn of each. An example is `group` sequences, one behind the other: itself or, of
/// pairs, its two; and behind these, where `strands` is 2, the same on the other strand.
package struct LabelledTokens: Sendable {
  package let tokens: PackedTokens
  package let targets: Targets
  package let isPaired: Bool
  package let strands: Int

  package init(tokens: PackedTokens, targets: Targets, isPaired: Bool = false, strands: Int = 1) {
    self.tokens = tokens
    self.targets = targets
    self.isPaired = isPaired
    self.strands = strands
    let group = (isPaired ? 2 : 1) * strands
    switch targets {
    case .classes(let labels):
      precondition(tokens.count == labels.count * group, "\(labels.count) labels for \(tokens.count) sequences")
    case .sets(let labels, let count):
      precondition(tokens.count * count == labels.count * group, "\(labels.count) labels, \(tokens.count) sequences")
    case .values(let values):
      precondition(tokens.count == values.count * group, "\(values.count) values for \(tokens.count) sequences")
    case .tokens(let labels):
      precondition(group == 1 && tokens.ids.count == labels.count, "\(labels.count) labels, \(tokens.ids.count) tokens")
    }
  }

  /// Sequences with one class each.
  package init(tokens: PackedTokens, labels: [Int32]) { self.init(tokens: tokens, targets: .classes(labels)) }

  /// Examples: sequences, or pairs.
  package var count: Int { tokens.count / group }

  /// Sequences of an example.
  var group: Int { (isPaired ? 2 : 1) * strands }
}

/// One training batch, in room that is used again: the chosen examples and their targets.
struct TaskBatch {
  private(set) var tokens = PackedTokens()
  private(set) var labels: [Int32] = []
  private(set) var values: [Float] = []
  /// For labels of tokens: the numbers of those that count, ascending.
  private(set) var counted: [Int32] = []

  /// Takes examples of `data`: all strands that they come on or, of each, that which `strand` gives.
  mutating func take(_ chosen: ArraySlice<Int>, of data: LabelledTokens, strand: ((_ example: Int) -> Int)? = nil) {
    tokens.removeAll()
    labels.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    counted.removeAll(keepingCapacity: true)
    for number in chosen {
      let taken = strand == nil ? data.group : data.group / data.strands
      let first = number * data.group + (strand?(number) ?? 0) * taken
      for sequence in first..<first + taken { tokens.append(data.tokens[sequence]) }
      switch data.targets {
      case .classes(let all): labels.append(all[number])
      case .sets(let all, let count): values.append(contentsOf: all[number * count..<(number + 1) * count])
      case .values(let all): values.append(all[number])
      case .tokens(let all):
        let first = Int32(tokens.starts[tokens.count - 1])
        let range = data.tokens.starts[number]..<data.tokens.starts[number + 1]
        for (offset, label) in all[range].enumerated() where label >= 0 {
          labels.append(label)
          counted.append(first + Int32(offset))
        }
      }
    }
  }

  /// The divisor of this batch's loss: the weight of its labels, or how many outputs are compared.
  func weight(_ head: TaskHead, _ classWeights: [Float]?) -> Double {
    switch head.labels {
    case .classes, .tokens: labels.reduce(0.0) { $0 + Double(classWeights?[Int($1)] ?? 1) }
    case .sets, .value: Double(values.count)
    }
  }

  /// The places in `counted` of the tokens of rows `rows`.
  func counted(in rows: Range<Int>) -> Range<Int> {
    let place = { (row: Int) in
      var low = 0, high = counted.count
      while low < high {
        let middle = (low + high) / 2
        if Int(counted[middle]) < row { low = middle + 1 } else { high = middle }
      }
      return low
    }
    return place(rows.lowerBound)..<place(rows.upperBound)
  }
}
