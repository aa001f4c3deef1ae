package import Blocks
package import Spaces

/// The layers that a decoder has.
package enum DecoderForm: Hashable, Sendable {
  /// Those of the encoder once more.
  case balanced
  /// The last of the encoder alone.
  case shallow
  case layers(Architecture)

  /// The decoder of an encoder.
  package func architecture(of encoder: Architecture) -> Architecture {
    switch self {
    case .balanced: Architecture(layers: encoder.layers)
    case .shallow: Architecture(layers: Array(encoder.layers.suffix(1)))
    case .layers(let architecture): architecture
    }
  }

  /// Why an encoder, if it is known, and this decoder make no masked autoencoder, or nil.
  package func problem(of encoder: Architecture?) -> BlockProblem? {
    var stated: Architecture?
    if case .layers(let architecture) = self { stated = architecture }
    if stated?.embedding != nil {
      return BlockProblem("a decoder has no embedding: it reads what the encoder made of the tokens")
    }
    if [encoder, stated].contains(where: { $0?.stride ?? 1 > 1 }) {
      return BlockProblem("a masked autoencoder has no module 'pool': every hidden token is named at its own place")
    }
    return stated?.problem(causal: false)
  }
}
