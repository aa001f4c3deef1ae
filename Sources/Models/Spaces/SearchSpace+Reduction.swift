import Wording

extension SearchSpace {
  /// Reduces the space (BioArc's three steps): monotone widths and distance filter per depth, the bound on parameters,
  /// then K-means per depth with its share of `count`; adds the architectures written by hand.
  ///
  /// The result is a pure function of this value, whatever `threads`. Throws the first of `findings`, or that the space
  /// is too large or that fewer paths are left than wanted.
  package func reduce(threads: Int = 1) throws(SpaceFinding) -> ReducedSpace {
    if let finding = findings.first { throw finding }
    var depths: [ReducedSpace.Depth] = []
    var sampled: [Architecture] = []
    if count > 0 { (depths, sampled) = try sample(threads: threads) }
    let known = Set(sampled)
    let added = Set(written).subtracting(known)
    let all = (sampled + added).map { ($0.id, $0) }.sorted { $0.0.precedesInBytes($1.0) }
    for (a, b) in zip(all, all.dropFirst()) where a.0 == b.0 { throw .sameID(a.0) }
    return ReducedSpace(
      depths: depths, distanceFirst: filtersFirst, written: added.count, embeddingWidth: embedding.width,
      architectures: all.map { $0.1 })
  }

  /// `count` split over depths with `available` paths each: equally, the remainder one each to the shallowest; what a
  /// depth cannot give is split by the same rule over those that can give more.
  static func shares(of count: Int, available: [Int]) -> [Int] {
    var shares = [Int](repeating: 0, count: available.count)
    var rest = count
    while rest > 0 {
      let open = available.indices.filter { shares[$0] < available[$0] }
      guard !open.isEmpty else { break }
      let (share, remainder) = rest.quotientAndRemainder(dividingBy: open.count)
      for (place, index) in open.enumerated() {
        let more = min(share + (place < remainder ? 1 : 0), available[index] - shares[index])
        shares[index] += more
        rest -= more
      }
    }
    return shares
  }

  private func sample(threads: Int) throws(SpaceFinding) -> ([ReducedSpace.Depth], [Architecture]) {
    let depths = depths.sorted()
    var counts: [ReducedSpace.Counts] = []
    var tables: [PathTable] = []
    for depth in depths {
      let (count, table) = try constrain(depth)
      counts.append(count)
      tables.append(table)
    }
    let available = tables.map(\.count)
    guard available.reduce(0, +) >= count else {
      throw .tooFew(wanted: count, available: available.reduce(0, +))
    }
    var architectures: [Architecture] = []
    for (index, share) in Self.shares(of: count, available: available).enumerated() where share > 0 {
      var clustering = Clustering(table: tables[index], k: share, seed: seed, threads: threads)
      architectures += clustering.representatives().map { tables[index][$0] }
      counts[index].kept = share
    }
    return (zip(depths, counts).map { ReducedSpace.Depth(depth: $0, counts: $1) }, architectures)
  }

  /// The numbers of vectors and paths of one depth, before any are listed.
  struct Size {
    /// All paths.
    let raw: Int
    /// Choices of modules.
    let paths: Int
    /// Width vectors that are listed.
    let listed: Int
  }

  func size(of depth: Int) throws(SpaceFinding) -> Size {
    guard let raw = power(modules.count * widths.count, depth), let all = power(widths.count, depth),
      let paths = power(modules.count, depth)
    else { throw .tooLarge(depth: depth) }
    let isConstrained = monotonic && !filtersFirst
    let listed = isConstrained ? WidthVectors.monotoneCount(depth: depth, count: widths.count) ?? .max : all
    guard listed <= Self.limits.vectors else {
      throw .tooManyWidthVectors(depth: depth, count: listed, limit: Self.limits.vectors)
    }
    return Size(raw: raw, paths: paths, listed: listed)
  }

  /// The paths of one depth before clustering, and the number that each step left.
  private func constrain(_ depth: Int) throws(SpaceFinding) -> (ReducedSpace.Counts, PathTable) {
    var counts = ReducedSpace.Counts()
    let size = try size(of: depth)
    counts.raw = size.raw
    let vectors = WidthVectors(depth: depth, space: self)
    counts.spread = vectors.spread * size.paths
    counts.monotone = vectors.monotone * size.paths
    let left = vectors.vectors.count * size.paths
    guard left <= Self.limits.architectures else {
      throw .tooManyArchitectures(depth: depth, count: left, limit: Self.limits.architectures)
    }
    let table = PathTable(space: self, vectors: vectors)
    counts.bounded = table.count
    return (counts, table)
  }

  private func power(_ base: Int, _ exponent: Int) -> Int? {
    var result = 1
    for _ in 0..<exponent {
      let (product, overflow) = result.multipliedReportingOverflow(by: base)
      guard !overflow else { return nil }
      result = product
    }
    return result
  }
}
