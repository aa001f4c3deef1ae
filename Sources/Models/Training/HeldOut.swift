package import Spaces

/// How well an objective is met on sequences that were not trained on.
package struct HeldOut: Hashable, Sendable {
  /// Nats per token that had to be named; for `cl`, per view.
  package let loss: Double
  package let correct: Int
  /// Tokens that had to be named; for `cl`, views.
  package let tokens: Int
  /// Letters of the sequences that those tokens stand for.
  package let letters: Int
  /// Numbers that the path trains, embedding and head included.
  package let parameters: Int
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

extension HeldOut {
  /// One path of a supernet, and what it is measured on.
  package struct Question {
    let architecture: Architecture
    let batches: [EvaluationBatch]
    /// By token: how many letters of a sequence it stands for; empty where letters are not counted.
    let letters: [Int]

    package init(_ architecture: Architecture, on batches: [EvaluationBatch], letters: [Int] = []) {
      self.architecture = architecture
      self.batches = batches
      self.letters = letters
    }
  }
}
