/// The output that a model should give for each example.
package enum Targets: Sendable, Hashable {
  /// (B): the class of each example.
  case classes([Int32])
  /// (B, C): 1 for the classes that an example is of, 0 for others.
  case sets([Float], count: Int)
  /// (B): a number each.
  case values([Float])
  /// (all tokens): the class of each token; -1 for one that does not count.
  case tokens([Int32])
}

extension Targets {
  /// Weights that give every one of C classes the same sum: n / (C n_c) where an example, or token, has one class; for
  /// sets, how many examples are not of the class over how many are; 1 for a class that has none or all. nil for
  /// values.
  package func balancedWeights(classes: Int) -> [Float]? {
    switch self {
    case .values: return nil
    case .classes(let labels), .tokens(let labels):
      var counts = [Int](repeating: 0, count: classes)
      for label in labels where label >= 0 { counts[Int(label)] += 1 }
      let all = Double(counts.reduce(0, +))
      return counts.map { $0 > 0 ? Float(all / Double(classes) / Double($0)) : 1 }
    case .sets(let labels, let count):
      var members = [Double](repeating: 0, count: count)
      for (index, label) in labels.enumerated() { members[index % count] += Double(label) }
      let rows = Double(labels.count / max(1, count))
      return members.map { $0 > 0 && $0 < rows ? Float((rows - $0) / $0) : 1 }
    }
  }
}
