import Ops
import Tensors

extension BlockKind {
  /// `transformer`: attention, then an MLP.
  package static let transformer = BlockKind(
    "transformer", letter: "t", TransformerBlock.self,
    [
      BlockOption(
        "heads", "heads of 64 features, or one in a narrower layer", 1...512,
        "attention heads, of an even number of features each where positions are rotary"
      ) { width, _ in width / min(64, width) },
      BlockOption(
        "rope", 10_000, 0...1_000_000_000, "base of the rotary positions; 0: none", isOfRun: true),
      BlockOption(
        "stretch", 1, 1...1024, "tokens that count as one for rotary positions: trained weights read longer sequences",
        isOfRun: true),
      BlockOption("window", 0, 0...1_048_576, "tokens to each side that a token sees; 0: all"),
    ],
    mlp: .gelu, pyTorch: TransformerBlock.pyTorch)
}

/// x + W attention(norm x), biases everywhere, then the MLP. Positions are rotary (Su et al. 2021), of a base and
/// interpolated linearly (Chen et al. 2023) as the options say.
struct TransformerBlock: Block {
  private let attention: AttentionShape
  private let qkv: Affine
  private let output: Affine

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
    if layer["rope"] == 0 {
      return layer["stretch"] == 1
        ? nil : BlockProblem("option stretch of module 'transformer' is of rotary positions, and rope=0 has none")
    }
    // Rotary positions turn pairs of features.
    if h / heads % 2 == 0 { return nil }
    return BlockProblem(
      "transformer heads of \(h / heads) features: rotary positions need an even number", width: h)
  }

  static func reach(_ layer: Layer, causal: Bool) -> Int? {
    layer["window"] == 0 ? nil : layer["window"] * (causal ? 1 : 2)
  }

  static func operations(_ shape: BlockShape, lengths: [Int]) -> Double {
    let (h, layer, rows) = (shape.hOut, shape.layer, lengths.reduce(0, +))
    let window = layer["window"] == 0 ? nil : layer["window"]
    let pairs = lengths.reduce(0) { $0 + Operations.pairs($1, causal: shape.causal, window: window) }
    // Two numbers of a turned pair have two products each, in queries and in keys.
    let turns = layer["rope"] == 0 ? 0 : 6 * Double(rows * h)
    // A pair has a product of h numbers in all heads, and weighs h numbers.
    return Operations.map(rows, h, 3 * h) + turns + 4 * Double(h) * pairs + Operations.map(rows, h, h)
  }

  init(_ shape: BlockShape, _ parameters: inout Parameters) {
    let (h, layer) = (shape.hOut, shape.layer)
    attention = AttentionShape(
      heads: layer["heads"], causal: shape.causal, window: layer["window"] == 0 ? nil : layer["window"],
      rotary: layer["rope"] == 0
        ? nil : RotaryTable.Key(half: h / layer["heads"] / 2, base: layer["rope"], stretch: layer["stretch"]))
    qkv = parameters.affine("qkv", 3 * h, h)
    output = parameters.affine("output", h, h)
  }

  func forward(_ x: TapeValue, stream: TapeValue, gate: inout TapeValue?, on tape: Tape) -> TapeValue {
    tape.linear(tape.attention(tape.linear(x, qkv), attention), output, residual: stream)
  }

  fileprivate static let pyTorch = """
    def transformer(x, p, o):
        (b, t, h), heads = x.shape, o["heads"]
        qkv = linear(x, p, "qkv")
        q, k, v = qkv.view(b, t, 3, heads, h // heads).permute(2, 0, 3, 1, 4)
        place = torch.arange(t)[:, None]
        if o["rope"]:
            half = h // heads // 2
            angle = place / o["stretch"] * float(o["rope"]) ** (-torch.arange(half) / half)
            cosine, sine = angle.cos().to(x), angle.sin().to(x)

            def rotate(z):
                low, high = z[..., :half], z[..., half:]
                return torch.cat([low * cosine - high * sine, high * cosine + low * sine], -1)

            q, k = rotate(q), rotate(k)
        distance, seen = place - place.t(), None
        if o["causal"] or o["window"]:
            seen = (distance >= 0) if o["causal"] else (distance == distance)
            seen = seen & (distance.abs() <= (o["window"] or t))
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=seen)
        return linear(y.transpose(1, 2).reshape(b, t, h), p, "output")


    """
}
