/// A position count matrix of DNA: the count of each base at each position of the aligned sites.
package struct PositionMatrix: Hashable, Sendable {
  /// (positions, 4): counts of A, C, G, T; integers, so that drawing from them is exact.
  package let counts: [[Int]]

  /// A matrix of its rows A, C, G, T, as JASPAR writes them.
  init(a: [Int], c: [Int], g: [Int], t: [Int]) {
    counts = a.indices.map { [a[$0], c[$0], g[$0], t[$0]] }
  }

  /// A matrix of a consensus in IUPAC letters: bases that a letter allows are equally likely and have 19 of 20 draws
  /// together, the others 1 of 20 (a letter that allows all has no others).
  init(consensus: String) {
    counts = consensus.map { letter in
      let allowed = Self.bases(of: letter)
      if allowed.count == 4 { return [1, 1, 1, 1] }
      let others = 4 - allowed.count
      return "ACGT".map { allowed.contains($0) ? 19 * others : allowed.count }
    }
  }

  /// Positions.
  package var length: Int { counts.count }

  /// The positions of a site, bases 0 to 3, whose base is at least half as frequent as the column's most frequent one.
  func agreement(with site: [UInt8]) -> Int {
    zip(counts, site).count { column, base in 2 * column[Int(base)] >= column.max()! }
  }

  /// The bases that an IUPAC letter stands for (NC-IUB 1985).
  private static func bases(of letter: Character) -> String {
    switch letter {
    case "R": "AG"
    case "Y": "CT"
    case "S": "CG"
    case "W": "AT"
    case "K": "GT"
    case "M": "AC"
    case "B": "CGT"
    case "D": "AGT"
    case "H": "ACT"
    case "V": "ACG"
    case "N": "ACGT"
    default: String(letter)
    }
  }
}
