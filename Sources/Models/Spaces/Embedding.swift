/// How tokens enter a path: a table of features by token, or a convolution of one-hot tokens with GELU, the stem of
/// ConvNova (Bo et al. 2025).
package struct Embedding: Hashable, Sendable {
  /// Features of a token.
  package let width: Int
  /// Taps of the stem; 1: a table, without bias and GELU.
  package let stem: Int

  /// The stems that there can be.
  package static let stems = 1...255

  package init(width: Int, stem: Int = 1) {
    precondition(width > 0 && Self.stems.contains(stem), "an embedding of \(width) features and \(stem) taps")
    self.width = width
    self.stem = stem
  }

  /// The embedding of a space whose architectures state none: a table of 64 features, or of the smallest width that
  /// occurs if that is smaller.
  package init(widths: [Int]) { self.init(width: ([64] + widths).min()!) }

  /// As it begins an architecture's text: `e128`, `e128(stem=9)`.
  package var text: String { stem == 1 ? "e\(width)" : "e\(width)(stem=\(stem))" }

  /// Numbers of one embedding of so many tokens.
  package func parameterCount(vocabulary: Int) -> Int { vocabulary * stem * width + (stem == 1 ? 0 : width) }
}
