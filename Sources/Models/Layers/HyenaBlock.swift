import Tensors

/// `hyena`: x + Hyena(LN x), Poli et al. 2023 of order 2 with the filter network of HyenaDNA (Nguyen et al. 2023):
/// u = conv(W LN x), a depthwise convolution of 3h features, its columns x0, x1, v; then W' (x0 * longconv(x1 * v)).
///
/// The filter at a lag is a function of t = lag / length and the weights alone, whatever else is in the batch: features
/// [t, cos, -sin of 2 pi f t], `depth` layers of `filter` units with sin(frequency z) (one vector of frequencies for
/// all layers), a map to h channels without bias, and a window exp(-t rate) that is not trained. A causal block looks
/// back only; a bidirectional one has a second network for the tokens ahead, and its short convolution is centred.
///
/// Options: `length` (1,024) tokens at which t = 1 (longer sequences go on to t > 1, where the window leaves little),
/// `short` (3) taps of the depthwise convolution, `filter` (64) units, `depth` (3) layers of units, `features` (5),
/// `sine` (10) the frequencies' start. The filter's tensors do not decay.
enum HyenaBlock {
  static func addTensors(_ shape: BlockShape, to layout: inout ParameterLayout) {
    let (h, taps, units) = (shape.hOut, shape.option("short"), shape.option("filter"))
    layout.addNorm("norm", h)
    layout.addLinear("inner", 3 * h, h)
    layout.add("short.weight", [taps, 3 * h], decays: true, .uniform(limit: 1 / Double(taps).squareRoot()))
    layout.add("short.bias", [3 * h], decays: false, .zeros)
    // Of unit variance.
    layout.add("skip", [h], decays: false, .uniform(limit: 3.0.squareRoot()))
    for prefix in shape.causal ? ["filter"] : ["filter", "reversed"] {
      for layer in 0..<shape.option("depth") {
        layout.addLinear("\(prefix).\(layer)", units, layer == 0 ? shape.option("features") : units, decays: false)
      }
      layout.add("\(prefix).frequency", [units], decays: false, .constant(Double(shape.option("sine"))))
      layout.addLinear("\(prefix).output", h, units, bias: false, decays: false)
    }
    layout.addLinear("output", h, h)
  }

  /// x is R x h after the width map; `first` is the number of the first tensor after that map.
  static func forward(_ shape: BlockShape, _ x: TapeValue, on tape: Tape, block: Int, first: Int) -> TapeValue {
    let parameter = { tape.parameter(block, first + $0) }
    let normal = tape.layerNorm(x, weight: parameter(0), bias: parameter(1))
    let inner = tape.linear(normal, weight: parameter(2), bias: parameter(3))
    let extent = ConvolutionShape(taps: shape.option("short"), dilation: 1, causal: shape.causal)
    let u = tape.depthwiseConvolution(inner, weight: parameter(4), bias: parameter(5), shape: extent)
    let features = tape.filterFeatures(
      lags: max(1, tape.longestSequence), bands: (shape.option("features") - 1) / 2, length: shape.option("length"))
    var next = 7
    let filters = (shape.causal ? 0..<1 : 0..<2).map { _ in
      filter(shape, features, on: tape, block: block, next: &next, first: first)
    }
    let y = tape.longConvolution(
      u, filter: filters[0], reversed: shape.causal ? nil : filters[1], bias: parameter(6))
    return tape.linear(y, weight: parameter(next), bias: parameter(next + 1), residual: x)
  }

  /// Lags x h. `next` is the number of the network's first tensor, and then of the first one after it.
  private static func filter(
    _ shape: BlockShape, _ features: TapeValue, on tape: Tape, block: Int, next: inout Int, first: Int
  ) -> TapeValue {
    let depth = shape.option("depth")
    let frequency = tape.parameter(block, first + next + 2 * depth)
    var z = features
    for layer in 0..<depth {
      let at = first + next + 2 * layer
      // Precise: the sines multiply what rounding does to their arguments by their frequencies, layer after layer.
      z = tape.sine(
        tape.linear(z, weight: tape.parameter(block, at), bias: tape.parameter(block, at + 1), precise: true),
        frequency: frequency)
    }
    z = tape.linear(z, weight: tape.parameter(block, first + next + 2 * depth + 1), precise: true)
    next += 2 * depth + 2
    return tape.filterWindow(z, FilterWindow(length: shape.option("length")))
  }
}
