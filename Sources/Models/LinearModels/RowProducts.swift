import System

/// Products of rows with weights and intercepts (f + 1, m), on all threads of a pool. Sums go over shards of rows in a
/// fixed order. n rows, f features, m outputs.
struct RowProducts<Rows: FeatureRows> {
  /// Rows that are worth a shard, most shards, and most numbers of all their tables.
  private static var rowsPerShard: Int { 256 }
  private static var mostShards: Int { 16 }
  private static var mostNumbers: Int { 1 << 24 }

  let rows: Rows
  /// m.
  let outputs: Int
  private let workers: WorkerPool
  private let shards: Int

  init(_ rows: Rows, outputs: Int, _ workers: WorkerPool) {
    self.rows = rows
    self.outputs = outputs
    self.workers = workers
    let fitting = Self.mostNumbers / (rows.entries * outputs)
    shards = max(1, min(Self.mostShards, rows.count / Self.rowsPerShard, fitting))
  }

  /// Calls `body` with the rows of each shard, on several threads at a time.
  func forEachShard(_ body: (_ shard: Int, _ rows: Range<Int>) -> Void) {
    let count = rows.count, shards = shards
    workers.run(shards) { body($0, ($0 * count / shards)..<(($0 + 1) * count / shards)) }
  }

  /// The results of `body` for the rows of each shard, in order.
  func shardMap<Result>(_ body: (_ rows: Range<Int>) -> Result) -> [Result] {
    let count = rows.count, shards = shards
    return workers.map(shards) { body(($0 * count / shards)..<(($0 + 1) * count / shards)) }
  }

  /// X W with the intercepts: (n, m).
  func outputs(_ weights: [Double]) -> [Double] {
    let (m, features) = (outputs, rows.features)
    var table = [Double](repeating: 0, count: rows.entries * m)
    return weights.withUnsafeBufferPointer { weights in
      table.withUnsafeMutableBufferPointer { rows.fill($0.baseAddress!, weights.baseAddress!, outputs: m) }
      return table.withUnsafeBufferPointer { table in
        [Double](unsafeUninitializedCapacity: rows.count * m) { result, count in
          let result = result
          forEachShard { _, shard in
            for row in shard {
              for output in 0..<m { result.initializeElement(at: row * m + output, to: weights[features * m + output]) }
            }
            if !shard.isEmpty {
              rows.multiply(shard, table.baseAddress!, outputs: m, addingTo: result.baseAddress!)
            }
          }
          count = rows.count * m
        }
      }
    }
  }

  /// X^T R for numbers (n, m), then their sums: (f + 1, m).
  func transposed(_ numbers: [Double]) -> [Double] {
    let (m, features, size) = (outputs, rows.features, rows.entries * outputs)
    var tables = [Double](repeating: 0, count: shards * size)
    var product = [Double](repeating: 0, count: (features + 1) * m)
    tables.withUnsafeMutableBufferPointer { tables in
      let tables = tables.baseAddress!
      numbers.withUnsafeBufferPointer { numbers in
        forEachShard { rows.transposed($1, numbers.baseAddress!, outputs: m, addingTo: tables + $0 * size) }
        for (i, number) in numbers.enumerated() { product[features * m + i % m] += number }
      }
      for shard in 1..<max(1, shards) {
        let own = tables + shard * size
        for i in 0..<size { tables[i] += own[i] }
      }
      product.withUnsafeMutableBufferPointer { rows.empty(tables, into: $0.baseAddress!, outputs: m) }
    }
    return product
  }
}
