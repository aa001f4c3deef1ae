package import Tokens

/// What a network learns from sequences without labels.
package enum Objective: Hashable, Sendable {
  /// Naming hidden tokens.
  case mm(MaskedModelling)
  /// Telling two views of one sequence from those of others.
  case cl(ContrastiveLearning)
  /// Naming the token that follows.
  case ntp(NextTokenPrediction)

  /// Whether a token may see only itself and earlier ones.
  package var isCausal: Bool {
    if case .ntp = self { true } else { false }
  }

  /// The first place of a sequence whose token can be asked for: the first has nothing before it.
  package var lead: Int {
    if case .ntp = self { 1 } else { 0 }
  }

  /// What ends a path.
  package var head: PathHead {
    if case .cl(let learning) = self { .projection(learning.projection) } else { .tokens }
  }
}

/// What a batch asks of the network: tokens to read, and rows whose token it must name.
package struct PredictionTask: Sendable {
  package let inputs: PackedTokens
  /// Rows of the packed batch, ascending.
  package let rows: [Int32]
  /// By row: the token that belongs there.
  package let targets: [Int32]
  /// How far behind its row a target stands: 0, or 1 for the token that follows.
  var lead = 0

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
