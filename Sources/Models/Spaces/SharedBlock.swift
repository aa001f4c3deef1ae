package import Blocks

/// One set of shared weights: the block of a layer at a position behind an input of a width.
package struct SharedBlock: Hashable, Sendable {
  /// From 0.
  package let position: Int
  package let inputWidth: Int
  package let layer: Layer

  package init(position: Int, inputWidth: Int, layer: Layer) {
    self.position = position
    self.inputWidth = inputWidth
    self.layer = layer
  }

  /// `1.transformer.64-128` or `0.cnn.64-64+kernel5`: position, kind, widths, options. Unique in a space, and the name
  /// of the block in a checkpoint.
  package var name: String { "\(position).\(shape(causal: false).name)" }

  /// The block's shape in a direction.
  package func shape(causal: Bool) -> BlockShape { BlockShape(layer, hIn: inputWidth, causal: causal) }

  /// Trainable parameters; `causal` counts one direction.
  package func parameters(causal: Bool = false) -> Int { shape(causal: causal).parameterCount }
}

extension Architecture {
  /// The blocks of this path behind an embedding of `embeddingWidth` features, first to last.
  package func blocks(embeddingWidth: Int) -> [SharedBlock] {
    layers.indices.map { position in
      SharedBlock(
        position: position, inputWidth: position == 0 ? embeddingWidth : layers[position - 1].width,
        layer: layers[position])
    }
  }

  /// Trainable parameters of the path: blocks, final LayerNorm (2 * last width), and, when the vocabulary is known, the
  /// token embedding (vocabulary * embedding width). Heads are not counted: they belong to the objective or the task.
  package func parameters(embeddingWidth: Int, vocabulary: Int? = nil, causal: Bool = false) -> Int {
    blocks(embeddingWidth: embeddingWidth).reduce(0) { $0 + $1.parameters(causal: causal) }
      + 2 * (layers.last?.width ?? 0) + (vocabulary ?? 0) * embeddingWidth
  }
}
