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

/// A core-promoter motif: its matrix, and the place of its first base relative to the transcription start site,
/// which is +1; there is no position 0.
package struct CoreMotif: Hashable, Sendable {
  package let name: String
  package let matrix: PositionMatrix
  /// -31 for TATA.
  package let start: Int

  /// The index of the motif's first base in a sequence with `upstream` bases before the start site.
  package func index(upstream: Int) -> Int { upstream + start - (start > 0 ? 1 : 0) }

  /// The TATA box at -31...-24: the eight columns of T-A-T-A-A/T-A-A/T-R of the matrix of 389 sites of Bucher 1990
  /// ("Weight matrix descriptions of four eukaryotic RNA polymerase II promoter elements", J. Mol. Biol. 212:563), as
  /// JASPAR POL012.1 gives it (columns 2 to 9). Its first T lies at -31 or -30 (Kadonaga 2012); here always at -31.
  package static let tata = CoreMotif(
    name: "TATA",
    matrix: PositionMatrix(
      a: [16, 352, 3, 354, 268, 360, 222, 155], c: [46, 0, 10, 0, 0, 3, 2, 44], g: [18, 2, 2, 5, 0, 20, 44, 157],
      t: [309, 35, 374, 30, 121, 6, 121, 33]), start: -31)

  /// The initiator at -2...+4, with the A of C-A at +1: the first six columns of the cap signal of Bucher 1990 (303
  /// sites), as JASPAR POL002.1 gives it. It holds YYANWY, and the human BBCABW (Vo ngoc et al. 2017) from its second
  /// base on.
  package static let inr = CoreMotif(
    name: "Inr",
    matrix: PositionMatrix(
      a: [49, 0, 288, 26, 77, 67], c: [48, 303, 0, 81, 95, 118], g: [69, 0, 0, 116, 0, 46],
      t: [137, 0, 15, 80, 131, 72]), start: -2)

  /// The downstream promoter element at +28...+32: RGWYV (Kutach and Kadonaga 2000, "The downstream promoter element
  /// DPE appears to be as widely used as the TATA box in Drosophila core promoters", Mol. Cell. Biol. 20:4754). The
  /// matrix is made from that consensus, not from counted sites.
  package static let dpe = CoreMotif(name: "DPE", matrix: PositionMatrix(consensus: "RGWYV"), start: 28)

  /// All motifs, in the order of their positions.
  package static let all = [tata, inr, dpe]
}
