import Blocks
import Testing

/// The numbers of trainable parameters in closed form, which the tensors of every block add up to.
///
/// i input width, h width, P the bias-free projection, of h * i when i != h, else none.
/// LN LayerNorm with weight and bias, 2h; RMS RMSNorm with weight, h.
///
/// | kind | parameters besides P |
/// |---|---|
/// | cnn | LN; convolution h * (h / groups) * k + h |
/// | lstm, both directions | LN; each direction of g = h/2: four gates of g * h + g * g and ONE bias vector g |
/// | lstm, causal | LN; one direction of g = h |
/// | transformer | LN; qkv 3h * h + 3h; out h * h + h |
/// | mamba | RMS; in h * 2e; out e * h; per direction M |
/// | M | conv e * c + e; x e * (r + 2s); dt r * e + e; A e * s; D e |
/// | hyena | LN; in h * 3h + 3h; short 3h * t + 3h; skip h; out h * h + h; per direction F |
/// | F | first p * f + f; (d-1) hidden f * f + f; sine f; last f * h / q; of modal filters 4 * m * h / q |
/// | gated | twice LN, convolution k * h * h + h; a tail, e = tail * h: (h+1) e, 2 (e+1) e, (e+1) h, LN of e and h |
/// | pool | none |
///
/// q groups, m modes; behind all of them an MLP where the layer has one, and of `gated` a second projection.
/// k kernel; n inner; e = expand * h, c conv, s state, r = ceil(h / 16); t short, f filter, p features, d depth.
///
/// PyTorch's LSTM has two bias vectors a gate, of which only the sum matters; here is one. Mamba is `mamba_simple.py`
/// (Gu and Dao 2023); in both directions it ties the in and out projections as Caduceus does (Schiff et al. 2024).
/// Hyena is HyenaDNA's operator (Nguyen et al. 2023); in both directions it has a second filter network for the
/// reversed filter, and one skip weight per channel. The decay of the filter's window is not trained.
private func closedForm(_ layer: Layer, causal: Bool) -> Int {
  mixing(layer, causal: causal) + mlp(layer)
}

/// N a norm: LN or, with norm=rms, RMS.
private func norm(_ layer: Layer) -> Int { (layer["norm"] == 0 ? 2 : 1) * layer.width }

/// | mlp | parameters |
/// |---|---|
/// | gelu | N; W1 n * h + n; W2 h * n + h |
/// | gated | twice LN, convolution k * h * h + h; a tail, e = tail * h: (h+1) e, 2 (e+1) e, (e+1) h, LN of e and h |
/// | dense | N; h * h + h |
private func mlp(_ layer: Layer) -> Int {
  if layer.kind == .pool { return 0 }
  let (h, n) = (layer.width, layer["inner"])
  switch layer["mlp"] {
  case 0: return 0
  case 1: return norm(layer) + (n * h + n) + (h * n + h)
  case 4: return norm(layer) + h * h + h
  default: return norm(layer) + 3 * n * h
  }
}

private func mixing(_ layer: Layer, causal: Bool) -> Int {
  let (h, directions) = (layer.width, causal ? 1 : 2)
  switch layer.kind {
  case .cnn: return norm(layer) + h * (h / layer["groups"]) * layer["kernel"] + h
  case .lstm:
    let g = h / directions
    return norm(layer) + directions * 4 * (g * h + g * g + g)
  case .transformer: return norm(layer) + (3 * h * h + 3 * h) + (h * h + h)
  case .mamba:
    let e = layer["expand"] * h, s = layer["state"], c = layer["conv"], r = (h + 15) / 16
    let direction = (e * c + e) + e * (r + 2 * s) + (r * e + e) + e * s + e
    return norm(layer) + h * 2 * e + e * h + directions * direction
  case .hyena:
    let wide = 3 * h, f = layer["filter"], filters = h / layer["groups"]
    let filter =
      layer["form"] == 1
      ? 4 * layer["modes"] * filters
      : (layer["features"] * f + f) + (layer["depth"] - 1) * (f * f + f) + f + f * filters
    return norm(layer) + (h * wide + wide) + (wide * layer["short"] + wide) + h + (h * h + h) + directions * filter
  case .gated:
    let (k, e) = (layer["kernel"], layer["tail"] * h), norm = norm(layer)
    let tail = e == 0 ? 0 : (h * e + e) + 2 * (e * e + e) + (e * h + h) + norm / h * (e + h)
    return 2 * (norm + k * h * h + h) + tail
  case .pool: return 0
  default: preconditionFailure("\(layer.kind) has no closed form")
  }
}

private let options: [(BlockKind, width: Int, [String: Int])] = [
  (.cnn, 96, ["kernel": 5]), (.cnn, 32, ["dilation": 3]), (.cnn, 32, ["groups": 4]),
  (.cnn, 32, ["groups": 32, "kernel": 3]), (.transformer, 128, ["heads": 4, "inner": 96]), (.lstm, 48, [:]),
  (.mamba, 24, ["conv": 3, "expand": 1, "state": 5]),
  (.transformer, 24, ["heads": 3, "mlp": 3, "norm": 1, "rope": 0, "window": 5]), (.cnn, 24, ["mlp": 2, "norm": 1]),
  (.lstm, 16, ["mlp": 1, "inner": 20]), (.mamba, 16, ["mlp": 4, "norm": 0]), (.gated, 16, ["kernel": 3, "tail": 4]),
  (.gated, 24, ["dilation": 4, "mlp": 4, "norm": 1, "tail": 2]), (.hyena, 24, ["form": 1, "groups": 3, "modes": 5]),
  (.hyena, 24, ["groups": 4, "mlp": 2]), (.pool, 16, ["factor": 3]),
  (.hyena, 24, ["depth": 2, "features": 7, "filter": 9, "length": 33, "short": 5, "sine": 2]),
]

@Suite struct ParameterCountTests {
  @Test(arguments: [false, true]) func `tensors add up to the closed form`(causal: Bool) {
    let plain = BlockKind.all.flatMap { kind in [8, 64, 128].map { Layer(kind, width: $0) } }
    for layer in plain + options.map({ Layer($0, width: $1, options: $2) }) {
      for hIn in [32, 64, 128] {
        let projection = hIn == layer.width ? 0 : hIn * layer.width * (layer.kind.readsGate ? 2 : 1)
        let shape = BlockShape(layer, hIn: hIn, causal: causal)
        #expect(shape.parameterCount == projection + closedForm(layer, causal: causal), "\(shape.name)")
      }
    }
  }

  @Test func `parameters are as many as were counted by hand`() {
    let h = 128, projection = 64 * 128
    let expected: [(BlockKind, both: Int, causal: Int)] = [
      (.cnn, 2 * h + h * h * 9 + h, 2 * h + h * h * 9 + h),
      (.lstm, 2 * h + 2 * 4 * (64 * 128 + 64 * 64 + 64), 2 * h + 4 * (h * h + h * h + h)),
      (.transformer, 4 * h + 12 * h * h + 9 * h, 4 * h + 12 * h * h + 9 * h),
      // e 256, s 16, c 4, r 8.
      (.mamba, 128 + 128 * 512 + 256 * 128 + 2 * 18176, 128 + 128 * 512 + 256 * 128 + 18176),
      // Filter: 5 * 64 + 64, 2 * (64 * 64 + 64), 64, 64 * 128.
      (.hyena, 256 + 49536 + 1536 + 128 + 16512 + 2 * 16960, 256 + 49536 + 1536 + 128 + 16512 + 16960),
      (.gated, 2 * (256 + 147_584), 2 * (256 + 147_584)), (.pool, 0, 0),
    ]
    for (kind, both, causal) in expected {
      let layer = Layer(kind, width: h)
      #expect(BlockShape(layer, hIn: h, causal: false).parameterCount == both)
      #expect(BlockShape(layer, hIn: h, causal: true).parameterCount == causal)
      #expect(BlockShape(layer, hIn: 64, causal: false).parameterCount == both + (kind == .gated ? 2 : 1) * projection)
    }
    #expect(expected.count == BlockKind.all.count)
  }
}
