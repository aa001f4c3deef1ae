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
      for row in rows {
        let (x, z) = (values.baseAddress! + row * features, products + row * m)
        if m == 1 {
          z[0] += Vectors.product(x, table, features)
          continue
        }
        for feature in 0..<features {
          let value = Double(x[feature]), weights = table + feature * m
          for output in 0..<m { z[output] += value * weights[output] }
        }
      }
    }
  }

  package func transposed(
    _ rows: Range<Int>, _ numbers: UnsafePointer<Double>, outputs m: Int,
    addingTo table: UnsafeMutablePointer<Double>
  ) {
    values.withUnsafeBufferPointer { values in
      for row in rows {
        let (x, r) = (values.baseAddress! + row * features, numbers + row * m)
        for feature in 0..<features {
          let value = Double(x[feature]), sums = table + feature * m
          for output in 0..<m { sums[output] += value * r[output] }
        }
      }
    }
  }

  package func empty(
    _ table: UnsafeMutablePointer<Double>, into product: UnsafeMutablePointer<Double>, outputs: Int
  ) {
    product.update(from: table, count: features * outputs)
  }
}
