import Ops
import Tensors

extension BlockKind {
  /// `mamba`: x + Mamba(norm x).
  package static let mamba = BlockKind(
    "mamba", letter: "m", MambaBlock.self,
    [
      BlockOption("conv", 4, 1...31, "taps of the short convolution"),
      BlockOption("expand", 2, 1...8, "inner width over width"),
      BlockOption("state", 16, 1...1024, "states of a channel"),
    ],
    norm: .rms, pyTorch: MambaBlock.pyTorch)
}

/// x + Mamba(norm x) (Gu and Dao 2023, `mamba_simple.py`), e = expand * h channels.
///
/// In both directions it is Caduceus's BiMamba (Schiff et al. 2024): a second Mamba runs over the sequence from its
/// end, with the in and out projections of the first. These are linear, so the inner halves are computed once and the
/// two gated outputs are added before the one out projection.
struct MambaBlock: Block {
  private struct Direction {
    let isReversed: Bool
    let convolution: Affine
    let projection: Parameter
    let scan: SelectiveScanParameters
  }

  private let extent: ConvolutionShape
  private let inner: Parameter
  private let gate: Parameter
  private let directions: [Direction]
  private let output: Parameter

  static func problem(_ layer: Layer, causal: Bool?) -> BlockProblem? { nil }

  init(_ shape: BlockShape, _ parameters: inout Parameters) {
    let (h, e) = (shape.hOut, shape.layer["expand"] * shape.hOut)
    extent = ConvolutionShape(taps: shape.layer["conv"], dilation: 1, causal: true)
    inner = parameters.linear("inner", e, h)
    gate = parameters.linear("gate", e, h)
    directions = (shape.causal ? ["forward"] : ["forward", "backward"]).map {
      Self.direction($0, shape, &parameters)
    }
    output = parameters.linear("output", h, e)
  }

  private static func direction(_ name: String, _ shape: BlockShape, _ parameters: inout Parameters) -> Direction {
    let (e, states, rank) = (shape.layer["expand"] * shape.hOut, shape.layer["state"], (shape.hOut + 15) / 16)
    return Direction(
      isReversed: name == "backward",
      convolution: parameters.depthwise("\(name).convolution", taps: shape.layer["conv"], channels: e),
      projection: parameters.linear("\(name).projection", rank + 2 * states, e),
      scan: SelectiveScanParameters(
        stepWeight: parameters.linear("\(name).step", e, rank),
        stepBias: parameters.tensor(
          "\(name).step.bias", [e], decays: false, .timeSteps(from: 1e-3, to: 0.1, floor: 1e-4)),
        logA: parameters.tensor("\(name).logA", [states, e], decays: false, .logarithmsOfRows),
        skip: parameters.tensor("\(name).skip", [e], decays: false, .ones)))
  }

  static func reach(_ layer: Layer, causal: Bool) -> Int? { nil }

  /// A token of the scan takes 6 operations for each state (dt A; decay h + (dt u) B; h C), and 3 for dt u and D u.
  static func operations(_ shape: BlockShape, lengths: [Int]) -> Double {
    let (h, layer, rows) = (shape.hOut, shape.layer, lengths.reduce(0, +))
    let (e, states, rank) = (layer["expand"] * h, layer["state"], (h + 15) / 16)
    let direction =
      Operations.map(rows, layer["conv"], e) + Operations.map(rows, e, rank + 2 * states)
      + Operations.map(rows, rank, e) + Double(rows) * Double(e) * Double(6 * states + 3)
    return 3 * Operations.map(rows, h, e) + (shape.causal ? 1 : 2) * direction
  }

  func forward(_ x: TapeValue, stream: TapeValue, gate _: inout TapeValue?, on tape: Tape) -> TapeValue {
    let inner = tape.linear(x, weight: inner)
    let gate = tape.linear(x, weight: gate)
    var sum: TapeValue?
    for direction in directions {
      let u = tape.depthwiseConvolution(
        inner, weight: direction.convolution.weight, bias: direction.convolution.bias, shape: extent, silu: true,
        reversed: direction.isReversed)
      sum = tape.selectiveScan(
        u, gate: gate, projected: tape.linear(u, weight: direction.projection), parameters: direction.scan,
        residual: sum, reversed: direction.isReversed)
    }
    return tape.linear(sum!, weight: output, residual: stream)
  }

  fileprivate static let pyTorch = """
    def mamba(x, p, o):
        inner, gate, total = linear(x, p, "inner"), linear(x, p, "gate"), 0
        for name in ("forward",) if o["causal"] else ("forward", "backward"):
            u = inner if name == "forward" else inner.flip(1)
            u = F.silu(depthwise(u, p[name + ".convolution.weight"], p[name + ".convolution.bias"], True))
            states = p[name + ".logA"].shape[0]
            rank = p[name + ".step.weight"].shape[1]
            dt, b, c = linear(u, p, name + ".projection").split([rank, states, states], -1)
            dt = F.softplus(linear(dt, p, name + ".step"))
            a, h, steps = -torch.exp(p[name + ".logA"].t()), 0, []
            for t in range(u.shape[1]):
                h = torch.exp(dt[:, t, :, None] * a) * h + (dt[:, t] * u[:, t])[..., None] * b[:, t, None]
                steps.append((h * c[:, t, None]).sum(-1))
            y = torch.stack(steps, 1) + p[name + ".skip"] * u
            total = total + (y if name == "forward" else y.flip(1))
        return linear(total * F.silu(gate), p, "output")


    """
}
