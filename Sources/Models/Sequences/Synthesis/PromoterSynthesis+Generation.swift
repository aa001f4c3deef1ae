import Randomness

extension PromoterSynthesis {
  /// The set of these parameters, a pure function of them. No sequence occurs twice in it. Throws the first of
  /// `findings`, or that no new sequence is left.
  ///
  /// The class of a record depends on the seed, its split, its number and the split's size; its other draws on the
  /// first three alone, unless it would repeat an earlier sequence.
  package func generate() throws(SynthesisFinding) -> SyntheticPromoters {
    if let finding = findings.first { throw finding }
    var seen = Set<String>()
    var splits: [[SyntheticPromoters.Record]] = []
    for (index, count) in [train, dev, test].enumerated() {
      splits.append(try records(split: index, count, seen: &seen))
    }
    return SyntheticPromoters(upstream: upstream, train: splits[0], dev: splits[1], test: splits[2])
  }

  private func records(
    split: Int, _ count: Int, seen: inout Set<String>
  ) throws(SynthesisFinding) -> [SyntheticPromoters.Record] {
    let background = Background(gc: gc, cpg: cpg)!
    let order = Philox(seed: seed, stream: .synthesis).permutation(count, round: split)
    var records: [SyntheticPromoters.Record] = []
    for index in 0..<count {
      var attempt = 0
      while records.count == index {
        guard attempt < Draws.attempts else {
          throw .exhausted(split: SyntheticPromoters.Split.allCases[split].rawValue, record: index)
        }
        var draws = Draws(seed: seed, record: split << 40 | index, attempt: attempt)
        let record = record(isPromoter: order[index] % 2 == 1, background, &draws)
        if seen.insert(record.sequence).inserted { records.append(record) }
        attempt += 1
      }
    }
    return records
  }

  private func record(isPromoter: Bool, _ background: Background, _ draws: inout Draws) -> SyntheticPromoters.Record {
    let isFlipped = draws.uniform() < labelNoise
    var bases: [UInt8] = []
    for _ in 0..<length { bases.append(background.base(draws.uniform(), after: bases.last)) }
    var sites: [SyntheticPromoters.Site] = []
    for planting in plantings where draws.uniform() < planting.probability {
      let home = planting.motif.index(upstream: upstream)
      var site = planting.motif.matrix.counts.map { draws.base(counts: $0) }
      var start: Int? = home
      if !isPromoter {
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
          motif: planting.motif.name, role: isPromoter ? .motif : .decoy, start: start, sequence: Self.text(site)))
    }
    return .init(
      label: isPromoter != isFlipped ? 1 : 0, isPromoter: isPromoter, sequence: Self.text(bases),
      sites: sites.sorted { $0.start < $1.start })
  }

  /// A start, uniform among those that overlap neither the motif's own place nor a site there is; nil if there is none.
  private func place(
    _ size: Int, awayFrom home: Int, _ sites: [SyntheticPromoters.Site], _ draws: inout Draws
  ) -> Int? {
    let taken = [home..<home + size] + sites.map { $0.start..<$0.start + $0.sequence.utf8.count }
    let free = (0...length - size).filter { start in !taken.contains { $0.overlaps(start..<start + size) } }
    return free.isEmpty ? nil : free[draws.integer(below: free.count)]
  }

  private static func text(_ bases: [UInt8]) -> String {
    String(decoding: bases.map { Array("ACGT".utf8)[Int($0)] }, as: UTF8.self)
  }
}

/// The random numbers of one attempt at one record, in order: counter (record, draw, 1 + attempt) of the stream
/// `.synthesis`.
private struct Draws {
  /// Attempts at a record that is not a repetition.
  static let attempts = 1000

  private let random: Philox
  private let record: Int
  private let attempt: Int
  private var draw = 0

  init(seed: Int, record: Int, attempt: Int) {
    random = Philox(seed: seed, stream: .synthesis)
    self.record = record
    self.attempt = attempt
  }

  mutating func uniform() -> Double {
    defer { draw += 1 }
    return random.uniform(record, draw, attempt + 1)
  }

  mutating func integer(below bound: Int) -> Int {
    defer { draw += 1 }
    return random.integer(below: bound, record, draw, attempt + 1)
  }

  /// A base, 0 to 3, with probability proportional to its count.
  mutating func base(counts: [Int]) -> UInt8 {
    var rest = integer(below: counts.reduce(0, +)), base = 0
    while rest >= counts[base] {
      rest -= counts[base]
      base += 1
    }
    return UInt8(base)
  }

  /// The letters of a site in another order (Fisher-Yates): the first of 32 that agrees with the matrix at no more than
  /// half of its positions, else the one that agrees at the fewest.
  mutating func shuffle(_ site: [UInt8], unlike matrix: PositionMatrix) -> [UInt8] {
    var best = site, order = site
    for _ in 0..<32 where 2 * matrix.agreement(with: best) > site.count {
      for i in stride(from: order.count - 1, to: 0, by: -1) { order.swapAt(i, integer(below: i + 1)) }
      if matrix.agreement(with: order) < matrix.agreement(with: best) { best = order }
    }
    return best
  }
}
