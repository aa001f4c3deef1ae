import Tensors

/// `transformer`: x + W attention(LN x), then x + W2 GELU(W1 LN x), biases everywhere, RoPE with base 10,000.
/// Options: `heads` (h / min(64, h)), `inner` (4h).
enum TransformerBlock {
  static func addTensors(_ shape: BlockShape, to layout: inout ParameterLayout) {
    let h = shape.hOut
    let inner = shape.option("inner")
    layout.addNorm("norm1", h)
    layout.addLinear("qkv", 3 * h, h)
    layout.addLinear("output", h, h)
    layout.addNorm("norm2", h)
    layout.addLinear("inner", inner, h)
    layout.addLinear("outer", h, inner)
  }

  /// x is R x h after the width map; `first` is the number of the first tensor after that map.
  static func forward(_ shape: BlockShape, _ x: TapeValue, on tape: Tape, block: Int, first: Int) -> TapeValue {
    let parameter = { tape.parameter(block, first + $0) }
    let normal1 = tape.layerNorm(x, weight: parameter(0), bias: parameter(1))
    let qkv = tape.linear(normal1, weight: parameter(2), bias: parameter(3))
    let mixed = tape.attention(qkv, heads: shape.option("heads"), causal: shape.causal)
    let middle = tape.linear(mixed, weight: parameter(4), bias: parameter(5), residual: x)
    let normal2 = tape.layerNorm(middle, weight: parameter(6), bias: parameter(7))
    let inner = tape.gelu(tape.linear(normal2, weight: parameter(8)), bias: parameter(9))
    return tape.linear(inner, weight: parameter(10), bias: parameter(11), residual: middle)
  }
}
