import Tensors

/// `mamba`: x + Mamba(RMSNorm x) (Gu and Dao 2023, `mamba_simple.py`), e = expand * h channels. Options: `state` (16),
/// `conv` (4), `expand` (2).
///
/// In both directions it is Caduceus's BiMamba (Schiff et al. 2024): a second Mamba runs over the sequence from its
/// end, with the in and out projections of the first. These are linear, so the inner halves are computed once and the
/// two gated outputs are added before the one out projection.
enum MambaBlock {
  static func addTensors(_ shape: BlockShape, to layout: inout ParameterLayout) {
    let (h, e, states) = (shape.hOut, shape.option("expand") * shape.hOut, shape.option("state"))
    let rank = (h + 15) / 16
    layout.add("norm.weight", [h], decays: false, .ones)
    layout.addLinear("inner", e, h, bias: false)
    layout.addLinear("gate", e, h, bias: false)
    for prefix in shape.causal ? ["forward"] : ["forward", "backward"] {
      let taps = shape.option("conv")
      layout.add(
        "\(prefix).convolution.weight", [taps, e], decays: true, .uniform(limit: 1 / Double(taps).squareRoot()))
      layout.add("\(prefix).convolution.bias", [e], decays: false, .zeros)
      layout.addLinear("\(prefix).projection", rank + 2 * states, e, bias: false)
      layout.add("\(prefix).step.weight", [e, rank], decays: true, .uniform(limit: 1 / Double(rank).squareRoot()))
      layout.add("\(prefix).step.bias", [e], decays: false, .timeSteps(from: 1e-3, to: 0.1, floor: 1e-4))
      layout.add("\(prefix).logA", [states, e], decays: false, .logarithmsOfRows)
      layout.add("\(prefix).skip", [e], decays: false, .ones)
    }
    layout.addLinear("output", h, e, bias: false)
  }

  /// x is R x h after the width map; `first` is the number of the first tensor after that map.
  static func forward(_ shape: BlockShape, _ x: TapeValue, on tape: Tape, block: Int, first: Int) -> TapeValue {
    let parameter = { tape.parameter(block, first + $0) }
    let normal = tape.rmsNorm(x, weight: parameter(0))
    let inner = tape.linear(normal, weight: parameter(1))
    let gate = tape.linear(normal, weight: parameter(2))
    let extent = ConvolutionShape(taps: shape.option("conv"), dilation: 1, causal: true)
    var sum: TapeValue?
    var next = 3
    for reversed in shape.causal ? [false] : [false, true] {
      let u = tape.depthwiseConvolution(
        inner, weight: parameter(next), bias: parameter(next + 1), shape: extent, silu: true, reversed: reversed)
      let projected = tape.linear(u, weight: parameter(next + 2))
      let scan = SelectiveScanParameters(
        stepWeight: parameter(next + 3), stepBias: parameter(next + 4), logA: parameter(next + 5),
        skip: parameter(next + 6))
      sum = tape.selectiveScan(
        u, gate: gate, projected: projected, parameters: scan, residual: sum, reversed: reversed)
      next += 7
    }
    return tape.linear(sum!, weight: parameter(next), residual: x)
  }
}
