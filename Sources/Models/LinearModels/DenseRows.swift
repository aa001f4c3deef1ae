import Arithmetic

/// Rows that have all features. n rows, f features, m outputs.
package struct DenseRows: FeatureRows {
  package let features: Int
  /// (n, f).
  private let values: [Float]

  package var count: Int { values.count / features }
  /// The table is the weights.
  package var entries: Int { features }

  /// `values` are (n, f), row by row.
  package init(_ values: [Float], features: Int) {
    precondition(features > 0 && values.count % features == 0, "\(values.count) values of \(features) features")
    self.features = features
    self.values = values
  }

  package func fill(_ table: UnsafeMutablePointer<Double>, _ weights: UnsafePointer<Double>, outputs: Int) {
    table.update(from: weights, count: features * outputs)
  }

  package func multiply(
    _ rows: Range<Int>, _ table: UnsafePointer<Double>, outputs m: Int,
    addingTo products: UnsafeMutablePointer<Double>
  ) {
    values.withUnsafeBufferPointer { values in
      let x = values.baseAddress!
      if m == 1 {
        for row in rows { products[row] += Vectors.product(x + row * features, table, features) }
      } else {
        Vectors.addProducts(
          x + rows.lowerBound * features, row: features, step: 1, times: table, to: products + rows.lowerBound * m,
          rows: rows.count, terms: features, columns: m)
      }
    }
  }

  package func transposed(
    _ rows: Range<Int>, _ numbers: UnsafePointer<Double>, outputs m: Int,
    addingTo table: UnsafeMutablePointer<Double>
  ) {
    values.withUnsafeBufferPointer { values in
      Vectors.addProducts(
        values.baseAddress! + rows.lowerBound * features, row: 1, step: features,
        times: numbers + rows.lowerBound * m, to: table, rows: features, terms: rows.count, columns: m)
    }
  }

  package func empty(
    _ table: UnsafeMutablePointer<Double>, into product: UnsafeMutablePointer<Double>, outputs: Int
  ) {
    product.update(from: table, count: features * outputs)
  }
}
