import Ops
import Tensors

extension BlockKind {
  /// `cnn`: x + GELU(conv1d(norm x)) with bias.
  package static let cnn = BlockKind(
    "cnn", letter: "c", ConvolutionBlock.self,
    [
      BlockOption("dilation", 1, 1...4096, "positions between the taps of the kernel"),
      BlockOption("groups", 1, 1...8192, "bands of features that see only themselves; a divisor of the width"),
      BlockOption("kernel", 9, 1...255, "taps of the convolution; odd where tokens see both sides"),
    ],
    pyTorch: ConvolutionBlock.pyTorch)
}

/// x + GELU(conv1d(norm x)). With one group every feature sees every other, with h groups the convolution is depthwise,
/// else there are that many bands of features that see themselves.
struct ConvolutionBlock: Block {
  private let extent: ConvolutionShape
  private let groups: Int
  private let isDepthwise: Bool
  private let convolution: Affine

  static func problem(_ layer: Layer, causal: Bool?) -> BlockProblem? {
    let (h, groups) = (layer.width, layer["groups"])
    if h % groups != 0 { return BlockProblem("cnn width \(h) cannot be divided into \(groups) groups", width: h) }
    return layer.evenTaps("kernel", causal: causal)
  }

  init(_ shape: BlockShape, _ parameters: inout Parameters) {
    let (h, taps) = (shape.hOut, shape.layer["kernel"])
    extent = ConvolutionShape(taps: taps, dilation: shape.layer["dilation"], causal: shape.causal)
    groups = shape.layer["groups"]
    isDepthwise = groups == h && h > 1
    convolution =
      isDepthwise
      ? parameters.depthwise("convolution", taps: taps, channels: h)
      : parameters.affine("convolution", h, h / groups, taps: taps)
  }

  static func reach(_ layer: Layer, causal: Bool) -> Int? { (layer["kernel"] - 1) * layer["dilation"] }

  static func operations(_ shape: BlockShape, lengths: [Int]) -> Double {
    Operations.convolution(
      lengths.reduce(0, +), taps: shape.layer["kernel"], shape.hOut, groups: shape.layer["groups"])
  }

  func forward(_ x: TapeValue, stream: TapeValue, gate: inout TapeValue?, on tape: Tape) -> TapeValue {
    let z =
      isDepthwise
      ? tape.depthwiseConvolution(x, weight: convolution.weight, shape: extent)
      : tape.convolution(x, weight: convolution.weight, shape: extent, groups: groups)
    return tape.gelu(z, bias: convolution.bias, residual: stream)
  }

  fileprivate static let pyTorch = """
    def cnn(x, p, o):
        y, weight = x.transpose(1, 2), p["convolution.weight"]
        reach = (o["kernel"] - 1) * o["dilation"]
        left = reach if o["causal"] else reach // 2
        if weight.dim() == 2:
            weight = weight.t()[:, None]
        else:
            weight = weight.transpose(1, 2)
        z = F.conv1d(F.pad(y, (left, reach - left)), weight, p["convolution.bias"], dilation=o["dilation"],
                     groups=o["groups"])
        return F.gelu(z.transpose(1, 2))


    """
}
