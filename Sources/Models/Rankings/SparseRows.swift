/// Rows of features: of each row the entries that it has, mostly few; or of every row all features. n rows, f features.
package struct SparseRows: Sendable {
  /// f.
  package let features: Int
  /// Whether all rows have all features: `columns` is then 0 ..< f, once for all.
  private let isDense: Bool
  /// (n + 1): where each row's entries begin.
  private var starts = [0]
  /// By entry: its feature, and its value.
  private var columns: [Int32] = []
  private var values: [Float] = []

  /// n.
  package var count: Int { starts.count - 1 }

  /// No rows, of `features` features.
  package init(features: Int) {
    precondition(features > 0 && features < Int(Int32.max), "\(features) features")
    self.features = features
    isDense = false
  }

  /// Rows of which each has all features. `values` are (n, f), row by row.
  package init(dense values: [Float], features: Int) {
    precondition(features > 0 && values.count % features == 0, "\(values.count) values of \(features) features")
    self.features = features
    isDense = true
    starts = Array(stride(from: 0, through: values.count, by: features))
    columns = (0..<features).map(Int32.init)
    self.values = values
  }

  /// Adds a row. Requires columns in 0 ..< f, and rows that are not dense.
  package mutating func add(_ row: [(column: Int, value: Float)]) {
    precondition(!isDense, "an entry of dense rows")
    for (column, value) in row {
      precondition((0..<features).contains(column), "feature \(column) of \(features)")
      columns.append(Int32(column))
      values.append(value)
    }
    starts.append(columns.count)
  }

  /// The rows with the features from `first` on multiplied by `factor`; those that become 0 are left out.
  package func scaled(from first: Int, by factor: Float) -> SparseRows {
    if factor == 1 { return self }
    var result = SparseRows(features: features)
    forEach { _, columns, values in
      for (column, value) in zip(columns, values) where column < first || factor != 0 {
        result.columns.append(column)
        result.values.append(column < first ? value : value * factor)
      }
      result.starts.append(result.columns.count)
    }
    return result
  }

  /// Calls `body` with the entries of each row.
  func forEach(
    _ body: (_ row: Int, _ columns: UnsafeBufferPointer<Int32>, _ values: UnsafeBufferPointer<Float>) -> Void
  ) {
    columns.withUnsafeBufferPointer { columns in
      values.withUnsafeBufferPointer { values in
        for row in 0..<count {
          let range = starts[row]..<starts[row + 1]
          body(
            row, isDense ? columns : UnsafeBufferPointer(rebasing: columns[range]),
            UnsafeBufferPointer(rebasing: values[range]))
        }
      }
    }
  }
}
