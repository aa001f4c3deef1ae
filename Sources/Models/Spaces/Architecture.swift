package import Blocks
import Wording

/// A path through the search space: its layers, first to last. Its text is `h64-h128-t256-c512`, options in brackets:
/// `c64(dilation=2,kernel=5)-t128`. It may begin with the embedding: `e128-t128`.
package struct Architecture: Hashable, Sendable {
  /// One to `maximumDepth` layers.
  package let layers: [Layer]
  /// The embedding that it states; nil: that of the space.
  package let embedding: Embedding?

  /// The most layers that an architecture may have.
  package static let maximumDepth = 64

  package init(layers: [Layer], embedding: Embedding? = nil) {
    self.layers = layers
    self.embedding = embedding
  }

  /// The canonical text: one for each value, and parsed back into it.
  package var text: String { ((embedding.map { [$0.text] } ?? []) + layers.map(\.text)).joined(separator: "-") }

  /// The item id, of `[a-z0-9~-]` only: the text when every option has its default; else the text without options, `~`,
  /// and eight hex digits, the 32-bit FNV-1a hash (Fowler, Noll and Vo) of the canonical text's UTF-8 bytes.
  package var id: String {
    let short = ((embedding.map { ["e\($0.width)"] } ?? []) + layers.map(\.short)).joined(separator: "-")
    guard layers.contains(where: { !$0.options.isEmpty }) || embedding?.stem ?? 1 > 1 else { return short }
    let digits = String(Self.fnv1a(text), radix: 16)
    return short + "~" + String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// Layers in the path.
  package var depth: Int { layers.count }

  /// The problem for which the blocks of the path cannot be built in this direction, or nil.
  package func problem(causal: Bool) -> BlockProblem? {
    if let embedding, embedding.stem % 2 == 0, !causal {
      return BlockProblem("option stem=\(embedding.stem) of the embedding: must be odd for a bidirectional convolution")
    }
    return layers.lazy.compactMap { $0.problem(causal: causal) }.first
  }

  /// Tokens that one of the last layer stands for: the product of its poolings.
  package var stride: Int { layers.reduce(1) { $0 * $1.stride } }

  /// Whether a layer, or the stem, tells tokens by their places: all do but attention to all tokens without rotary
  /// positions, and poolings.
  package var knowsPlaces: Bool {
    embedding?.stem ?? 1 > 1
      || layers.contains { layer in
        layer.stride == 1 && (layer.kind != .transformer || layer["rope"] != 0 || layer["window"] != 0)
      }
  }

  /// Whether a layer reads the second stream, which has an embedding of its own.
  package var hasGate: Bool { layers.contains(where: \.kind.readsGate) }

  /// Tokens that a token of the last layer sees, itself included, as far as the shapes of the layers tell; nil: all of
  /// the sequence.
  package func receptiveField(causal: Bool = false) -> Int? {
    var (field, step) = (embedding?.stem ?? 1, 1)
    for layer in layers {
      guard let reach = layer.reach(causal: causal) else { return nil }
      field += reach * step
      step *= layer.stride
    }
    return field
  }

  /// FNV-1a with 32 bits: offset 2,166,136,261, prime 16,777,619.
  static func fnv1a(_ text: String) -> UInt32 {
    text.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
  }
}

extension Architecture: CustomStringConvertible {
  package var description: String { text }
}

/// Architectures are coded as their canonical text.
extension Architecture: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      try self.init(parsing: container.decode(String.self))
    } catch let finding as ArchitectureFinding {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: finding.description)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

/// Whether the bytes of `a` sort before those of `b`: the order of item ids everywhere.
