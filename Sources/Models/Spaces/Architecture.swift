package import Blocks
import Wording

/// A path through the search space: its layers, first to last. Its text is `h64-h128-t256-c512`, options in brackets:
/// `c64(dilation=2,kernel=5)-t128`.
package struct Architecture: Hashable, Sendable {
  /// One to `maximumDepth` layers.
  package let layers: [Layer]

  /// The most layers that an architecture may have.
  package static let maximumDepth = 64

  package init(layers: [Layer]) { self.layers = layers }

  /// The canonical text: one for each value, and parsed back into it.
  package var text: String { layers.map(\.text).joined(separator: "-") }

  /// The item id, of `[a-z0-9~-]` only: the text when every option has its default; else the text without options, `~`,
  /// and eight hex digits, the 32-bit FNV-1a hash (Fowler, Noll and Vo) of the canonical text's UTF-8 bytes.
  package var id: String {
    let short = layers.map(\.short).joined(separator: "-")
    guard layers.contains(where: { !$0.options.isEmpty }) else { return short }
    let digits = String(Self.fnv1a(text), radix: 16)
    return short + "~" + String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// Layers in the path.
  package var depth: Int { layers.count }

  /// The problem for which the blocks of the path cannot be built in this direction, or nil.
  package func problem(causal: Bool) -> BlockProblem? {
    layers.lazy.compactMap { $0.problem(causal: causal) }.first
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
