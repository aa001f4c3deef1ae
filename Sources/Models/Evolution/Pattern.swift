package import Sequences

/// A short word in which a letter may stand for several: of DNA by the codes of IUPAC (1984), of proteins X for any.
package struct Pattern: Hashable, Sendable {
  package let text: String
  private let choices: [Set<UInt8>]

  private static let codes: [Character: String] = [
    "A": "A", "C": "C", "G": "G", "T": "T", "U": "T", "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC",
    "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
  ]

  /// nil for a text that is empty or has a letter of no meaning.
  package init?(_ text: String, _ alphabet: Alphabet) {
    let bases = Set(alphabet.bases)
    let choices = text.uppercased().map { letter -> Set<UInt8> in
      if alphabet == .dna { return Set((Self.codes[letter] ?? "").utf8) }
      return letter == "X" ? bases : bases.intersection(letter.utf8)
    }
    if choices.isEmpty || choices.contains(where: \.isEmpty) { return nil }
    (self.text, self.choices) = (text, choices)
  }

  /// Every place of it in a sequence, ascending.
  package func places(in sequence: [UInt8]) -> [Int] {
    guard sequence.count >= choices.count else { return [] }
    return (0...sequence.count - choices.count).filter { start in
      choices.indices.allSatisfy { choices[$0].contains(sequence[start + $0]) }
    }
  }

  /// Letters of a sequence that would have to be others for it to have the pattern: 0 where it has.
  package func misses(in sequence: [UInt8]) -> Int {
    guard sequence.count >= choices.count else { return choices.count }
    var least = choices.count
    for start in 0...sequence.count - choices.count where least > 0 {
      least = min(least, choices.indices.count { !choices[$0].contains(sequence[start + $0]) })
    }
    return least
  }
}
