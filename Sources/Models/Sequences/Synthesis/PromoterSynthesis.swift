/// The parameters of a synthetic set of core promoters.
package struct PromoterSynthesis: Hashable, Sendable {
  /// The content of a negative at the place where a positive has a motif.
  package enum Negatives: String, Sendable, Hashable, CaseIterable {
    /// A site drawn from the same matrix, its letters reordered until at most half agree with it: the same base
    /// composition.
    case shuffled
    /// A true site at another place: the same words, so that only positions tell.
    case displaced
    /// Background.
    case absent
  }

  /// The frequency with which positives carry a motif; drawn for each motif on its own.
  package struct Planting: Hashable, Sendable {
    package let motif: CoreMotif
    package let probability: Double

    package init(_ motif: CoreMotif, _ probability: Double) {
      self.motif = motif
      self.probability = probability
    }
  }

  /// Records of each split; half are positive, an odd one is negative.
  package var train: Int
  package var dev: Int
  package var test: Int
  /// Bases of a sequence.
  package var length: Int
  /// Bases before the transcription start site, whose index this is: 50 of 100 give -50...-1, +1...+50.
  package var upstream: Int
  package var plantings: [Planting]
  package var negatives: Negatives
  /// Fraction of G and C in the background.
  package var gc: Double
  /// Observed over expected CpG in the background.
  package var cpg: Double
  /// Probability that a record's label is flipped.
  package var labelNoise: Double
  package var seed: Int

  /// Defaults: 55 % GC and 0.65 CpG, between bulk vertebrate DNA (0.2) and CpG islands (above 0.6, Gardiner-Garden and
  /// Frommer 1987), as around promoters; motif frequencies higher than nature's, so that a small set suffices: 3 % of
  /// positives carry none.
  package init(
    train: Int = 2000, dev: Int = 400, test: Int = 400, length: Int = 100, upstream: Int = 50,
    plantings: [Planting] = [Planting(.tata, 0.7), Planting(.inr, 0.8), Planting(.dpe, 0.5)],
    negatives: Negatives = .shuffled, gc: Double = 0.55, cpg: Double = 0.65, labelNoise: Double = 0, seed: Int = 0
  ) {
    self.train = train
    self.dev = dev
    self.test = test
    self.length = length
    self.upstream = upstream
    self.plantings = plantings
    self.negatives = negatives
    self.gc = gc
    self.cpg = cpg
    self.labelNoise = labelNoise
    self.seed = seed
  }

  /// The faults of these parameters; empty if there are none.
  package var findings: [SynthesisFinding] {
    var findings: [SynthesisFinding] = []
    for (name, count) in [("train", train), ("dev", dev), ("test", test)] where count < 0 {
      findings.append(.negative(name, count))
    }
    let fractions = [("gc", gc), ("cpg", cpg), ("label-noise", labelNoise)]
    for (name, value) in fractions + plantings.map({ ($0.motif.name, $0.probability) }) where !(0...1).contains(value) {
      findings.append(.notAFraction(name, value))
    }
    for planting in plantings where planting.probability > 0 {
      let start = planting.motif.index(upstream: upstream)
      if start < 0 || start + planting.motif.matrix.length > length {
        findings.append(.outside(planting.motif.name, first: start, length: length))
      }
    }
    if findings.isEmpty, Background(gc: gc, cpg: cpg) == nil {
      findings.append(.impossibleBackground(gc: gc, cpg: cpg))
    }
    return findings
  }
}
