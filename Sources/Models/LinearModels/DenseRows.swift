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
        return
      }
      Tile.forEach(rows, outputs: m) { row, output in
        var tile = Tile(products + row * m + output, rowsApart: m)
        for feature in 0..<features {
          tile.add(x + row * features + feature, apart: features, times: table + feature * m + output)
        }
        tile.write(products + row * m + output, rowsApart: m)
      } others: { row, outputs in
        let (x, z) = (x + row * features, products + row * m)
        for feature in 0..<features {
          let value = Double(x[feature]), weights = table + feature * m
          for output in outputs { z[output] += value * weights[output] }
        }
      }
    }
  }

  package func transposed(
    _ rows: Range<Int>, _ numbers: UnsafePointer<Double>, outputs m: Int,
    addingTo table: UnsafeMutablePointer<Double>
  ) {
    values.withUnsafeBufferPointer { values in
      let x = values.baseAddress!
      Tile.forEach(0..<features, outputs: m) { feature, output in
        var tile = Tile(table + feature * m + output, rowsApart: m)
        for row in rows { tile.add(x + row * features + feature, apart: 1, times: numbers + row * m + output) }
        tile.write(table + feature * m + output, rowsApart: m)
      } others: { feature, outputs in
        let sums = table + feature * m
        for row in rows {
          let value = Double(x[row * features + feature]), r = numbers + row * m
          for output in outputs { sums[output] += value * r[output] }
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
