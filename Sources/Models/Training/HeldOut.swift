package import Tokens

/// How well an objective is met on sequences that were not trained on.
package struct HeldOut: Hashable, Sendable {
  /// Nats per token that had to be named; for `cl`, per view.
  package let loss: Double
  package let correct: Int
  /// Tokens that had to be named; for `cl`, views.
  package let tokens: Int
  /// Letters of the sequences that those tokens stand for.
  package let letters: Int
  package var accuracy: Double { tokens > 0 ? Double(correct) / Double(tokens) : 0 }
  /// e^loss, or nil beyond what a number holds. By its own series: the same bits whatever the C library.
  package static func perplexity(loss: Double) -> Double? {
    guard loss < 700 else { return nil }
    let power = (loss / 0.693_147_180_559_945_3).rounded()
    let rest = loss - power * 0.693_147_180_559_945_3
    var (term, sum) = (1.0, 1.0)
    for k in 1...20 {
      term *= rest / Double(k)
      sum += term
    }
    return sum * Double(sign: .plus, exponent: Int(power), significand: 1)
  }
  /// Nats times tokens, in bits, by letter; nil when there are none.
  package var bitsPerLetter: Double? {
    letters > 0 ? loss * Double(tokens) / Double(letters) / 0.693_147_180_559_945_3 : nil
  }
}

/// Sequences, or pieces of them, to be measured on.
package struct EvaluationBatch: Sendable {
  package let tokens: PackedTokens
  /// Tokens at the front of each piece that are there to be read only.
  package let context: Int
  /// Pieces without such a front, because nothing comes before them.
  package let firstPieces: Set<Int>
  package init(_ tokens: PackedTokens, context: Int = 0, firstPieces: Set<Int> = []) {
    self.tokens = tokens
    self.context = context
    self.firstPieces = firstPieces
  }
}

/// A split of a corpus in pieces that together score every token once: a sequence gives pieces of at most `length`
/// tokens, each after the first with `context` tokens of the one before at its front.
package struct EvaluationPieces: Hashable, Sendable {
  package let length: Int
  package let context: Int

  package init(length: Int, context: Int) {
    precondition(length > context && context >= 0, "pieces of \(length), of which \(context) are context")
    self.length = length
    self.context = context
  }

  /// The pieces of a sequence, ascending. With a context, a last piece that would hold nothing else is left out.
  package func cut(_ count: Int) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var start = 0
    while start + (start > 0 ? context : 0) < count {
      pieces.append(start..<min(count, start + length))
      start += length - context
    }
    return pieces
  }
}
