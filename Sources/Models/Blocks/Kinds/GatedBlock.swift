import Ops
import Tensors

extension BlockKind {
  /// `gated`: ConvNova's gated convolution block.
  package static let gated = BlockKind(
    "gated", letter: "g", GatedBlock.self,
    [
      BlockOption("dilation", 1, 1...4096, "positions between the taps of the kernels"),
      BlockOption("kernel", 9, 1...255, "taps of both convolutions; odd where tokens see both sides"),
      BlockOption(
        "tail", 0, 0...16,
        "inner width over width of ConvNova's last maps behind the block; 0: none, as in all but its last"),
    ],
    readsGate: true, pyTorch: GatedBlock.pyTorch)
}

/// The gated convolution block of ConvNova (Bo et al. 2025): two streams F and R, g = sigmoid(conv'(norm' R)), then
/// F <- F + g * GELU(conv(norm F)) and R <- R + g, convolutions full and dilated. R gathers the gates and never sees F.
///
/// ConvNova lets R begin with the complement of the sequence, letter by letter and not reversed, behind a stem of its
/// own. Here R begins with an embedding of its own of the sequence: the same functions, since a letter's complement
/// is another row of that embedding, and a form that proteins, k-mers and BPE have too.
///
/// With `tail` = e, F <- F + M(F) follows at the end of the layer, behind its MLP: M is four linear maps with inner
/// width e h, GELU behind the first and third, a norm behind the second and fourth.
struct GatedBlock: Block {
  private let extent: ConvolutionShape
  private let gateNorm: Norm
  private let convolution: Affine
  private let gateConvolution: Affine
  private let tail: (maps: [Affine], norms: [Norm])?

  static func problem(_ layer: Layer, causal: Bool?) -> BlockProblem? { layer.evenTaps("kernel", causal: causal) }

  static func reach(_ layer: Layer, causal: Bool) -> Int? { (layer["kernel"] - 1) * layer["dilation"] }

  static func operations(_ shape: BlockShape, lengths: [Int]) -> Double {
    let (h, layer, rows) = (shape.hOut, shape.layer, lengths.reduce(0, +))
    let own =
      2 * Operations.convolution(rows, taps: layer["kernel"], h) + Operations.norm(rows, h, layer.normForm)
    let wide = layer["tail"] * h
    if wide == 0 { return own }
    let norms = Operations.norm(rows, wide, layer.normForm) + Operations.norm(rows, h, layer.normForm)
    return own + norms + 2 * (Operations.map(rows, h, wide) + Operations.map(rows, wide, wide))
  }

  init(_ shape: BlockShape, _ parameters: inout Parameters) {
    let (h, layer) = (shape.hOut, shape.layer)
    let (taps, wide, form) = (layer["kernel"], layer["tail"] * h, layer.normForm)
    extent = ConvolutionShape(taps: taps, dilation: layer["dilation"], causal: shape.causal)
    convolution = parameters.affine("convolution", h, h, taps: taps)
    gateNorm = parameters.norm("gate.norm", h, form)
    gateConvolution = parameters.affine("gate.convolution", h, h, taps: taps)
    if wide == 0 {
      tail = nil
    } else {
      let widths = [(wide, h), (wide, wide), (wide, wide), (h, wide)]
      let maps = widths.enumerated().map { parameters.affine("tail.\($0)", $1.0, $1.1) }
      tail = (maps, [wide, h].enumerated().map { parameters.norm("tail.norm\($0 + 1)", $1, form) })
    }
  }

  func forward(_ x: TapeValue, stream: TapeValue, gate: inout TapeValue?, on tape: Tape) -> TapeValue {
    let second = gate!
    let z = tape.convolution(tape.normalize(second, gateNorm), weight: gateConvolution.weight, shape: extent)
    let opening = tape.activation(z, .sigmoid, bias: gateConvolution.bias)
    let value = tape.gelu(
      tape.convolution(x, weight: convolution.weight, shape: extent), bias: convolution.bias)
    gate = tape.add(second, opening)
    return tape.add(stream, tape.multiply(value, opening))
  }

  func finish(_ x: TapeValue, on tape: Tape) -> TapeValue {
    guard let tail else { return x }
    var m = x
    for pair in 0..<2 {
      let (first, other) = (tail.maps[2 * pair], tail.maps[2 * pair + 1])
      let active = tape.gelu(tape.linear(m, weight: first.weight), bias: first.bias)
      m = tape.normalize(tape.linear(active, other), tail.norms[pair])
    }
    return tape.add(x, m)
  }

  fileprivate static let pyTorch = """
    def gated(x, p, o):
        def convolve(z, name):
            reach = (o["kernel"] - 1) * o["dilation"]
            left = reach if o["causal"] else reach // 2
            z, weight = F.pad(z.transpose(1, 2), (left, reach - left)), p[name + ".weight"].transpose(1, 2)
            return F.conv1d(z, weight, p[name + ".bias"], dilation=o["dilation"]).transpose(1, 2)

        second = o["state"]["gate"]
        if "gate.projection.weight" in p:
            second = F.linear(second, p["gate.projection.weight"])
        opening = torch.sigmoid(convolve(norm(second, p, "gate.norm", o), "gate.convolution"))
        o["state"]["gate"] = second + opening
        return F.gelu(convolve(x, "convolution")) * opening


    """
}
