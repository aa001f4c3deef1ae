import Spaces

/// The artifact `receptive-field`: how strongly the features of a piece's middle token depend on each of its tokens.
struct ReceptiveField: Codable {
  let architecture: String
  /// Tokens that the shapes of its layers, and of a stem, let a token see, that token included; nil: all.
  let sees: Int?
  /// Those of the layers alone: gradients are taken behind a stem.
  let seesBehindStem: Int?
  /// Whether a token sees those before it alone.
  let isCausal: Bool
  let pieces: Int
  /// The fewest tokens that hold shares of the squares.
  let widths: [Width]
  /// The tokens before the one whose features are asked.
  let before: Int
  /// By token, the root of the mean over pieces of summed squared derivatives, that of the strongest being 1.
  let strengths: [Double]

  struct Width: Codable {
    /// The share of all squares, from 0 to 1.
    let share: Double
    let tokens: Int
  }

  /// - Parameter squares: by token, squared derivatives, summed over pieces.
  init(_ architecture: Architecture, isCausal: Bool, pieces: Int, squares: [Double], asked: Int) {
    self.architecture = architecture.text
    sees = architecture.receptiveField(causal: isCausal)
    seesBehindStem = Architecture(layers: architecture.layers).receptiveField(causal: isCausal)
    (self.isCausal, self.pieces, before) = (isCausal, pieces, asked)
    let all = squares.reduce(0, +)
    let sorted = squares.sorted(by: >)
    widths = [0.5, 0.9, 0.99].map { share in
      var (held, tokens) = (0.0, 0)
      while tokens < sorted.count, held < share * all {
        held += sorted[tokens]
        tokens += 1
      }
      return Width(share: share, tokens: tokens)
    }
    let strongest = sorted.first ?? 0
    strengths = squares.map { strongest > 0 ? ($0 / strongest).squareRoot() : 0 }
  }
}
