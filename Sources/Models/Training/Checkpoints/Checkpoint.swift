import Blocks
import JSON
package import Spaces

/// A checkpoint to read from: a flat tree of files, one per block, read when a block is first used.
package struct Checkpoint {
  /// Every file's name.
  package let names: [String]
  /// The bytes of a file of `names`.
  package let read: (String) throws -> [UInt8]

  package init(names: [String], read: @escaping (String) throws -> [UInt8]) {
    self.names = names
    self.read = read
  }

  /// Files in memory, as `Pretrainer.checkpoint()` gives them.
  package init(_ files: [CheckpointFile]) {
    let table = Dictionary(files.map { ($0.name, $0.bytes) }) { first, _ in first }
    self.init(names: files.map(\.name)) { name in
      guard let bytes = table[name] else { throw TrainingError.badCheckpoint(file: name, reason: "missing") }
      return bytes
    }
  }

  func bytes(ifPresent name: String) throws -> [UInt8]? { names.contains(name) ? try read(name) : nil }
}

/// One file of a checkpoint. Names begin with the part that they belong to: `weights/` (what a fine-tune reads) or
/// `state/` (moments, step counts, cursor).
package struct CheckpointFile: Hashable, Sendable {
  package let name: String
  package let bytes: [UInt8]
  package init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}

/// What a supernet's weights belong to; the file `weights/supernet.json`. A block without a file of its own has never
/// been trained: its weights follow from the seed.
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

  /// Of the space that these architectures make.
  package init(vocabulary: Int, architectures: [Architecture], causal: Bool, seed: Int) {
    let smallest = architectures.flatMap { $0.layers.map(\.width) }.min() ?? 64
    self.init(vocabulary: vocabulary, embeddingWidth: min(64, smallest), causal: causal, seed: seed)
  }

  /// Throws `TrainingError.badCheckpoint`.
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
