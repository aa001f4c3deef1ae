import Tensors

extension BlockKind {
  /// `transformer`: attention, then an MLP.
  package static let transformer = BlockKind(
    "transformer", letter: "t", TransformerBlock.self,
    [
      BlockOption(
        "heads", "heads of 64 features, or one in a narrower layer", 1...512,
        "attention heads, of an even number of features each"
      ) { $0 / min(64, $0) },
      BlockOption("inner", "4 times the width", 1...65536, "inner width of the MLP") { 4 * $0 },
    ],
    pyTorch: TransformerBlock.pyTorch)
}

/// x + W attention(LN x), then x + W2 GELU(W1 LN x), biases everywhere, RoPE with base 10,000.
struct TransformerBlock: Block {
  private let heads: Int
  private let causal: Bool
  private let norm1: Affine
  private let qkv: Affine
  private let output: Affine
  private let norm2: Affine
  private let inner: Affine
  private let outer: Affine

  static func problem(_ layer: Layer, causal: Bool?) -> BlockProblem? {
    let (h, heads) = (layer.width, layer["heads"])
    if layer.options["heads"] == nil, h > 64, h % 64 != 0 {
      return BlockProblem(
        "transformer width \(h) is not a multiple of 64: choose one, or state the heads, as in t\(h)(heads=2)",
        width: h, nearestWidth: (h + 32) / 64 * 64)
    }
    if h % heads != 0 {
      return BlockProblem("transformer width \(h) cannot be divided into \(heads) heads", width: h)
    }
    // Rotary positions turn pairs of features (Su et al. 2021).
    if h / heads % 2 == 0 { return nil }
    return BlockProblem(
      "transformer heads of \(h / heads) features: rotary positions need an even number", width: h)
  }

  init(_ shape: BlockShape, _ parameters: inout Parameters) {
    let (h, wide) = (shape.hOut, shape.layer["inner"])
    heads = shape.layer["heads"]
    causal = shape.causal
    norm1 = parameters.norm("norm1", h)
    qkv = parameters.affine("qkv", 3 * h, h)
    output = parameters.affine("output", h, h)
    norm2 = parameters.norm("norm2", h)
    inner = parameters.affine("inner", wide, h)
    outer = parameters.affine("outer", h, wide)
  }

  func forward(_ x: TapeValue, on tape: Tape) -> TapeValue {
    let mixed = tape.attention(tape.linear(tape.layerNorm(x, norm1), qkv), heads: heads, causal: causal)
    let middle = tape.linear(mixed, output, residual: x)
    let normal = tape.layerNorm(middle, norm2)
    let wide = tape.gelu(tape.linear(normal, weight: inner.weight), bias: inner.bias)
    return tape.linear(wide, outer, residual: middle)
  }

  fileprivate static let pyTorch = """
    def transformer(x, p, o):
        (b, t, h), heads = x.shape, o["heads"]
        qkv = linear(layer_norm(x, p, "norm1"), p, "qkv")
        q, k, v = qkv.view(b, t, 3, heads, h // heads).permute(2, 0, 3, 1, 4)
        half = h // heads // 2
        angle = torch.arange(t)[:, None] * 10_000.0 ** (-torch.arange(half) / half)
        cosine, sine = angle.cos().to(x), angle.sin().to(x)

        def rotate(z):
            low, high = z[..., :half], z[..., half:]
            return torch.cat([low * cosine - high * sine, high * cosine + low * sine], -1)

        y = F.scaled_dot_product_attention(rotate(q), rotate(k), v, is_causal=o["causal"])
        x = x + linear(y.transpose(1, 2).reshape(b, t, h), p, "output")
        return x + linear(F.gelu(linear(layer_norm(x, p, "norm2"), p, "inner")), p, "outer")


    """
}
