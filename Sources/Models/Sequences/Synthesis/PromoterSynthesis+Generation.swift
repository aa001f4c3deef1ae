extension PromoterSynthesis {
  /// The set of these parameters, a pure function of them. No sequence occurs twice in it. Throws the first of
  /// `findings`, or that no new sequence is left.
  ///
  /// The class of a record depends on the seed, its split, its number and the split's size; its other draws on the
  /// first three alone, unless it would repeat an earlier sequence.
  package func generate() throws(SynthesisFinding) -> SyntheticTask {
    if let finding = findings.first { throw finding }
    let background = Background(gc: gc, cpg: cpg)!
    return try SyntheticTask(sizes: [train, dev, test], seed: seed, upstream: upstream) { place, draws in
      record(isPositive: place % 2 == 1, background, &draws)
    }
  }

  private func record(isPositive: Bool, _ background: Background, _ draws: inout SynthesisDraws) -> SyntheticTask.Record
  {
    let isFlipped = draws.uniform() < labelNoise
    var bases = background.bases(length, &draws)
    var sites: [SyntheticTask.Site] = []
    for planting in plantings where draws.uniform() < planting.probability {
      let home = planting.motif.index(upstream: upstream)
      var site = planting.motif.matrix.counts.map { draws.base(counts: $0) }
      var start: Int? = home
      if !isPositive {
        switch negatives {
        case .shuffled: site = draws.shuffle(site, unlike: planting.motif.matrix)
        case .displaced: start = place(site.count, awayFrom: home, sites, &draws)
        case .absent: start = nil
        }
      }
      guard let start else { continue }
      bases.replaceSubrange(start..<start + site.count, with: site)
      sites.append(
        .init(
          motif: planting.motif.name, role: isPositive ? .motif : .decoy, start: start, sequence: Background.text(site))
      )
    }
    return .init(
      label: isPositive != isFlipped ? 1 : 0, isPositive: isPositive, sequence: Background.text(bases),
      sites: sites.sorted { $0.start < $1.start })
  }

  /// A start, uniform among those that overlap neither the motif's own place nor a site there is; nil if there is none.
  private func place(
    _ size: Int, awayFrom home: Int, _ sites: [SyntheticTask.Site], _ draws: inout SynthesisDraws
  ) -> Int? {
    let taken = [home..<home + size] + sites.map { $0.start..<$0.start + $0.sequence.utf8.count }
    let free = (0...length - size).filter { start in !taken.contains { $0.overlaps(start..<start + size) } }
    return free.isEmpty ? nil : free[draws.integer(below: free.count)]
  }
}
