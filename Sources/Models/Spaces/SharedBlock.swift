package import Blocks

/// One set of shared weights: the block of a layer at a position behind an input of a width.
package struct SharedBlock: Hashable, Sendable {
  /// From 0.
  package let position: Int
  package let inputWidth: Int
  /// Features of the second stream, for kinds that read one.
  package let gateWidth: Int?
  package let layer: Layer

  package init(position: Int, inputWidth: Int, gateWidth: Int? = nil, layer: Layer) {
    self.position = position
    self.inputWidth = inputWidth
    self.gateWidth = layer.kind.readsGate ? gateWidth : nil
    self.layer = layer
  }

  /// `1.transformer.64-128` or `0.cnn.64-64+kernel5`: position, kind, widths, options. Unique in a space, and the name
  /// of the block in a checkpoint.
  package var name: String { "\(position).\(shape(causal: false).name)" }

  /// The block's shape in a direction.
  package func shape(causal: Bool) -> BlockShape {
    BlockShape(layer, hIn: inputWidth, gateIn: gateWidth, causal: causal)
  }

  /// Trainable parameters; `causal` counts one direction.
  package func parameters(causal: Bool = false) -> Int { shape(causal: causal).parameterCount }
}

extension Architecture {
  /// The blocks of this path behind an embedding of `embeddingWidth` features, first to last.
  package func blocks(embeddingWidth: Int) -> [SharedBlock] {
    var (width, gate) = (embeddingWidth, embeddingWidth)
    return layers.enumerated().map { position, layer in
      defer {
        width = layer.width
        if layer.kind.readsGate { gate = layer.width }
      }
      return SharedBlock(position: position, inputWidth: width, gateWidth: gate, layer: layer)
    }
  }

  /// Trainable parameters of the path: blocks, final LayerNorm (2 * last width), and, when the vocabulary is known, the
  /// token embedding (vocabulary * features), twice where a layer reads the second stream. Heads are not counted: they
  /// belong to the objective or the task.
  package func parameters(embedding: Embedding, vocabulary: Int? = nil, causal: Bool = false) -> Int {
    blocks(embeddingWidth: embedding.width).reduce(0) { $0 + $1.parameters(causal: causal) }
      + 2 * (layers.last?.width ?? 0)
      + (vocabulary.map { embedding.parameterCount(vocabulary: $0) } ?? 0) * (hasGate ? 2 : 1)
  }
}
