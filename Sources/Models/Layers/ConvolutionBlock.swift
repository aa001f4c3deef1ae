import Tensors

/// `cnn`: x + GELU(conv1d(LN x)) with bias. Options: `kernel` (9), `dilation` (1), `groups` (1: every feature sees
/// every other; h: a depthwise convolution; else that many bands of features that see themselves).
enum ConvolutionBlock {
  static func addTensors(_ shape: BlockShape, to layout: inout ParameterLayout) {
    let (h, taps, groups) = (shape.hOut, shape.option("kernel"), shape.option("groups"))
    layout.addNorm("norm", h)
    if isDepthwise(shape) {
      layout.add("convolution.weight", [taps, h], decays: true, .uniform(limit: 1 / Double(taps).squareRoot()))
      layout.add("convolution.bias", [h], decays: false, .zeros)
    } else {
      layout.addLinear("convolution", h, h / groups, taps: taps)
    }
  }

  /// x is R x h after the width map; `first` is the number of the first tensor after that map.
  static func forward(_ shape: BlockShape, _ x: TapeValue, on tape: Tape, block: Int, first: Int) -> TapeValue {
    let parameter = { tape.parameter(block, first + $0) }
    let extent = ConvolutionShape(
      taps: shape.option("kernel"), dilation: shape.option("dilation"), causal: shape.causal)
    let normal = tape.layerNorm(x, weight: parameter(0), bias: parameter(1))
    let z =
      isDepthwise(shape)
      ? tape.depthwiseConvolution(normal, weight: parameter(2), shape: extent)
      : tape.convolution(normal, weight: parameter(2), shape: extent, groups: shape.option("groups"))
    return tape.gelu(z, bias: parameter(3), residual: x)
  }

  private static func isDepthwise(_ shape: BlockShape) -> Bool {
    shape.option("groups") == shape.hOut && shape.hOut > 1
  }
}
