/// The parameters of a synthetic set whose labels two motifs decide together, however far apart they are.
///
/// A record has A1 or A2 near its start and, `distance` bases behind, B1 or B2; its label is 1 where the numbers of
/// both are equal. Each of the four pairs is in a quarter of the records of a split, so that every motif is in half of
/// either class: no motif alone tells the label, nor does any sum over words or letters. All four have three of each
/// base and one CpG, and occur nowhere else, on either strand.
///
/// With labels of letters a record has several pairs, each of which is drawn for itself, all first motifs before all
/// second ones; the last letter of a second motif has the label of its pair, and no other letter has one. A network
/// then has to look back exactly as far as the distance.
package struct PairSynthesis: Hashable, Sendable {
  /// Bases of a sequence beyond the distance, in which the first motif has room.
  package static let margin = 100
  /// Bases of a motif.
  package static let motifLength = 12
  /// The motifs A1, A2, B1 and B2.
  package static let motifs: [(name: String, sequence: String)] = [
    ("A1", "ACGTTGCAGTCA"), ("A2", "GATCCTAGACGT"), ("B1", "TGACATCGGCTA"), ("B2", "CTGAGCATTACG"),
  ]

  /// Records of each split; a quarter of them has each pair.
  package var train: Int
  package var dev: Int
  package var test: Int
  /// Pairs of a record with labels of letters; 0: one, whose label is that of the record.
  package var pairs: Int
  /// Bases from the start of the first motif to that of the second.
  package var distance: Int
  /// Fraction of G and C in the background.
  package var gc: Double
  /// Observed over expected CpG in the background.
  package var cpg: Double
  /// Probability that a record's label is flipped.
  package var labelNoise: Double
  package var seed: Int

  package init(
    train: Int = 2000, dev: Int = 400, test: Int = 400, distance: Int = 1000, pairs: Int = 0,
    gc: Double = 0.55, cpg: Double = 0.65, labelNoise: Double = 0, seed: Int = 0
  ) {
    self.train = train
    self.dev = dev
    self.test = test
    self.distance = distance
    self.pairs = pairs
    self.gc = gc
    self.cpg = cpg
    self.labelNoise = labelNoise
    self.seed = seed
  }

  /// Bases of a sequence.
  package var length: Int { distance + Self.margin * max(1, pairs) }

  /// The labels of letters: of pairs whose numbers are equal, and of others.
  package static let letters: (same: Character, different: Character, none: Character) = ("S", "D", ".")

  /// The faults of these parameters; empty if there are none.
  package var findings: [SynthesisFinding] {
    for (name, count) in [("train", train), ("dev", dev), ("test", test)] where count < 0 {
      return [.negative(name, count)]
    }
    for (name, value) in [("gc", gc), ("cpg", cpg), ("label-noise", labelNoise)] where !(0...1).contains(value) {
      return [.notAFraction(name, value)]
    }
    if pairs > 1, pairs * Self.margin > distance { return [.crowded(pairs: pairs, distance: distance)] }
    return Background(gc: gc, cpg: cpg) == nil ? [.impossibleBackground(gc: gc, cpg: cpg)] : []
  }

  /// The set of these parameters, a pure function of them. Throws the first of `findings`. Requires a distance from
  /// the length of a motif on.
  package func generate() throws(SynthesisFinding) -> SyntheticTask {
    if let finding = findings.first { throw finding }
    precondition(distance >= Self.motifLength, "motifs \(distance) bases apart overlap")
    let background = Background(gc: gc, cpg: cpg)!
    let sites = Self.motifs.map { motif in motif.sequence.map { UInt8("ACGT".firstOffset(of: $0)) } }
    let codes = Set(sites.flatMap { [Self.code($0), Self.code($0.reversed().map { 3 - $0 })] })
    return try SyntheticTask(sizes: [train, dev, test], seed: seed, upstream: nil) { place, draws in
      record(first: place / 2 % 2, second: place % 2, background, sites, codes, &draws)
    }
  }

  /// A pair in a record.
  private struct Pair {
    let first: Int
    let second: Int
    let start: Int
    let isFlipped: Bool
    var isSame: Bool { first == second }
  }

  /// A record whose first pair has motifs of these numbers; nil where the background has a motif, too.
  private func record(
    first: Int, second: Int, _ background: Background, _ sites: [[UInt8]], _ codes: Set<Int>,
    _ draws: inout SynthesisDraws
  ) -> SyntheticTask.Record? {
    var all: [Pair] = []
    for index in 0..<max(1, pairs) {
      let (first, second) = index == 0 ? (first, second) : (draws.integer(below: 2), draws.integer(below: 2))
      let isFlipped = draws.uniform() < labelNoise
      let start = Self.margin * index + draws.integer(below: Self.margin - Self.motifLength + 1)
      all.append(Pair(first: first, second: second, start: start, isFlipped: isFlipped))
    }
    var bases = background.bases(length, &draws)
    var planted: [SyntheticTask.Site] = []
    var letters = [Character](repeating: Self.letters.none, count: pairs > 0 ? length : 0)
    for pair in all {
      for (motif, start) in [(pair.first, pair.start), (2 + pair.second, pair.start + distance)] {
        bases.replaceSubrange(start..<start + Self.motifLength, with: sites[motif])
        planted.append(
          SyntheticTask.Site(
            motif: Self.motifs[motif].name, role: pair.isSame ? .motif : .decoy, start: start,
            sequence: Self.motifs[motif].sequence))
      }
      guard pairs > 0 else { continue }
      letters[pair.start + distance + Self.motifLength - 1] =
        pair.isSame != pair.isFlipped ? Self.letters.same : Self.letters.different
    }
    guard Self.occurrences(of: codes, in: bases) == planted.count else { return nil }
    return SyntheticTask.Record(
      label: all[0].isSame != all[0].isFlipped ? 1 : 0, isPositive: all[0].isSame, sequence: Background.text(bases),
      sites: planted.sorted { $0.start < $1.start }, letters: pairs > 0 ? String(letters) : nil)
  }

  /// A word of bases as a number, two bits a base.
  private static func code(_ bases: some Sequence<UInt8>) -> Int { bases.reduce(0) { $0 << 2 | Int($1) } }

  private static func occurrences(of codes: Set<Int>, in bases: [UInt8]) -> Int {
    let mask = 1 << (2 * motifLength) - 1
    var (code, count) = (0, 0)
    for (place, base) in bases.enumerated() {
      code = (code << 2 | Int(base)) & mask
      if place + 1 >= motifLength, codes.contains(code) { count += 1 }
    }
    return count
  }
}

extension Sequence where Element: Equatable {
  /// The number of elements before the first that equals `element`, which must be there.
  fileprivate func firstOffset(of element: Element) -> Int { enumerated().first { $1 == element }!.offset }
}
