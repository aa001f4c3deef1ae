/// Rows of letters of sequences: the letter at each place of a window around one, and further numbers. n rows, f
/// features, m outputs.
package struct LetterRows: FeatureRows {
  /// (n, w): the feature of each place of a window, or -1 for a place outside of the sequence.
  private let places: [Int32]
  /// (n, d).
  private let numbers: [Float]
  /// w, d, and the features of windows.
  private let width: Int
  private let depth: Int
  private let placed: Int

  package let count: Int
  package var features: Int { placed + depth }
  /// The table is the weights.
  package var entries: Int { features }

  /// - Parameters:
  ///   - places: (n, w), row by row, each -1 or below `placed`.
  ///   - numbers: (n, d), row by row.
  package init(places: [Int32], width: Int, placed: Int, numbers: [Float], depth: Int) {
    precondition(width > 0 && places.count % width == 0, "\(places.count) places of windows of \(width)")
    count = places.count / width
    precondition(numbers.count == count * depth, "\(numbers.count) numbers of \(count) rows")
    (self.places, self.numbers, self.width, self.depth, self.placed) = (places, numbers, width, depth, placed)
  }

  package func fill(_ table: UnsafeMutablePointer<Double>, _ weights: UnsafePointer<Double>, outputs: Int) {
    table.update(from: weights, count: features * outputs)
  }

  package func multiply(
    _ rows: Range<Int>, _ table: UnsafePointer<Double>, outputs m: Int, addingTo products: UnsafeMutablePointer<Double>
  ) {
    withPointers { places, numbers in
      for row in rows {
        let z = products + row * m
        for place in 0..<width {
          let feature = Int(places[row * width + place])
          if feature < 0 { continue }
          let weights = table + feature * m
          for output in 0..<m { z[output] += weights[output] }
        }
        for number in 0..<depth {
          let value = Double(numbers[row * depth + number]), weights = table + (placed + number) * m
          for output in 0..<m { z[output] += value * weights[output] }
        }
      }
    }
  }

  package func transposed(
    _ rows: Range<Int>, _ numbers: UnsafePointer<Double>, outputs m: Int, addingTo table: UnsafeMutablePointer<Double>
  ) {
    withPointers { places, own in
      for row in rows {
        let r = numbers + row * m
        for place in 0..<width {
          let feature = Int(places[row * width + place])
          if feature < 0 { continue }
          let sums = table + feature * m
          for output in 0..<m { sums[output] += r[output] }
        }
        for number in 0..<depth {
          let value = Double(own[row * depth + number]), sums = table + (placed + number) * m
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

  private func withPointers(_ body: (_ places: UnsafePointer<Int32>, _ numbers: UnsafePointer<Float>) -> Void) {
    if places.isEmpty { return }
    places.withUnsafeBufferPointer { places in
      numbers.withUnsafeBufferPointer { numbers in
        // Without numbers their address is never read.
        let none = UnsafeRawPointer(places.baseAddress!).assumingMemoryBound(to: Float.self)
        body(places.baseAddress!, numbers.baseAddress ?? none)
      }
    }
  }
}
