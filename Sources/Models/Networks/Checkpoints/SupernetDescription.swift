package import Blocks
import JSON
package import Spaces

/// The supernet that weights are of; the file `weights/supernet.json`. A block without a file of its own has never been
/// trained: its weights follow from the seed.
package struct SupernetDescription: Hashable, Sendable {
  /// Tokens, specials included.
  package let vocabulary: Int
  /// How tokens enter: min(64, the smallest width of the space) features, unless its architectures state otherwise.
  package let embedding: Embedding
  /// How tokens know their places.
  package var positions: Positions
  /// Whether every block sees only the past.
  package let causal: Bool
  /// The seed of untrained weights.
  package let seed: Int

  /// Features behind the last layer of an architecture.
  package func outputWidth(_ architecture: Architecture) -> Int {
    architecture.layers.last?.width ?? embedding.width
  }

  package static let fileName = "weights/supernet.json"

  package init(vocabulary: Int, embedding: Embedding, positions: Positions = .none, causal: Bool, seed: Int) {
    self.vocabulary = vocabulary
    self.embedding = embedding
    self.positions = positions
    self.causal = causal
    self.seed = seed
  }

  /// Describes the supernet of the space that these architectures make.
  package init(
    vocabulary: Int, architectures: [Architecture], positions: Positions = .none, causal: Bool, seed: Int
  ) {
    self.init(
      vocabulary: vocabulary, embedding: SearchSpace(written: architectures).embedding, positions: positions,
      causal: causal, seed: seed)
  }

  /// Why these weights are not of an architecture, or nil.
  func problem(of architecture: Architecture) -> BlockProblem? {
    if let stated = architecture.embedding, stated != embedding {
      return BlockProblem(
        "\(architecture.text) states the embedding \(stated.text), the weights and the other paths have "
          + embedding.text
      )
    }
    return architecture.problem(causal: causal)
  }

  /// Reads a checkpoint's file. Throws `ModelError.badCheckpoint`.
  package init(_ checkpoint: Checkpoint) throws {
    let bytes = try checkpoint.read(Self.fileName)
    let json = try? JSON(parsing: bytes)
    guard json?["format"]?.int == 1, let vocabulary = json?["vocabulary"]?.int,
      let width = json?["embedding_width"]?.int,
      let causal = json?["causal"]?.bool, let seed = json?["seed"]?.int,
      let positions = Positions(json?["positions"]?.string ?? "none", count: json?["position_count"]?.int ?? 0),
      positions.count ?? 1 > 0
    else { throw ModelError.badCheckpoint(file: Self.fileName, reason: "not a description of format 1") }
    self.init(
      vocabulary: vocabulary, embedding: Embedding(width: width, stem: json?["stem"]?.int ?? 1), positions: positions,
      causal: causal, seed: seed)
  }

  package var bytes: [UInt8] {
    var members: [String: JSON] = [
      "format": .int(1), "vocabulary": .int(vocabulary), "embedding_width": .int(embedding.width),
      "causal": .bool(causal), "seed": .int(seed),
    ]
    if embedding.stem > 1 { members["stem"] = .int(embedding.stem) }
    // Weights without positions are written as before there were any.
    if positions != .none { members["positions"] = .string(positions.name) }
    if let count = positions.count { members["position_count"] = .int(count) }
    return Array((JSON.sorted(members).line + "\n").utf8)
  }

  /// Why a training cannot start from these weights with the positions that are stated for it, in words; nil: it can.
  package func problem(of stated: Positions?) -> String? {
    guard let stated else { return nil }
    if stated.name != positions.name {
      return
        "the weights have the positions '\(positions.name)', the stage states '\(stated.name)': without 'positions' "
        + "it takes theirs"
    }
    guard let count = positions.count, let wanted = stated.count, count < wanted else { return nil }
    return "the weights have \(count) learned positions, \(wanted) are asked for: their first training states "
      + "'max-positions: \(wanted)'"
  }

  /// Throws `ModelError.badInput` for a sequence of more tokens than there are learned positions.
  package func check(length: Int) throws {
    guard let count = positions.count, length > count else { return }
    throw ModelError.badInput(
      "a sequence has \(length) tokens, and the weights have \(count) learned positions: a shorter 'length' reads less "
        + "of it, or their first training states 'max-positions'")
  }
}
