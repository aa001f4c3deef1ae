import DataStages
import ModelStages
import Sequences
import Tokenizers

extension MetricsDocument.Encoded {
  init(_ split: String, _ counts: TokenCounts, cut: Int, lettersCut: Int, withoutLabel: Int) {
    self.init(
      split: split, sequences: counts.sequences, withoutToken: counts.withoutToken,
      ofUnknownAlone: counts.ofUnknownAlone, letters: counts.letters, lettersInNoToken: counts.lettersInNoToken,
      tokens: counts.tokens, unknown: counts.unknown, cut: cut, lettersCut: lettersCut, withoutLabel: withoutLabel)
  }
}
