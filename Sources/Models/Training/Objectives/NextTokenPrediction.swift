package import Tokens

/// Next-token prediction (Radford et al. 2018): at every position, the token that comes next. The first token of a
/// sequence is never a target, and special tokens and unknown letters are none either.
package struct NextTokenPrediction: TokenPrediction, Hashable {
  package let letters: TokenLetters

  package init(letters: TokenLetters = .plain) { self.letters = letters }

  package var isCausal: Bool { true }
  package var lead: Int { 1 }
  var complements: [Int32]? { nil }

  func asked(of length: Int) -> Double { Double(max(0, length - 1)) }

  func task(_ batch: PackedTokens, in setting: ObjectiveSetting) -> PredictionTask { task(batch) }

  /// Every row whose sequence goes on with a token of known letters.
  func task(_ batch: PackedTokens) -> PredictionTask {
    var rows: [Int32] = []
    var targets: [Int32] = []
    for example in 0..<batch.count {
      for row in batch.starts[example]..<max(batch.starts[example], batch.starts[example + 1] - 1)
      where letters.isKnown(batch.ids[row + 1]) {
        rows.append(Int32(row))
        targets.append(batch.ids[row + 1])
      }
    }
    return PredictionTask(inputs: batch, rows: rows, targets: targets, lead: 1)
  }
}
