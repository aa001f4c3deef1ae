import Ops
import Tensors

extension BlockKind {
  /// `hyena`: x + Hyena(norm x).
  package static let hyena = BlockKind(
    "hyena", letter: "h", HyenaBlock.self,
    [
      BlockOption("depth", 3, 1...16, "hidden layers of the filter network"),
      BlockOption("features", 5, 3...129, "positional features of the filter network; odd"),
      BlockOption("filter", 64, 1...1024, "units of a hidden layer of the filter network"),
      BlockOption(
        "form", "implicit", of: ["implicit", "modal"],
        "the long filters: values of a network, or sums of damped waves as in StripedHyena"),
      BlockOption(
        "groups", 1, 1...8192,
        "neighbouring features that share a filter's values, of an implicit one each with its own fall; a divisor of "
          + "the width"),
      BlockOption(
        "length", 1024, 1...16_777_216,
        "tokens at which the filter's time is 1: best those of a sequence; weights of another length are taken over",
        isOfRun: true),
      BlockOption("modes", 8, 1...256, "waves of a modal filter"),
      BlockOption("short", 3, 1...31, "taps of the short convolution; odd where tokens see both sides"),
      BlockOption("sine", 10, 1...1000, "initial frequency of the filter network's sine"),
    ],
    pyTorch: HyenaBlock.pyTorch)
}

/// x + Hyena(norm x), Poli et al. 2023 of order 2: u = conv(W norm x), a depthwise convolution of 3h features, its
/// columns x0, x1, v; then W' (x0 * longconv(x1 * v)). The filters are those of `LongFilter`, in either form.
///
/// A causal block looks back only; a bidirectional one has second filters for the tokens ahead, and its short
/// convolution is centred.
struct HyenaBlock: Block {
  private let extent: ConvolutionShape
  private let inner: Affine
  private let short: Affine
  private let skip: Parameter
  /// For the tokens before, and for those ahead unless the block is causal.
  private let filters: [LongFilter]
  private let output: Affine

  static func problem(_ layer: Layer, causal: Bool?) -> BlockProblem? {
    let (features, groups) = (layer["features"], layer["groups"])
    if layer.width % groups != 0 {
      return BlockProblem("hyena width \(layer.width) cannot be divided into groups of \(groups)", width: layer.width)
    }
    let (unread, owner) =
      layer["form"] == 0 ? (["modes"], "modal") : (["depth", "features", "filter", "sine"], "implicit")
    if let name = unread.first(where: { layer.options[$0] != nil }) {
      return BlockProblem("option \(name) of module 'hyena' belongs to form=\(owner)")
    }
    if features % 2 == 1 { return layer.evenTaps("short", causal: causal) }
    return BlockProblem("hyena features \(features) is even: one time feature and pairs of waves make an odd number")
  }

  static func reach(_ layer: Layer, causal: Bool) -> Int? { nil }

  init(_ shape: BlockShape, _ parameters: inout Parameters) {
    let (h, taps) = (shape.hOut, shape.layer["short"])
    extent = ConvolutionShape(taps: taps, dilation: 1, causal: shape.causal)
    inner = parameters.affine("inner", 3 * h, h)
    short = parameters.depthwise("short", taps: taps, channels: 3 * h)
    // These limits give unit variance.
    skip = parameters.tensor("skip", [h], decays: false, .uniform(limit: 3.0.squareRoot()))
    filters = (shape.causal ? ["filter"] : ["filter", "reversed"]).map { LongFilter($0, shape.layer, &parameters) }
    output = parameters.affine("output", h, h)
  }

  /// Sequences of L tokens are transformed with as many zeros behind, there and back by feature; filters are made and
  /// transformed once for all sequences, as long as the longest.
  static func operations(_ shape: BlockShape, lengths: [Int]) -> Double {
    let (h, layer, rows) = (shape.hOut, shape.layer, lengths.reduce(0, +))
    let convolutions = lengths.reduce(0) { sum, length in
      // L + 1 complex products of 6 operations.
      sum + (2 * Operations.realTransform(2 * length) + 6 * Double(length + 1)) * Double(h)
    }
    let longest = max(1, lengths.max() ?? 0)
    let filter = LongFilter.operations(layer, lags: longest) + Operations.realTransform(2 * longest) * Double(h)
    return Operations.map(rows, h, 3 * h) + Operations.map(rows, layer["short"], 3 * h)
      + convolutions + 2 * Double(rows) * Double(h) + (shape.causal ? 1 : 2) * filter + Operations.map(rows, h, h)
  }

  func forward(_ x: TapeValue, stream: TapeValue, gate: inout TapeValue?, on tape: Tape) -> TapeValue {
    let u = tape.depthwiseConvolution(tape.linear(x, inner), weight: short.weight, bias: short.bias, shape: extent)
    if tape.isContinued {
      return tape.linear(filters[0].continued(u, bias: skip, on: tape), output, residual: stream)
    }
    let lags = filters.map { $0.lags(max(1, tape.longestSequence), on: tape) }
    let y = tape.longConvolution(u, filter: lags[0], reversed: lags.count > 1 ? lags[1] : nil, bias: skip)
    return tape.linear(y, output, residual: stream)
  }

  fileprivate static let pyTorch = """
    def hyena(x, p, o):
        h, length = x.shape[-1], x.shape[1]
        x0, x1, v = depthwise(linear(x, p, "inner"), p["short.weight"], p["short.bias"], o["causal"]).chunk(3, -1)
        n, bands = torch.arange(length, dtype=torch.float64)[:, None], (o["features"] - 1) // 2
        t = n / o["length"]
        phase = 2 * math.pi * torch.linspace(1e-4, max(bands - 1, 1e-4), bands, dtype=torch.float64) * t
        z0 = torch.cat([t, phase.cos(), -phase.sin()], 1).to(x)
        window = torch.linspace(-math.log(0.01) / 1.5, -math.log(0.01) / 0.3, h, dtype=torch.float64)

        def lags(name):
            if o["form"] == "modal":
                decay = F.softplus(p[name + ".decay"].double())
                wave = torch.exp(torch.complex(-decay, p[name + ".angle"].double()) * n[:, :, None])
                residue = torch.complex(p[name + ".real"].double(), p[name + ".imaginary"].double())
                return (wave * residue).real.sum(1).repeat_interleave(o["groups"], 1).to(x)
            z = z0
            for layer in range(o["depth"]):
                z = torch.sin(p[name + ".frequency"] * linear(z, p, f"{name}.{layer}"))
            z = linear(z, p, name + ".output").repeat_interleave(o["groups"], 1)
            return z * torch.exp(-t * window).to(x)

        def spectrum(name):
            return torch.fft.rfft(lags(name), n=2 * length, dim=0)

        s = spectrum("filter") if o["causal"] else spectrum("filter") + spectrum("reversed").conj()
        v = x1 * v
        y = torch.fft.irfft(torch.fft.rfft(v, n=2 * length, dim=1) * s, n=2 * length, dim=1)[:, :length]
        return linear(x0 * (y + p["skip"] * v), p, "output")


    """
}
