package import Blocks
import Wording

/// A search space cut down to its representatives, with the counts of each step.
package struct ReducedSpace: Hashable, Sendable, Codable {
  /// The number of paths that are left after each step.
  package struct Counts: Hashable, Sendable, Codable {
    /// (modules * widths)^depth.
    package internal(set) var raw = 0
    /// After the distance filter.
    package internal(set) var spread = 0
    /// After the constraint that widths never decrease and end in the largest.
    package internal(set) var monotone = 0
    /// After the bound on parameters.
    package internal(set) var bounded = 0
    /// Kept by the clustering.
    package internal(set) var kept = 0

    package init() {}
  }

  /// The counts of one depth.
  package struct Depth: Hashable, Sendable, Codable {
    package let depth: Int
    package let counts: Counts
  }

  /// Ascending; empty when nothing is sampled.
  package let depths: [Depth]
  /// Whether the distance filter ran before the constraint on widths; nil in results of version 1, where it always did.
  package let distanceFirst: Bool?
  /// Architectures written by hand, without those that are sampled as well.
  package let written: Int
  /// Features of the token embedding of every path.
  package let embeddingWidth: Int
  /// Sorted by the bytes of their ids, without duplicates.
  package let architectures: [Architecture]

  /// The sums over depths.
  package var counts: Counts {
    depths.reduce(into: Counts()) { sum, depth in
      sum.raw += depth.counts.raw
      sum.spread += depth.counts.spread
      sum.monotone += depth.counts.monotone
      sum.bounded += depth.counts.bounded
      sum.kept += depth.counts.kept
    }
  }

  /// The shared weights: each block that occurs in a path, once, sorted by position, then by the bytes of its name.
  package var blocks: [SharedBlock] {
    Set(architectures.flatMap { $0.blocks(embeddingWidth: embeddingWidth) }).sorted {
      $0.position != $1.position ? $0.position < $1.position : $0.name.precedesInBytes($1.name)
    }
  }

  /// How often each kind of block stands at each position, as (position, count by kind).
  package var usage: [[BlockKind: Int]] {
    let depth = architectures.map(\.layers.count).max() ?? 0
    return (0..<depth).map { position in
      architectures.reduce(into: [:]) { counts, architecture in
        if position < architecture.layers.count { counts[architecture.layers[position].kind, default: 0] += 1 }
      }
    }
  }

  /// Trainable parameters of a path without embedding and head.
  package func parameters(of architecture: Architecture, causal: Bool = false) -> Int {
    architecture.parameters(embedding: Embedding(width: embeddingWidth), causal: causal)
  }
}
