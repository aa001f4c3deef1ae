import Tensors

extension BlockKind {
  /// `hyena`: x + Hyena(LN x).
  package static let hyena = BlockKind(
    "hyena", letter: "h", HyenaBlock.self,
    [
      BlockOption("depth", 3, 1...16, "hidden layers of the filter network"),
      BlockOption("features", 5, 3...129, "positional features of the filter network; odd"),
      BlockOption("filter", 64, 1...1024, "units of a hidden layer of the filter network"),
      BlockOption(
        "length", 1024, 1...16_777_216,
        "tokens at which the filter's time is 1: best those of a sequence; weights of another length are taken over",
        isOfRun: true),
      BlockOption("short", 3, 1...31, "taps of the short convolution; odd where tokens see both sides"),
      BlockOption("sine", 10, 1...1000, "initial frequency of the filter network's sine"),
    ],
    pyTorch: HyenaBlock.pyTorch)
}

/// x + Hyena(LN x), Poli et al. 2023 of order 2 with the filter network of HyenaDNA (Nguyen et al. 2023):
/// u = conv(W LN x), a depthwise convolution of 3h features, its columns x0, x1, v; then W' (x0 * longconv(x1 * v)).
///
/// The filter at a lag is a function of t = lag / length and the weights alone, whatever else is in the batch: features
/// [t, cos, -sin of 2 pi f t], `depth` layers of `filter` units with sin(frequency z) (one vector of frequencies for
/// all layers), a map to h channels without bias, and a window exp(-t rate) that is not trained. A causal block looks
/// back only; a bidirectional one has a second network for the tokens ahead, and its short convolution is centred.
///
/// Sequences longer than `length` go on to t > 1, where the window leaves little; in much shorter ones t stays near 0,
/// where the filter starts out smooth. `length` changes no tensor: with another one the weights go on, their filter
/// stretched over as much of a longer sequence. The filter's tensors do not decay.
struct HyenaBlock: Block {
  private struct Filter {
    let layers: [Affine]
    let frequency: Parameter
    let output: Parameter
  }

  private let extent: ConvolutionShape
  private let bands: Int
  private let length: Int
  private let norm: Affine
  private let inner: Affine
  private let short: Affine
  private let skip: Parameter
  /// For the tokens before, and for those ahead unless the block is causal.
  private let filters: [Filter]
  private let output: Affine

  static func problem(_ layer: Layer, causal: Bool?) -> BlockProblem? {
    let features = layer["features"]
    if features % 2 == 1 { return layer.evenTaps("short", causal: causal) }
    return BlockProblem("hyena features \(features) is even: one time feature and pairs of waves make an odd number")
  }

  init(_ shape: BlockShape, _ parameters: inout Parameters) {
    let (h, taps) = (shape.hOut, shape.layer["short"])
    extent = ConvolutionShape(taps: taps, dilation: 1, causal: shape.causal)
    bands = (shape.layer["features"] - 1) / 2
    length = shape.layer["length"]
    norm = parameters.norm("norm", h)
    inner = parameters.affine("inner", 3 * h, h)
    short = parameters.depthwise("short", taps: taps, channels: 3 * h)
    // These limits give unit variance.
    skip = parameters.tensor("skip", [h], decays: false, .uniform(limit: 3.0.squareRoot()))
    filters = (shape.causal ? ["filter"] : ["filter", "reversed"]).map { Self.filter($0, shape, &parameters) }
    output = parameters.affine("output", h, h)
  }

  private static func filter(_ name: String, _ shape: BlockShape, _ parameters: inout Parameters) -> Filter {
    let (units, sine) = (shape.layer["filter"], Double(shape.layer["sine"]))
    let layers = (0..<shape.layer["depth"]).map { layer in
      let columns = layer == 0 ? shape.layer["features"] : units
      return parameters.affine("\(name).\(layer)", units, columns, decays: false)
    }
    return Filter(
      layers: layers, frequency: parameters.tensor("\(name).frequency", [units], decays: false, .constant(sine)),
      output: parameters.linear("\(name).output", shape.hOut, units, decays: false))
  }

  func forward(_ x: TapeValue, on tape: Tape) -> TapeValue {
    let inner = tape.linear(tape.layerNorm(x, norm), inner)
    let u = tape.depthwiseConvolution(inner, weight: short.weight, bias: short.bias, shape: extent)
    let features = tape.filterFeatures(lags: max(1, tape.longestSequence), bands: bands, length: length)
    let lags = filters.map { self.lags($0, features, on: tape) }
    let y = tape.longConvolution(u, filter: lags[0], reversed: lags.count > 1 ? lags[1] : nil, bias: skip)
    return tape.linear(y, output, residual: x)
  }

  /// A filter at every lag: lags x h.
  private func lags(_ filter: Filter, _ features: TapeValue, on tape: Tape) -> TapeValue {
    var z = features
    for layer in filter.layers {
      // Precise: the sines multiply what rounding does to their arguments by their frequencies, layer after layer.
      z = tape.sine(tape.linear(z, layer, precise: true), frequency: filter.frequency)
    }
    z = tape.linear(z, weight: filter.output, precise: true)
    return tape.filterWindow(z, FilterWindow(length: length))
  }

  fileprivate static let pyTorch = """
    def hyena(x, p, o):
        h, length = x.shape[-1], x.shape[1]
        u = linear(layer_norm(x, p, "norm"), p, "inner")
        x0, x1, v = depthwise(u, p["short.weight"], p["short.bias"], o["causal"]).chunk(3, -1)
        n, bands = torch.arange(length, dtype=torch.float64)[:, None], (o["features"] - 1) // 2
        t = n / o["length"]
        phase = 2 * math.pi * torch.linspace(1e-4, max(bands - 1, 1e-4), bands, dtype=torch.float64) * t
        z0 = torch.cat([t, phase.cos(), -phase.sin()], 1).to(x)
        window = torch.linspace(-math.log(0.01) / 1.5, -math.log(0.01) / 0.3, h, dtype=torch.float64)

        def spectrum(name):
            z = z0
            for layer in range(o["depth"]):
                z = torch.sin(p[name + ".frequency"] * linear(z, p, f"{name}.{layer}"))
            lags = linear(z, p, name + ".output") * torch.exp(-t * window).to(x)
            return torch.fft.rfft(lags, n=2 * length, dim=0)

        s = spectrum("filter") if o["causal"] else spectrum("filter") + spectrum("reversed").conj()
        v = x1 * v
        y = torch.fft.irfft(torch.fft.rfft(v, n=2 * length, dim=1) * s, n=2 * length, dim=1)[:, :length]
        return x + linear(x0 * (y + p["skip"] * v), p, "output")


    """
}
