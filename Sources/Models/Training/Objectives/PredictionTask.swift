import Tokens

/// A batch as a question to the network: tokens to read, and rows whose token it must name.
struct PredictionTask: Sendable {
  let inputs: PackedTokens
  /// Rows of the packed batch, ascending.
  let rows: [Int32]
  /// By row: the token that belongs there.
  let targets: [Int32]
  /// How far behind its row a target stands: 0, or 1 for the token that follows.
  var lead = 0
  var hidden = HiddenLetters()

  /// The part of the task whose targets are at place `context` of their sequence or later; all of a sequence whose
  /// number is in `whole`.
  func scored(after context: Int, whole: Set<Int>) -> PredictionTask {
    if context == 0 { return self }
    var kept: [Int] = []
    var sequence = 0
    for (index, row) in rows.enumerated() {
      while Int(row) >= inputs.starts[sequence + 1] { sequence += 1 }
      if whole.contains(sequence) || Int(row) - inputs.starts[sequence] + lead >= context { kept.append(index) }
    }
    return PredictionTask(
      inputs: inputs, rows: kept.map { rows[$0] }, targets: kept.map { targets[$0] }, lead: lead)
  }
}

extension Array {
  /// The first index at which an ascending predicate holds.
  func partitioningIndex(where holds: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
