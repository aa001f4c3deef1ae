import Ops
import Tensors

extension BlockKind {
  /// `pool`: several tokens become one.
  package static let pool = BlockKind(
    "pool", letter: "p", PoolBlock.self,
    [
      BlockOption("factor", 2, 2...4096, "neighbouring tokens that become one; the last of a sequence may be fewer"),
      BlockOption(
        "form", "mean", of: ["mean", "max"], "the value of a feature: the mean of the tokens, or the largest"),
    ],
    norm: nil, stride: { $0["factor"] }, pyTorch: PoolBlock.pyTorch)
}

/// Down-sampling: `factor` neighbouring tokens become one, and the layers behind read fewer tokens. Labels and masked
/// tokens of the sequence are named from the token that holds their place. Nothing is skipped: the last tokens of a
/// sequence, which may be fewer, make one too.
struct PoolBlock: Block {
  private let factor: Int
  private let isMaximum: Bool

  static func problem(_ layer: Layer, causal: Bool?) -> BlockProblem? {
    guard causal == true else { return nil }
    return BlockProblem("module 'pool' cannot be causal: a token would see those behind it that are pooled with it")
  }

  static func reach(_ layer: Layer, causal: Bool) -> Int? { layer["factor"] - 1 }

  /// An addition, or a comparison, for each number.
  static func operations(_ shape: BlockShape, lengths: [Int]) -> Double {
    Double(lengths.reduce(0, +)) * Double(shape.hIn)
  }

  init(_ shape: BlockShape, _ parameters: inout Parameters) {
    (factor, isMaximum) = (shape.layer["factor"], shape.layer["form"] == 1)
  }

  func forward(_ x: TapeValue, stream: TapeValue, gate: inout TapeValue?, on tape: Tape) -> TapeValue {
    let y = tape.pool(x, factor: factor, maximum: isMaximum)
    if let second = gate { gate = tape.pool(second, factor: factor, maximum: isMaximum) }
    tape.dividePooled(factor: factor)
    return y
  }

  fileprivate static let pyTorch = """
    def pool(x, p, o):
        def pooled(z):
            z = z.transpose(1, 2)
            if o["form"] == "max":
                return F.max_pool1d(z, o["factor"], ceil_mode=True).transpose(1, 2)
            return F.avg_pool1d(z, o["factor"], ceil_mode=True).transpose(1, 2)

        if o["state"]["gate"] is not None:
            o["state"]["gate"] = pooled(o["state"]["gate"])
        o["state"]["stride"] *= o["factor"]
        return pooled(x)


    """
}
