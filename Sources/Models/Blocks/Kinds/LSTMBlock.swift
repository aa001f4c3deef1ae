import Ops
import Tensors

extension BlockKind {
  /// `lstm`: x + LSTM(norm x).
  package static let lstm = BlockKind("lstm", letter: "l", LSTMBlock.self, [], pyTorch: LSTMBlock.pyTorch)
}

/// x + LSTM(norm x); two directions of h / 2 units side by side, or one of h when causal. Gates are in PyTorch's order
/// (input, forget, cell, output); there is one bias vector, where PyTorch has two of which only the sum matters. The
/// bias of the forget gate starts at 1, so that a cell keeps most of its memory from the first step on (Gers et al.
/// 2000, Jozefowicz et al. 2015).
struct LSTMBlock: Block {
  private let directions: Int
  private let input: Affine
  private let recurrent: Parameter

  static func problem(_ layer: Layer, causal: Bool?) -> BlockProblem? {
    let h = layer.width
    if h % 2 == 0 || causal == true { return nil }
    return BlockProblem("lstm width \(h) is odd: its two directions have half each", width: h, nearestWidth: h + 1)
  }

  init(_ shape: BlockShape, _ parameters: inout Parameters) {
    let h = shape.hOut
    directions = shape.causal ? 1 : 2
    let units = h / directions
    let gates = directions * 4 * units
    // PyTorch starts all of an LSTM's weights within 1 / sqrt(units).
    let limit = 1 / Double(units).squareRoot()
    let biases: [Double] = directions == 1 ? [0, 1, 0, 0] : [0, 1, 0, 0, 0, 1, 0, 0]
    input = Affine(
      weight: parameters.tensor("input.weight", [gates, h], decays: true, .uniform(limit: limit)),
      bias: parameters.tensor("input.bias", [gates], decays: false, .parts(biases)))
    recurrent = parameters.tensor("recurrent.weight", [gates, units], decays: true, .uniform(limit: limit))
  }

  static func reach(_ layer: Layer, causal: Bool) -> Int? { nil }

  static func operations(_ shape: BlockShape, lengths: [Int]) -> Double {
    let (h, rows) = (shape.hOut, lengths.reduce(0, +))
    let units = shape.causal ? h : h / 2
    let gates = (shape.causal ? 1 : 2) * 4 * units
    return Operations.map(rows, h, gates) + Operations.map(rows, units, gates)
  }

  func forward(_ x: TapeValue, stream: TapeValue, gate: inout TapeValue?, on tape: Tape) -> TapeValue {
    tape.add(stream, tape.lstm(tape.linear(x, input), weight: recurrent, directions: directions))
  }

  fileprivate static let pyTorch = """
    def lstm(x, p, o):
        gates, weight = linear(x, p, "input"), p["recurrent.weight"]
        units, outputs = weight.shape[1], []
        for direction in range(1 if o["causal"] else 2):
            g = gates[..., direction * 4 * units:(direction + 1) * 4 * units]
            w = weight[direction * 4 * units:(direction + 1) * 4 * units]
            h, c, steps = x.new_zeros(x.shape[0], units), x.new_zeros(x.shape[0], units), [None] * x.shape[1]
            for t in range(x.shape[1])[::-1 if direction else 1]:
                i, f, a, q = (g[:, t] + h @ w.t()).chunk(4, 1)
                c = f.sigmoid() * c + i.sigmoid() * a.tanh()
                h = q.sigmoid() * c.tanh()
                steps[t] = h
            outputs.append(torch.stack(steps, 1))
        return torch.cat(outputs, -1)


    """
}
