/// The numbers of trainable parameters, exactly as the blocks allocate them.
///
/// i input width, h width, P the bias-free projection, of h * i when i != h, else none.
/// LN LayerNorm with weight and bias, 2h; RMS RMSNorm with weight, h.
///
/// | module | parameters besides P |
/// |---|---|
/// | cnn | LN; convolution h * (h / groups) * k + h |
/// | lstm, both directions | LN; each direction of g = h/2: four gates of g * h + g * g and ONE bias vector g |
/// | lstm, causal | LN; one direction of g = h |
/// | transformer | LN; qkv 3h * h + 3h; out h * h + h; LN; W1 n * h + n; W2 h * n + h |
/// | mamba | RMS; in h * 2e; out e * h; per direction M |
/// | M | conv e * c + e; x e * (r + 2s); dt r * e + e; A e * s; D e |
/// | hyena | LN; in h * 3h + 3h; short 3h * t + 3h; skip h; out h * h + h; per direction F |
/// | F | first p * f + f; (d-1) hidden f * f + f; sine f; last f * h |
///
/// k kernel; n inner; e = expand * h, c conv, s state, r = ceil(h / 16); t short, f filter, p features, d
/// depth.
///
/// PyTorch's LSTM has two bias vectors a gate, of which only the sum matters; here is one. Mamba is `mamba_simple.py`
/// (Gu and Dao 2023); in both directions it ties the in and out projections as Caduceus does (Schiff et al. 2024).
/// Hyena is HyenaDNA's operator (Nguyen et al. 2023); in both directions it has a second filter network for the
/// reversed filter, and one skip weight per channel. The decay of the filter's window is not trained.
extension Layer {
  /// Trainable parameters of this layer's block behind an input of `inputWidth` features; `causal` counts one
  /// direction.
  package func parameters(inputWidth: Int, causal: Bool = false) -> Int {
    let projection = inputWidth == width ? 0 : inputWidth * width
    return projection + residualParameters(directions: causal ? 1 : 2)
  }

  private func residualParameters(directions: Int) -> Int {
    let h = width
    switch module {
    case .cnn: return 2 * h + h * (h / self["groups"]) * self["kernel"] + h
    case .lstm:
      let g = h / directions
      return 2 * h + directions * 4 * (g * h + g * g + g)
    case .transformer:
      let n = self["inner"]
      return 2 * h + (3 * h * h + 3 * h) + (h * h + h) + 2 * h + (n * h + n) + (h * n + h)
    case .mamba: return mambaParameters(directions: directions)
    case .hyena: return hyenaParameters(directions: directions)
    }
  }

  private func mambaParameters(directions: Int) -> Int {
    let h = width, e = self["expand"] * h, s = self["state"], c = self["conv"], r = (h + 15) / 16
    let direction = (e * c + e) + e * (r + 2 * s) + (r * e + e) + e * s + e
    return h + h * 2 * e + e * h + directions * direction
  }

  private func hyenaParameters(directions: Int) -> Int {
    let h = width, wide = 3 * h, f = self["filter"]
    let filter = (self["features"] * f + f) + (self["depth"] - 1) * (f * f + f) + f + f * h
    return 2 * h + (h * wide + wide) + (wide * self["short"] + wide) + h + (h * h + h) + directions * filter
  }
}

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

  /// `1.transformer.64-128` or `0.cnn.64-64+kernel5`: position, module, widths, options. Unique in a space, and the
  /// name of the block in a checkpoint.
  package var name: String {
    let options = layer.options.sorted { $0.key < $1.key }.map { "+\($0.key)\($0.value)" }.joined()
    return "\(position).\(layer.module.rawValue).\(inputWidth)-\(layer.width)\(options)"
  }

  /// Trainable parameters; `causal` counts one direction.
  package func parameters(causal: Bool = false) -> Int { layer.parameters(inputWidth: inputWidth, causal: causal) }
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
