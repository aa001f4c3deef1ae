/// The part of each letter of a record in genes, as a letter of the label of a sequence.
///
/// `1`, `2` and `3` are the places in a codon of a coding sequence on the forward strand, `4`, `5` and `6` those on the
/// reverse strand, from the first letter of the codon along its strand; `T` is an RNA gene, `P` a pseudogene, `N` the
/// rest. A letter of several features is that of a coding sequence before that of an RNA gene, and that before that of
/// a pseudogene; of features of one sort it is that of the one that starts first on the record.
package struct GeneLetters: Sendable {
  /// The letter outside of all features.
  package static let none = UInt8(ascii: "N")

  /// A sort of features, in the order in which they count.
  package enum Sort: Int, Sendable { case coding, rna, pseudogene }

  /// Letters that a further feature has, by what both are.
  package enum Shared: String, Sendable, CaseIterable { case oneStrand, bothStrands, otherSort }

  /// (letters of the record).
  package private(set) var letters: [UInt8]
  /// The number of shared letters, and the first of them.
  package private(set) var shared: [Shared: (count: Int, first: Int)] = [:]

  /// The letters of a record of `count` letters with these features; parts of features beyond it are passed over.
  package init(_ features: [GenomicInterval], count: Int) {
    letters = [UInt8](repeating: Self.none, count: count)
    let sorted = features.compactMap { feature in Self.sort(of: feature).map { (sort: $0, feature: feature) } }
      .sorted {
        ($0.sort.rawValue, $0.feature.start, $0.feature.line) < ($1.sort.rawValue, $1.feature.start, $1.feature.line)
      }
    for (sort, feature) in sorted { paint(feature, sort) }
  }

  /// The sort of a feature of GFF; nil for one that is no gene's, or a gene as a whole.
  package static func sort(of feature: GenomicInterval) -> Sort? {
    switch feature.feature {
    case "CDS": feature.isPseudo ? .pseudogene : .coding
    case "pseudogene": .pseudogene
    case "mRNA": nil
    default: feature.feature.hasSuffix("RNA") ? .rna : nil
    }
  }

  private mutating func paint(_ feature: GenomicInterval, _ sort: Sort) {
    let isReverse = feature.strand == .reverse
    for place in feature.start..<min(feature.end, letters.count) {
      let letter: UInt8
      switch sort {
      case .coding:
        let offset = (isReverse ? feature.end - 1 - place : place - feature.start) - (feature.phase ?? 0)
        letter = UInt8(ascii: isReverse ? "4" : "1") + UInt8((offset % 3 + 3) % 3)
      case .rna: letter = UInt8(ascii: "T")
      case .pseudogene: letter = UInt8(ascii: "P")
      }
      if letters[place] == Self.none {
        letters[place] = letter
      } else if let shared = Self.shared(letters[place], letter) {
        self.shared[shared] = self.shared[shared].map { ($0.count + 1, min($0.first, place)) } ?? (1, place)
      }
    }
  }

  /// The way in which two features share a letter; nil for two of one sort without codons, which say the same.
  private static func shared(_ a: UInt8, _ b: UInt8) -> Shared? {
    let digits = UInt8(ascii: "1")...UInt8(ascii: "6")
    guard digits.contains(a), digits.contains(b) else { return a == b ? nil : .otherSort }
    return (a < UInt8(ascii: "4")) == (b < UInt8(ascii: "4")) ? .oneStrand : .bothStrands
  }
}
