extension Clustering {
  /// The inner loop of the assignment. Letters as in `Clustering`.
  struct Scan: Sendable {
    let depth: Int
    let codes: [UInt8]
    let shared: [UInt8]
    let kinds: Int
    let padded: Int

    init(table: PathTable, padded: Int) {
      depth = table.depth
      codes = table.codes
      shared = table.shared
      kinds = table.layers.count
      self.padded = padded
    }

    /// Assigns the rows of `range`; returns whether any changed.
    func assign(
      _ range: Range<Int>, weights: UnsafeBufferPointer<Double>, norms: UnsafeBufferPointer<Double>,
      places: UnsafeMutableBufferPointer<Place>
    ) -> Bool {
      let vectors = padded / 4
      return withUnsafeTemporaryAllocation(of: SIMD4<Double>.self, capacity: (depth + 1) * vectors) { sums in
        let sums = sums.baseAddress!
        for v in 0..<vectors { sums[v] = Self.load(norms.baseAddress! + 4 * v) }
        var isChanged = false
        for row in range {
          for p in (row == range.lowerBound ? 0 : Int(shared[row]))..<depth {
            let weight = weights.baseAddress! + (p * kinds + Int(codes[row * depth + p])) * padded
            let above = sums + p * vectors
            let below = above + vectors
            for v in 0..<vectors { below[v] = above[v] + Self.load(weight + 4 * v) }
          }
          let (cluster, least) = Self.least(sums + depth * vectors, vectors)
          isChanged = isChanged || places[row].cluster != cluster
          places[row] = Place(cluster: cluster, distance: least)
        }
        return isChanged
      }
    }

    private static func load(_ pointer: UnsafePointer<Double>) -> SIMD4<Double> {
      UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Double>.self)
    }

    /// The least of the sums, and the first place that has it up to `tolerance`.
    private static func least(_ sums: UnsafePointer<SIMD4<Double>>, _ vectors: Int) -> (Int32, Double) {
      var minimum = sums[0]
      for v in 1..<max(vectors, 1) { minimum.replace(with: sums[v], where: sums[v] .< minimum) }
      let least = minimum.min()
      let flat = UnsafeRawPointer(sums).assumingMemoryBound(to: Double.self)
      var place = 0
      while flat[place] > least + Clustering.tolerance { place += 1 }
      return (Int32(place), least)
    }
  }
}
