/// The parameters of a synthetic set whose labels the distance of two motifs decides: an initiator and a downstream
/// promoter element.
///
/// Every record has both. In positives the element begins `distance` bases behind the initiator, as in Drosophila,
/// where one base more or less costs the binding of TFIID (Kutach and Kadonaga 2000, Mol. Cell. Biol. 20:4754); in
/// negatives 2 to 4 bases further or nearer. Starts of either motif are uniform over the same places in both classes:
/// where the displaced one would be beyond the last, it begins at the first. So neither words nor positions tell the
/// label, and a network has to see both motifs and how far apart they are.
package struct SpacingSynthesis: Hashable, Sendable {
  /// Bases from the start of the initiator to that of the element: from -2 to +28, without a position 0.
  package static let distance = 29
  /// Bases by which negatives are displaced.
  static let displacements = [-4, -3, -2, 2, 3, 4]
  /// Places of an initiator that are needed, so that a displaced element is at another.
  private static let fewestPlaces = 9

  /// The initiator TCAKTY of Drosophila (Arkhipova 1995, Genetics 139:1359) and the downstream promoter element
  /// RGWCGTG (Burke and Kadonaga 1996, Genes Dev. 10:711), matrices made from these consensus sequences.
  package static let motifs = (
    inr: CoreMotif(name: "Inr", matrix: PositionMatrix(consensus: "TCAKTY"), start: -2),
    dpe: CoreMotif(name: "DPE", matrix: PositionMatrix(consensus: "RGWCGTG"), start: 28)
  )

  /// Records of each split; half are positive, an odd one is negative.
  package var train: Int
  package var dev: Int
  package var test: Int
  /// Bases of a sequence.
  package var length: Int
  /// Fraction of G and C in the background.
  package var gc: Double
  /// Observed over expected CpG in the background.
  package var cpg: Double
  /// Probability that a record's label is flipped.
  package var labelNoise: Double
  package var seed: Int

  package init(
    train: Int = 2000, dev: Int = 400, test: Int = 400, length: Int = 100, gc: Double = 0.55, cpg: Double = 0.65,
    labelNoise: Double = 0, seed: Int = 0
  ) {
    (self.train, self.dev, self.test, self.length) = (train, dev, test, length)
    (self.gc, self.cpg, self.labelNoise, self.seed) = (gc, cpg, labelNoise, seed)
  }

  /// Places at which an initiator can begin.
  private var places: Int { length - Self.distance - Self.motifs.dpe.matrix.length + 1 }

  /// The faults of these parameters; empty if there are none.
  package var findings: [SynthesisFinding] {
    for (name, count) in [("train", train), ("dev", dev), ("test", test)] where count < 0 {
      return [.negative(name, count)]
    }
    for (name, value) in [("gc", gc), ("cpg", cpg), ("label-noise", labelNoise)] where !(0...1).contains(value) {
      return [.notAFraction(name, value)]
    }
    if places < Self.fewestPlaces {
      return [.narrow(length: length, needed: length + Self.fewestPlaces - places)]
    }
    return Background(gc: gc, cpg: cpg) == nil ? [.impossibleBackground(gc: gc, cpg: cpg)] : []
  }

  /// The set of these parameters, a pure function of them. Throws the first of `findings`.
  package func generate() throws(SynthesisFinding) -> SyntheticTask {
    if let finding = findings.first { throw finding }
    let background = Background(gc: gc, cpg: cpg)!
    return try SyntheticTask(sizes: [train, dev, test], seed: seed, upstream: nil) { place, draws in
      record(isPositive: place % 2 == 1, background, &draws)
    }
  }

  /// A record; nil where the background has one of the motifs, too.
  private func record(
    isPositive: Bool, _ background: Background, _ draws: inout SynthesisDraws
  ) -> SyntheticTask.Record? {
    let isFlipped = draws.uniform() < labelNoise
    let first = draws.integer(below: places)
    let displacement = Self.displacements[draws.integer(below: Self.displacements.count)]
    let second = isPositive ? first : (first + displacement + places) % places
    var bases = background.bases(length, &draws)
    var sites: [SyntheticTask.Site] = []
    for (motif, start) in [(Self.motifs.inr, first), (Self.motifs.dpe, second + Self.distance)] {
      let site = motif.matrix.counts.map { draws.base(counts: $0) }
      bases.replaceSubrange(start..<start + site.count, with: site)
      sites.append(
        .init(
          motif: motif.name, role: isPositive ? .motif : .decoy, start: start, sequence: Background.text(site)))
    }
    // A displaced element may begin where the initiator is, or before it.
    let (inr, dpe) = (sites[0].start, sites[1].start)
    guard dpe >= inr + Self.motifs.inr.matrix.length || dpe + Self.motifs.dpe.matrix.length <= inr else { return nil }
    for motif in [Self.motifs.inr, Self.motifs.dpe] {
      let length = motif.matrix.length
      let agreeing = (0...bases.count - length).count {
        motif.matrix.agreement(with: Array(bases[$0..<$0 + length])) == length
      }
      // A planted site may itself be a draw beside the consensus.
      let own = sites.count {
        $0.motif == motif.name
          && motif.matrix.agreement(with: Array(bases[$0.start..<$0.start + length])) == length
      }
      if agreeing > own { return nil }
    }
    return SyntheticTask.Record(
      label: isPositive != isFlipped ? 1 : 0, isPositive: isPositive, sequence: Background.text(bases),
      sites: sites.sorted { $0.start < $1.start })
  }
}
