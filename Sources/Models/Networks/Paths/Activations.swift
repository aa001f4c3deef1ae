/// The numbers that enter a layer of a path or, behind the last, the norm of its head. R rows of all sequences, one
/// sequence after the other.
struct Activations: Sendable {
  /// A stream of features: R x columns, row by row.
  struct Stream: Sendable {
    let columns: Int
    let numbers: [Float]

    /// R x columns numbers of the given rows and weights: the sum over features of weight times number, by row.
    func sums(_ weights: [Double], rows: Range<Int>) -> [Double] {
      rows.map { row in
        (row * columns..<(row + 1) * columns).reduce(0.0) { $0 + weights[$1] * Double(numbers[$1]) }
      }
    }
  }

  /// Layers that have been passed.
  let depth: Int
  /// Tokens for which a row stands: the product of the poolings before it.
  let stride: Int
  /// Rows of each sequence.
  let lengths: [Int]
  /// The features of tokens and, where layers read one, the second stream.
  let streams: [Stream]

  var rows: Int { lengths.reduce(0, +) }
}
