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
