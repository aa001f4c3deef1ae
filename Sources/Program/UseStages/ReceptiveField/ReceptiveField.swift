/// The artifact `receptive-field`: how strongly the features of a piece's middle token depend on each of its tokens.
struct ReceptiveField: Codable {
  let architecture: String
  /// Tokens that the shapes of the layers let it see, itself included; nil: all.
  let sees: Int?
  /// Whether it sees those before it alone.
  let isCausal: Bool
  let pieces: Int
  /// Tokens around the middle one, as many to either side, that hold the shares of the squares.
  let widths: [Width]
  /// The tokens before the middle one.
  let before: Int
  /// By token, the root of the mean over pieces of summed squared derivatives, that of the strongest being 1.
  let strengths: [Double]

  struct Width: Codable {
    /// Of all squares, from 0 to 1.
    let share: Double
    let tokens: Int
  }

  /// - Parameter sums: by piece and token, summed squares of derivatives; each of as many tokens, the middle one at
  ///   half their number.
  init(architecture: String, sees: Int?, isCausal: Bool, pieces: Int, sums: [[Double]]) {
    (self.architecture, self.sees, self.isCausal, self.pieces) = (architecture, sees, isCausal, pieces)
    var squares = sums[0]
    for piece in sums.dropFirst() { for token in squares.indices { squares[token] += piece[token] } }
    let middle = squares.count / 2
    let all = squares.reduce(0, +)
    widths = [0.5, 0.9, 0.99].map { share in
      var (reach, held) = (0, squares[middle])
      while held < share * all, reach < squares.count {
        reach += 1
        held += middle >= reach ? squares[middle - reach] : 0
        held += middle + reach < squares.count ? squares[middle + reach] : 0
      }
      return Width(share: share, tokens: 2 * reach + 1)
    }
    let strongest = squares.max() ?? 0
    before = middle
    strengths = squares.map { strongest > 0 ? ($0 / strongest).squareRoot() : 0 }
  }
}
