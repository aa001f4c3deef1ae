/// A synthetic task on tokens that asks one thing of a sequence model, and how hard it is (mechanistic architecture
/// design, Poli et al. 2024, arXiv:2403.17844).
///
/// Ids are numbers from 0; there are no others than those of the vocabulary. V tokens, L places.
package struct RecallTask: Hashable, Sendable {
  /// The six tasks.
  package enum Kind: String, CaseIterable, Sendable {
    /// Values that a key has in the sequence, wherever the key comes again.
    case recall = "in-context-recall"
    /// Values of keys in the sequence, both of several tokens.
    case fuzzyRecall = "fuzzy-in-context-recall"
    /// Values of keys in the sequence, between tokens that say nothing.
    case noisyRecall = "noisy-in-context-recall"
    /// Tokens in their order, without the blanks between them.
    case selectiveCopying = "selective-copying"
    /// All tokens, out of the features of the last.
    case compression
    /// Values that a key has in all sequences.
    case memorization

    /// Whether keys have values within a sequence.
    package var isRecall: Bool { [.recall, .fuzzyRecall, .noisyRecall].contains(self) }
  }

  package let kind: Kind
  /// V, with all tokens that have a meaning of their own.
  package var vocabulary: Int
  /// L.
  package var length: Int
  /// Examples to learn from.
  package var train: Int
  /// The share of pairs that are noise, and the tokens that noise is drawn from: the last ones of the vocabulary.
  package var noise = 0.0
  package var noiseVocabulary = 0
  /// Tokens to copy.
  package var copies = 0
  /// Most tokens of a key and of a value of fuzzy recall.
  package var motif = 3

  package init(_ kind: Kind, vocabulary: Int, length: Int, train: Int) {
    (self.kind, self.vocabulary, self.length, self.train) = (kind, vocabulary, length, train)
  }

  /// Tokens that are no key, no value and nothing to copy: padding, blanks, the end of a copy, the place of a value.
  private var specials: Int {
    switch kind {
    case .recall, .noisyRecall: 0
    case .fuzzyRecall, .compression, .memorization: 1
    case .selectiveCopying: 2
    }
  }

  /// Tokens without special ones and noise.
  var plain: Int { vocabulary - specials - noiseVocabulary }

  /// Keys are the tokens below; values are the other plain ones.
  var keys: Int { plain / 2 }

  /// How often a guess among all tokens that can be asked for is right.
  package var chance: Double {
    switch kind {
    case .selectiveCopying, .compression: 1 / Double(plain)
    // One value for each key.
    case .memorization: 1 / Double(keys)
    default: 1 / Double(plain - keys)
    }
  }

  /// Whether outputs are made of the features of a sequence's last token alone.
  package var isOfLast: Bool { kind == .compression }

  /// Why there is no such task, in words; nil: there is.
  package var problem: String? {
    let least = kind == .fuzzyRecall ? motif : 1
    if kind == .selectiveCopying || kind == .compression {
      if plain < 2 { return "a vocabulary of \(vocabulary) leaves fewer than two tokens to ask for" }
    } else if keys < least {
      return "a vocabulary of \(vocabulary) leaves \(max(0, keys)) keys, and \(least) are needed"
    }
    if noise > 0, noiseVocabulary == 0 { return "noise needs tokens of its own" }
    switch kind {
    case .recall, .noisyRecall:
      if length % 2 == 1 || length < 4 { return "a recall needs an even length of at least 4, and has \(length)" }
    case .fuzzyRecall:
      let least = 6 * motif
      if length < least { return "keys and values of \(motif) tokens need a length of at least \(least)" }
    case .selectiveCopying:
      if copies < 1 || length <= 2 * copies + 1 {
        return "\(copies) tokens to copy need a length above \(2 * copies + 1)"
      }
    case .compression: if length < 2 { return "a compression needs a length of at least 2" }
    case .memorization:
      if length % 2 == 1 || length < 2 { return "a memorization needs an even length, and has \(length)" }
    }
    return nil
  }
}
