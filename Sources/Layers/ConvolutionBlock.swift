import Tensors

/// `cnn`: x + GELU(conv1d(LN x)), a full convolution with bias. Options: `kernel` (9), `dilation` (1).
enum ConvolutionBlock {
  static func addTensors(_ shape: BlockShape, to layout: inout ParameterLayout) {
    layout.addNorm("norm", shape.hOut)
    layout.addLinear("convolution", shape.hOut, shape.hOut, taps: shape.option("kernel"))
  }

  /// x is R x h after the width map; `first` is the number of the first tensor after that map.
  static func forward(_ shape: BlockShape, _ x: TapeValue, on tape: Tape, block: Int, first: Int) -> TapeValue {
    let parameter = { tape.parameter(block, first + $0) }
    let extent = ConvolutionShape(
      taps: shape.option("kernel"), dilation: shape.option("dilation"), causal: shape.causal)
    let normal = tape.layerNorm(x, weight: parameter(0), bias: parameter(1))
    let z = tape.convolution(normal, weight: parameter(2), shape: extent)
    return tape.gelu(z, bias: parameter(3), residual: x)
  }
}
