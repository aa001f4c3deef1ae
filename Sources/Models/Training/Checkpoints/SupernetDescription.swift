import Blocks
import JSON
package import Spaces

/// The supernet that weights are of; the file `weights/supernet.json`. A block without a file of its own has never been
/// trained: its weights follow from the seed.
package struct SupernetDescription: Hashable, Sendable {
  /// Tokens, specials included.
  package let vocabulary: Int
  /// Features of a token's embedding: min(64, the smallest width of the space).
  package let embeddingWidth: Int
  /// Whether every block sees only the past.
  package let causal: Bool
  /// The seed of untrained weights.
  package let seed: Int

  /// Features behind the last layer of an architecture.
  func outputWidth(_ architecture: Architecture) -> Int { architecture.layers.last?.width ?? embeddingWidth }

  static let fileName = "weights/supernet.json"

  package init(vocabulary: Int, embeddingWidth: Int, causal: Bool, seed: Int) {
    self.vocabulary = vocabulary
    self.embeddingWidth = embeddingWidth
    self.causal = causal
    self.seed = seed
  }

  /// Describes the supernet of the space that these architectures make.
  package init(vocabulary: Int, architectures: [Architecture], causal: Bool, seed: Int) {
    let smallest = architectures.flatMap { $0.layers.map(\.width) }.min() ?? 64
    self.init(vocabulary: vocabulary, embeddingWidth: min(64, smallest), causal: causal, seed: seed)
  }

  /// Reads a checkpoint's file. Throws `TrainingError.badCheckpoint`.
  package init(_ checkpoint: Checkpoint) throws {
    let bytes = try checkpoint.read(Self.fileName)
    let json = try? JSON(parsing: bytes)
    guard json?["format"]?.int == 1, let vocabulary = json?["vocabulary"]?.int,
      let width = json?["embedding_width"]?.int,
      let causal = json?["causal"]?.bool, let seed = json?["seed"]?.int
    else { throw TrainingError.badCheckpoint(file: Self.fileName, reason: "not a description of format 1") }
    self.init(vocabulary: vocabulary, embeddingWidth: width, causal: causal, seed: seed)
  }

  var bytes: [UInt8] {
    let json = JSON.sorted([
      "format": .int(1), "vocabulary": .int(vocabulary), "embedding_width": .int(embeddingWidth),
      "causal": .bool(causal), "seed": .int(seed),
    ])
    return Array((json.line + "\n").utf8)
  }
}
