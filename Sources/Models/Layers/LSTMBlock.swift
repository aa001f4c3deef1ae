import Tensors

/// `lstm`: x + LSTM(LN x); two directions of h / 2 units side by side, or one of h when causal. Gates are in PyTorch's
/// order (input, forget, cell, output); there is one bias vector, where PyTorch has two of which only the sum matters.
enum LSTMBlock {
  static func addTensors(_ shape: BlockShape, to layout: inout ParameterLayout) {
    let (directions, units) = extent(shape)
    layout.addNorm("norm", shape.hOut)
    let gates = directions * 4 * units
    // PyTorch starts all of an LSTM's weights within 1 / sqrt(units).
    let limit = 1 / Double(units).squareRoot()
    layout.add("input.weight", [gates, shape.hOut], decays: true, .uniform(limit: limit))
    layout.add("input.bias", [gates], decays: false, .zeros)
    layout.add("recurrent.weight", [gates, units], decays: true, .uniform(limit: limit))
  }

  /// x is R x h after the width map; `first` is the number of the first tensor after that map.
  static func forward(_ shape: BlockShape, _ x: TapeValue, on tape: Tape, block: Int, first: Int) -> TapeValue {
    let parameter = { tape.parameter(block, first + $0) }
    let normal = tape.layerNorm(x, weight: parameter(0), bias: parameter(1))
    let gates = tape.linear(normal, weight: parameter(2), bias: parameter(3))
    return tape.add(x, tape.lstm(gates, weight: parameter(4), directions: extent(shape).directions))
  }

  private static func extent(_ shape: BlockShape) -> (directions: Int, units: Int) {
    shape.causal ? (1, shape.hOut) : (2, shape.hOut / 2)
  }
}
